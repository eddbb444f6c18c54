package tflite

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A string tensor's memory is an int32 count n, n+1 int32 offsets from its
// start, and the bytes.

func stringHeader(count int) int { return 4 * (count + 2) }

func encodeStrings(texts []string) ([]byte, error) {
	at := stringHeader(len(texts))
	size := at
	for _, s := range texts {
		size += len(s)
	}
	if size > math.MaxInt32 {
		return nil, fmt.Errorf("%d strings of %d bytes exceed 2 GiB", len(texts), size-at)
	}
	raw := binary.LittleEndian.AppendUint32(make([]byte, 0, size), uint32(len(texts)))
	for _, s := range texts {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(at))
		at += len(s)
	}
	raw = binary.LittleEndian.AppendUint32(raw, uint32(at))
	for _, s := range texts {
		raw = append(raw, s...)
	}
	return raw, nil
}

// putEmptyStrings fills the header of count strings.
func putEmptyStrings(raw []byte, count int) {
	binary.LittleEndian.PutUint32(raw, uint32(count))
	for i := range count + 1 {
		binary.LittleEndian.PutUint32(raw[4*(i+1):], uint32(stringHeader(count)))
	}
}

// holdsStrings reports whether raw is count strings.
func holdsStrings(raw []byte, count int) bool {
	if len(raw) < stringHeader(count) || uint64(binary.LittleEndian.Uint32(raw)) != uint64(count) {
		return false
	}
	last := uint64(stringHeader(count))
	for i := range count + 1 {
		at := uint64(binary.LittleEndian.Uint32(raw[4*(i+1):]))
		if at < last || at > uint64(len(raw)) {
			return false
		}
		last = at
	}
	return true
}

func decodeStrings(raw []byte, count int) ([]string, error) {
	out := make([]string, count)
	if len(raw) == 0 && count == 0 {
		return out, nil
	}
	if !holdsStrings(raw, count) {
		return nil, fmt.Errorf("malformed string tensor of %d bytes for %d strings", len(raw), count)
	}
	for i := range out {
		from := binary.LittleEndian.Uint32(raw[4*(i+1):])
		to := binary.LittleEndian.Uint32(raw[4*(i+2):])
		out[i] = string(raw[from:to])
	}
	return out, nil
}
