package datasets

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// IDX is the content of an idx file of unsigned bytes.
// http://yann.lecun.com/exdb/mnist describes the format.
type IDX struct {
	Shape []int   // images: [count, rows, columns]; labels: [count]
	Data  []uint8 // in C order
}

// idxTypes are the types of values an idx file may hold, by their code.
var idxTypes = map[byte]string{
	0x08: "unsigned bytes", 0x09: "signed bytes", 0x0b: "16-bit integers",
	0x0c: "32-bit integers", 0x0d: "float32", 0x0e: "float64",
}

const (
	ubyte = 0x08

	// maxBytes bounds what a file may unpack to: what MNIST's format was made
	// for, some hundred times over.
	maxBytes = 8 << 30
)

// ReadIDX reads an idx file, plain or gzipped (told by its content), that holds
// unsigned bytes in one dimension or more.
func ReadIDX(path string) (*IDX, error) {
	x, err := readIDX(os.DirFS(filepath.Dir(path)), filepath.Base(path), 0)
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", path, err)
	}
	return x, nil
}

// readIDX reads a file of rank dimensions; rank 0 allows any. Errors do not
// name the file.
func readIDX(fsys fs.FS, name string, rank int) (*IDX, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("expected a file, got a folder")
	}
	r := bufio.NewReader(f)
	if start, _ := r.Peek(2); !bytes.Equal(start, []byte{0x1f, 0x8b}) {
		return decodeIDX(r, rank)
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, short(err, "a gzip header", 0)
	}
	return decodeIDX(z, rank)
}

// decodeIDX reads the magic number, the sizes and the data, and wants the
// stream to end there.
func decodeIDX(r io.Reader, rank int) (*IDX, error) {
	shape, err := decodeShape(r, rank)
	if err != nil {
		return nil, err
	}
	want := int64(1)
	for _, d := range shape {
		if d > 0 && want > maxBytes/int64(d) {
			return nil, fmt.Errorf("expected at most %d bytes, the header says %v", int64(maxBytes), shape)
		}
		want *= int64(d)
	}
	// A Buffer grows with what is there, whatever the header says.
	var data bytes.Buffer
	data.Grow(int(min(want, 64<<20)))
	got, err := io.CopyN(&data, r, want)
	if err != nil {
		return nil, short(err, fmt.Sprintf("%d bytes of data for %v", want, shape), got)
	}
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return nil, fmt.Errorf("expected %d bytes of data for %v, got more", want, shape)
	case err != io.EOF:
		return nil, short(err, "the end of the file", 0)
	}
	return &IDX{Shape: shape, Data: data.Bytes()}, nil
}

func decodeShape(r io.Reader, rank int) ([]int, error) {
	var magic [4]byte
	if n, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, short(err, "4 bytes of magic number", int64(n))
	}
	number := binary.BigEndian.Uint32(magic[:])
	if rank > 0 && number != uint32(ubyte<<8|rank) {
		return nil, fmt.Errorf("expected magic number 0x%08x (unsigned bytes in %d dimensions), got 0x%08x%s",
			ubyte<<8|rank, rank, number, describe(magic))
	}
	if number>>16 != 0 || magic[2] != ubyte || magic[3] == 0 {
		return nil, fmt.Errorf("expected magic number 0x000008NN (unsigned bytes in NN dimensions), got 0x%08x%s",
			number, describe(magic))
	}
	sizes := make([]byte, 4*int(magic[3]))
	if n, err := io.ReadFull(r, sizes); err != nil {
		return nil, short(err, fmt.Sprintf("%d bytes of sizes", len(sizes)), int64(n))
	}
	shape := make([]int, magic[3])
	for i := range shape {
		d := binary.BigEndian.Uint32(sizes[4*i:])
		if d > math.MaxInt32 {
			return nil, fmt.Errorf("expected sizes below 2^31, got %d", d)
		}
		shape[i] = int(d)
	}
	return shape, nil
}

// describe says what a magic number stands for, if it is one.
func describe(magic [4]byte) string {
	name, ok := idxTypes[magic[2]]
	if !ok || magic[0] != 0 || magic[1] != 0 {
		return ""
	}
	return fmt.Sprintf(" (%s in %d dimensions)", name, magic[3])
}

// short words an error of reading: the end of a stream that came too early, or
// a gzip file that does not unpack.
func short(err error, want string, got int64) error {
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("cut short: expected %s, got %d: %w", want, got, io.ErrUnexpectedEOF)
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.As(err, new(flate.CorruptInputError)):
		return fmt.Errorf("corrupt gzip: expected %s: %w", want, err)
	}
	return err
}

// bare is err without the path that io/fs puts before it.
func bare(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
