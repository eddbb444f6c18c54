package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxEmpty bounds arrays of strings of no bytes, which no data bounds.
const maxEmpty = 1 << 20

// source is the stream an array is read from.
type source struct {
	r    io.Reader
	left int64 // bytes still to come; -1: unknown
}

// take reads exactly n bytes, never allocating much more than there are.
func (s *source) take(n int64, what string) ([]byte, error) {
	if s.left >= 0 && n > s.left {
		return nil, short(n, s.left, what)
	}
	if s.left >= 0 {
		s.left -= n
		b := make([]byte, n)
		got, err := io.ReadFull(s.r, b)
		return b, readErr(err, n, int64(got), what)
	}
	var b bytes.Buffer
	got, err := io.CopyN(&b, s.r, n)
	return b.Bytes(), readErr(err, n, got, what)
}

func readErr(err error, want, got int64, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return short(want, got, what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func short(want, got int64, what string) error {
	return fmt.Errorf("cut short: expected %d bytes for %s, got %d: %w", want, what, got, io.ErrUnexpectedEOF)
}

// end fails unless the stream ends here. In a .npz it also makes the archive
// reader check the member's checksum.
func (s *source) end() error {
	var b [1]byte
	n, err := io.ReadFull(s.r, b[:])
	switch {
	case n > 0:
		return errors.New("expected the end of the file after the array, got more bytes")
	case err == io.EOF:
		return nil
	}
	return err
}

// Read reads one array in the .npy format. The name stands in errors.
func Read(r io.Reader, name string) (*Array, error) {
	a, err := read(&source{r: r, left: -1})
	if err != nil {
		return nil, fmt.Errorf("npy: %s: %w", name, err)
	}
	return a, nil
}

func read(s *source) (*Array, error) {
	h, err := readHeader(s)
	if err != nil {
		return nil, err
	}
	if h.kind == 'O' {
		return readObjects(s, h)
	}
	n, err := count(h.shape, h.size)
	if err != nil {
		return nil, err
	}
	if h.size == 0 && n > maxEmpty {
		return nil, fmt.Errorf("shape %v with 0 bytes a value is more than the %d values allowed", h.shape, maxEmpty)
	}
	raw, err := s.take(n*h.size, fmt.Sprintf("%s %v", h.dtype, h.shape))
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	return h.decode(raw, n)
}

// readObjects reads a pickled object array. As in NumPy, the pickle's own
// shape counts; a header that says otherwise is an error here.
func readObjects(s *source, h *header) (*Array, error) {
	text, err := io.ReadAll(s.r)
	if err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	shape, values, err := unpickle(text)
	if err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	if !slices.Equal(shape, h.shape) {
		return nil, fmt.Errorf("pickle: expected shape %v as in the header, got %v", h.shape, shape)
	}
	return &Array{DType: Bytes, Shape: shape, Strings: values}, nil
}
