package tf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Shape is the size of each dimension. -1 is an unknown dimension, a nil Shape
// an unknown rank; Shape{} is a scalar.
type Shape []int64

// Known reports whether rank and all dimensions are known.
func (s Shape) Known() bool {
	return s != nil && !slices.ContainsFunc(s, func(d int64) bool { return d < 0 })
}

// NumElements is the product of the dimensions, or -1 if one is unknown or there
// are more than an int64 can count.
func (s Shape) NumElements() int64 {
	if !s.Known() || s.check() != nil {
		return -1
	}
	n := int64(1)
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both are known to the same extent and the same.
func (s Shape) Equal(t Shape) bool { return (s == nil) == (t == nil) && slices.Equal(s, t) }

// Accepts reports whether a value of shape t may stand where s is declared.
func (s Shape) Accepts(t Shape) bool {
	if s == nil || t == nil {
		return true
	}
	if len(s) != len(t) {
		return false
	}
	for i, d := range s {
		if d >= 0 && t[i] >= 0 && d != t[i] {
			return false
		}
	}
	return true
}

// String is as Python prints a shape: "(2, 3)", "(None, 3)", "(3,)", "<unknown>".
func (s Shape) String() string {
	if s == nil {
		return "<unknown>"
	}
	parts := make([]string, len(s))
	for i, d := range s {
		if parts[i] = "None"; d >= 0 {
			parts[i] = strconv.FormatInt(d, 10)
		}
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// maxRank is the most dimensions that TensorFlow's shapes have.
const maxRank = 254

// check finds what would make TensorFlow abort the process: too many dimensions,
// less than -1 elements in one, or more elements than an int64 can count.
func (s Shape) check() error {
	if len(s) > maxRank {
		return fmt.Errorf("a shape of %d dimensions; the most are %d", len(s), maxRank)
	}
	n := int64(1)
	for _, d := range s {
		switch {
		case d < -1:
			return fmt.Errorf("shape %v has dimension %d", []int64(s), d)
		case d > 0 && n > math.MaxInt64/d:
			return fmt.Errorf("shape %v is too large", s)
		}
		n *= max(d, 1) // TensorFlow counts without the zeros too
	}
	return nil
}

// elements is NumElements for a shape that must be known, of elements of size
// bytes.
func elements(op string, shape Shape, size int) (int, error) {
	if err := shape.check(); err != nil {
		return 0, Errorf(op, InvalidArgument, "%v", err)
	}
	if !shape.Known() {
		return 0, Errorf(op, InvalidArgument, "shape %v has an unknown dimension", shape)
	}
	n := shape.NumElements()
	if n > math.MaxInt/int64(max(size, 1)) {
		return 0, Errorf(op, InvalidArgument, "shape %v is too large", shape)
	}
	return int(n), nil
}
