package npy

import (
	"fmt"
	"math"
)

// Bytes is the DType of arrays of strings: S, U and pickled objects.
const Bytes = "bytes"

// maxRank is NumPy's own limit.
const maxRank = 64

// Array is the content of one .npy file.
type Array struct {
	DType   string   // "bool", "int8".. "uint64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128" or Bytes
	Shape   []int64  // empty for a scalar
	Raw     []byte   // little-endian values in C order; nil when DType is Bytes
	Strings [][]byte // values in C order when DType is Bytes; may share memory
}

// element describes how one numeric dtype is stored.
type element struct {
	descr string // without byte order: "f4"
	size  int64  // bytes of one value
	word  int64  // bytes that a change of byte order reverses together
}

var elements = map[string]element{
	"bool":       {"b1", 1, 1},
	"int8":       {"i1", 1, 1},
	"int16":      {"i2", 2, 2},
	"int32":      {"i4", 4, 4},
	"int64":      {"i8", 8, 8},
	"uint8":      {"u1", 1, 1},
	"uint16":     {"u2", 2, 2},
	"uint32":     {"u4", 4, 4},
	"uint64":     {"u8", 8, 8},
	"float16":    {"f2", 2, 2},
	"bfloat16":   {"V2", 2, 2},
	"float32":    {"f4", 4, 4},
	"float64":    {"f8", 8, 8},
	"complex64":  {"c8", 8, 4},
	"complex128": {"c16", 16, 8},
}

var dtypeOf = func() map[string]string {
	m := make(map[string]string, len(elements))
	for name, e := range elements {
		m[e.descr] = name
	}
	return m
}()

// Stores reports whether arrays of this dtype can be in a file.
func Stores(dtype string) bool {
	_, ok := elements[dtype]
	return ok || dtype == Bytes
}

// count returns how many values shape holds, or an error if a dimension is
// negative or the values of size bytes each cannot be counted in an int.
func count(shape []int64, size int64) (int64, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("expected at most %d dimensions, got %d", maxRank, len(shape))
	}
	n, empty := int64(1), false
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("expected dimensions of 0 or more, got shape %v", shape)
		}
		if d == 0 {
			empty = true
			continue
		}
		if n > math.MaxInt/max(size, 1)/d {
			return 0, fmt.Errorf("shape %v with %d bytes a value is more than can be addressed", shape, size)
		}
		n *= d
	}
	if empty {
		return 0, nil
	}
	return n, nil
}

// check reports what makes a unfit for writing.
func (a *Array) check() error {
	if a.DType == Bytes {
		n, err := count(a.Shape, 1)
		if err == nil && n != int64(len(a.Strings)) {
			err = fmt.Errorf("shape %v holds %d strings, got %d", a.Shape, n, len(a.Strings))
		}
		return err
	}
	e, ok := elements[a.DType]
	if !ok {
		return fmt.Errorf("dtype %q cannot be stored in a .npy file", a.DType)
	}
	n, err := count(a.Shape, e.size)
	if err == nil && n*e.size != int64(len(a.Raw)) {
		err = fmt.Errorf("%s %v takes %d bytes, got %d", a.DType, a.Shape, n*e.size, len(a.Raw))
	}
	return err
}
