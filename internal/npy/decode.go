package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// decode turns the n values of a file into an Array. It may change raw.
func (h *header) decode(raw []byte, n int64) (*Array, error) {
	if h.big {
		reverse(raw, h.word)
	}
	if h.fortran {
		raw = toC(raw, h.shape, h.size)
	}
	a := &Array{DType: h.dtype, Shape: h.shape}
	switch h.kind {
	case 'S', 'U':
		a.Strings = make([][]byte, n)
		for i := range a.Strings {
			v := raw[int64(i)*h.size : int64(i+1)*h.size : int64(i+1)*h.size]
			if h.kind == 'S' {
				a.Strings[i] = bytes.TrimRight(v, "\x00")
				continue
			}
			text, err := fromUTF32(v)
			if err != nil {
				return nil, fmt.Errorf("value %d: %w", i, err)
			}
			a.Strings[i] = text
		}
		return a, nil
	case 'b': // any byte but 0 is true
		for i, b := range raw {
			if b != 0 {
				raw[i] = 1
			}
		}
	}
	a.Raw = raw
	return a, nil
}

// reverse swaps the bytes of each word in b.
func reverse(b []byte, word int64) {
	for ; int64(len(b)) >= word && word > 1; b = b[word:] {
		for i, j := int64(0), word-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
}

// toC copies values of size bytes from Fortran order (first index fastest)
// into C order (last index fastest).
func toC(raw []byte, shape []int64, size int64) []byte {
	if len(shape) < 2 || len(raw) == 0 {
		return raw
	}
	out := make([]byte, len(raw))
	stride := make([]int64, len(shape)) // in Fortran order, in bytes
	step := size
	for i, d := range shape {
		stride[i] = step
		step *= d
	}
	index := make([]int64, len(shape))
	from := int64(0)
	for to := int64(0); to < int64(len(out)); to += size {
		copy(out[to:to+size], raw[from:from+size])
		for i := len(shape) - 1; i >= 0; i-- {
			index[i]++
			from += stride[i]
			if index[i] < shape[i] {
				break
			}
			from -= index[i] * stride[i]
			index[i] = 0
		}
	}
	return out
}

// fromUTF32 turns little-endian UTF-32, padded with NULs, into UTF-8.
func fromUTF32(b []byte) ([]byte, error) {
	text := make([]byte, 0, len(b)/4)
	end := 0 // length of text without trailing NULs
	for ; len(b) >= 4; b = b[4:] {
		c := binary.LittleEndian.Uint32(b)
		if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
			return nil, fmt.Errorf("expected a Unicode character, got %#x", c)
		}
		text = utf8.AppendRune(text, rune(c))
		if c != 0 {
			end = len(text)
		}
	}
	return text[:end], nil
}
