package metadata

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// What an archive may hold.
const (
	maxFiles  = 1 << 12
	maxUnpack = 512 << 20 // bytes of all files together
	maxRatio  = 200       // of files above ratioFrom, unpacked to packed
	ratioFrom = 1 << 20
)

// The parts of a zip archive.
const (
	endSize     = 22 // of the end record, without its comment
	centralSize = 46
	localSize   = 30
	endSign     = "PK\x05\x06"
	centralSign = "PK\x01\x02"
	localSign   = "PK\x03\x04"
)

// archive is a zip archive behind a model.
type archive struct {
	data  []byte // the whole file
	start int    // of the archive in data
	files []packed
}

// packed is one file of an archive.
type packed struct {
	name   string
	method uint16
	crc    uint32
	size   int
	data   []byte // as it is stored
}

// openArchive reads the list of files behind a model: nil if there is no
// archive. Python counts offsets from the start of the file, other programs
// from the archive's.
func openArchive(data []byte) (*archive, error) {
	end := findEnd(data)
	if end < 0 {
		return nil, nil
	}
	a := &archive{data: data, start: end}
	count, size, offset := int(order.Uint16(data[end+10:])), int(order.Uint32(data[end+12:])), int(order.Uint32(data[end+16:]))
	if count == 0xffff || offset == 0xffffffff {
		return nil, errors.New("the archive of associated files is in the zip64 form, which is not supported")
	}
	base := end - size - offset
	if size > end || base < 0 {
		return nil, errors.New("damaged archive of associated files: its directory lies outside the file")
	}
	if count > maxFiles {
		return nil, fmt.Errorf("the archive has %d associated files, at most %d are allowed", count, maxFiles)
	}
	dir := data[end-size : end]
	for i := range count {
		rest, err := a.add(dir, base)
		if err != nil {
			return nil, fmt.Errorf("the archive of associated files, entry %d: %w", i, err)
		}
		dir = rest
	}
	if count == 0 {
		a.start = end - size
	}
	return a, a.checkAll()
}

// findEnd is where the end record stands, -1 if there is none. Only one whose
// comment ends the file counts.
func findEnd(data []byte) int {
	for at := len(data) - endSize; at >= 0 && at >= len(data)-endSize-0xffff; at-- {
		if string(data[at:at+4]) == endSign && at+endSize+int(order.Uint16(data[at+20:])) == len(data) {
			return at
		}
	}
	return -1
}

// add reads one entry of the directory and returns what follows it.
func (a *archive) add(dir []byte, base int) ([]byte, error) {
	if len(dir) < centralSize || string(dir[:4]) != centralSign {
		return nil, errors.New("the archive's directory is cut off")
	}
	flags, method := order.Uint16(dir[8:]), order.Uint16(dir[10:])
	stored, size := int(order.Uint32(dir[20:])), int(order.Uint32(dir[24:]))
	name, extra, comment := int(order.Uint16(dir[28:])), int(order.Uint16(dir[30:])), int(order.Uint16(dir[32:]))
	offset := base + int(order.Uint32(dir[42:]))
	if len(dir) < centralSize+name+extra+comment {
		return nil, errors.New("the archive's directory is cut off")
	}
	f := packed{name: string(dir[centralSize : centralSize+name]), method: method, crc: order.Uint32(dir[16:]), size: size}
	rest := dir[centralSize+name+extra+comment:]
	folder := strings.HasSuffix(f.name, "/") && size == 0 // of which only the name counts
	if err := checkName(f.name); err != nil && !folder {
		return nil, err
	}
	switch {
	case !plainEntry(dir, folder):
		return nil, fmt.Errorf("%.80q is a link or device, want a plain file", f.name)
	case flags&1 != 0:
		return nil, fmt.Errorf("%.80q is encrypted", f.name)
	case method != 0 && method != 8:
		return nil, fmt.Errorf("%.80q is packed in an unknown way (%d)", f.name, method)
	case offset < 0 || offset > len(a.data)-localSize || string(a.data[offset:offset+4]) != localSign:
		return nil, fmt.Errorf("%.80q does not begin where the archive says", f.name)
	}
	local := a.data[offset:]
	at := localSize + int(order.Uint16(local[26:])) + int(order.Uint16(local[28:]))
	if at > len(local) || stored > len(local)-at {
		return nil, fmt.Errorf("%q runs past the end of the file", f.name)
	}
	if own := localSize + int(order.Uint16(local[26:])); own > len(local) || string(local[localSize:own]) != f.name {
		return nil, fmt.Errorf("%q has another name where it begins", f.name)
	}
	f.data = local[at : at+stored]
	a.start = min(a.start, offset)
	if !folder {
		a.files = append(a.files, f)
	}
	return rest, nil
}

// plainEntry reports whether a directory's entry is a file, or a folder: Unix
// programs record what it was.
func plainEntry(entry []byte, folder bool) bool {
	const unix, kinds, file, directory = 3, 0xf000, 0x8000, 0x4000
	kind := order.Uint32(entry[38:]) >> 16 & kinds
	return entry[5] != unix || kind == 0 || kind == file || folder && kind == directory
}

// checkAll refuses files of one name, and what could fill the memory.
func (a *archive) checkAll() error {
	seen, total := map[string]bool{}, 0
	for _, f := range a.files {
		if seen[f.name] {
			return fmt.Errorf("associated file %q is there twice", f.name)
		}
		seen[f.name] = true
		if f.size > ratioFrom && f.size/max(1, len(f.data)) > maxRatio {
			return fmt.Errorf("associated file %q grows from %d bytes to %d: it is refused", f.name, len(f.data), f.size)
		}
		if total += f.size; total > maxUnpack {
			return fmt.Errorf("with %q the associated files have more than %d MB: they are refused", f.name, maxUnpack>>20)
		}
		if size := len(a.data) - a.start; total > ratioFrom && total/size > maxRatio { // parts may serve several files
			return fmt.Errorf("with %q the associated files grow from %d bytes to %d: they are refused", f.name, size, total)
		}
	}
	return nil
}

// checkName refuses names that are no plain file name.
func checkName(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
	case path.Base(name) != name || strings.ContainsAny(name, "\\:\x00"):
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }):
	case len(name) > 255:
	default:
		return nil
	}
	return fmt.Errorf("associated file %.80q: want a plain file name, without folders", name)
}

// read unpacks a file and compares its checksum.
func (f packed) read() ([]byte, error) {
	out := f.data
	if f.method == 8 {
		r := flate.NewReader(bytes.NewReader(f.data))
		unpacked, err := io.ReadAll(io.LimitReader(r, int64(f.size)+1))
		if err != nil {
			return nil, fmt.Errorf("associated file %q is damaged: %v", f.name, err)
		}
		out = unpacked
	}
	if len(out) != f.size || crc32.ChecksumIEEE(out) != f.crc {
		return nil, fmt.Errorf("associated file %q is damaged: its length or checksum is wrong", f.name)
	}
	return bytes.Clone(out), nil
}
