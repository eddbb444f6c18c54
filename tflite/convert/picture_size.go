package convert

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// mostPixels is the most that a picture may have: decoded, it takes 12 bytes for
// each as float32, whatever small file it is from.
const mostPixels = 64_000_000

// mostFrames is how many times as many all frames of an animation may have: they
// are all decoded, a byte for each.
const mostFrames = 8

// checkPicture finds a picture that would take too much memory, by its header.
// What has no size there is for the decoder to refuse.
func checkPicture(data []byte) error {
	width, height, frames := pictureSize(data)
	switch {
	case height > 0 && width > mostPixels/height:
		return fmt.Errorf("the picture has %d x %d pixels, want %d at most", width, height, mostPixels)
	case frames > mostFrames*mostPixels:
		return fmt.Errorf("the frames of the picture have %d pixels, want %d at most", frames, mostFrames*mostPixels)
	}
	return nil
}

// isPicture reports whether data begins as the pictures do that can be decoded.
func isPicture(data []byte) bool {
	if bytes.HasPrefix(data, []byte("BM")) { // which other bytes may begin with, too
		return len(data) >= 54 && slices.Contains([]uint32{12, 40, 52, 56, 64, 108, 124}, binary.LittleEndian.Uint32(data[14:]))
	}
	for _, magic := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF8"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return false
}

// pictureSize reads the size from the header, and of a GIF the pixels of all
// frames; 0 if there is none.
func pictureSize(data []byte) (width, height, frames int64) {
	le, be := binary.LittleEndian, binary.BigEndian
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")) && len(data) >= 24:
		width, height = int64(be.Uint32(data[16:])), int64(be.Uint32(data[20:]))
	case bytes.HasPrefix(data, []byte("BM")) && len(data) >= 26:
		width, height = int64(int32(le.Uint32(data[18:]))), int64(int32(le.Uint32(data[22:])))
		width, height = max(width, -width), max(height, -height) // upside down
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		width, height = jpegSize(data[2:])
	case bytes.HasPrefix(data, []byte("GIF8")) && len(data) >= 13:
		return gifSize(data)
	}
	return width, height, 0
}

// jpegSize finds the start of the frame among the segments.
func jpegSize(data []byte) (width, height int64) {
	for {
		at := bytes.IndexByte(data, 0xff)
		if at < 0 || len(data) < at+2 {
			return 0, 0
		}
		marker := data[at+1]
		data = data[at+1:] // a marker may follow several 0xff
		switch {
		case marker == 0xff, marker == 0, marker == 1, marker >= 0xd0 && marker <= 0xd8:
			continue
		case marker == 0xd9, marker == 0xda, len(data) < 9:
			return 0, 0
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return int64(binary.BigEndian.Uint16(data[6:])), int64(binary.BigEndian.Uint16(data[4:]))
		}
		data = data[min(1+int(binary.BigEndian.Uint16(data[1:])), len(data)):]
	}
}

// gifSize is the size of the largest frame, and the pixels of all.
func gifSize(data []byte) (width, height, frames int64) {
	le := binary.LittleEndian
	width, height = int64(le.Uint16(data[6:])), int64(le.Uint16(data[8:]))
	data = skipColours(data[13:], data[10])
	for len(data) > 1 {
		switch data[0] {
		case '!':
			data = skipBlocks(data[2:])
		case ',':
			if len(data) < 11 {
				return width, height, frames
			}
			w, h := int64(le.Uint16(data[5:])), int64(le.Uint16(data[7:]))
			if frames += w * h; w*h > width*height {
				width, height = w, h
			}
			if data = skipColours(data[10:], data[9]); len(data) > 0 {
				data = skipBlocks(data[1:])
			}
		default:
			return width, height, frames
		}
	}
	return width, height, frames
}

// skipColours skips the table that flags announce.
func skipColours(data []byte, flags byte) []byte {
	if flags&0x80 == 0 {
		return data
	}
	return data[min(3<<(flags&7+1), len(data)):]
}

func skipBlocks(data []byte) []byte {
	for len(data) > 0 && data[0] > 0 {
		data = data[min(int(data[0])+1, len(data)):]
	}
	return data[min(1, len(data)):]
}
