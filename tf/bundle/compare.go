package bundle

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
)

// Comparison is how two checkpoints differ.
type Comparison struct {
	OnlyA, OnlyB []Entry      // values that one of them holds
	Both         []Difference // values that both hold, by name
}

// Same reports whether both hold the same values.
func (c *Comparison) Same() bool {
	return len(c.OnlyA) == 0 && len(c.OnlyB) == 0 &&
		!slices.ContainsFunc(c.Both, func(d Difference) bool { return !d.Same })
}

// Difference is how two values of one name differ.
type Difference struct {
	A, B Entry
	Same bool // type, shape and all bytes

	// Elements that differ, and the greatest and mean absolute difference of all.
	// Where type or shape differ there is nothing to compare, and Max and Mean
	// are NaN, as they are for types without numbers. Two NaN do not differ; a
	// NaN and a number differ by infinity.
	Unequal   int64
	Max, Mean float64
}

// Compare reads all values of two checkpoints, one at a time.
func Compare(a, b *Reader) (*Comparison, error) {
	c := &Comparison{}
	x, y := a.Entries(), b.Entries()
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].Name < y[0].Name:
			c.OnlyA = append(c.OnlyA, x[0])
			x = x[1:]
		case len(x) == 0 || y[0].Name < x[0].Name:
			c.OnlyB = append(c.OnlyB, y[0])
			y = y[1:]
		default:
			d, err := difference(a, b, x[0], y[0])
			if err != nil {
				return nil, err
			}
			c.Both = append(c.Both, d)
			x, y = x[1:], y[1:]
		}
	}
	return c, nil
}

func difference(a, b *Reader, x, y Entry) (Difference, error) {
	d := Difference{A: x, B: y, Max: math.NaN(), Mean: math.NaN()}
	if x.DType != y.DType || !x.Shape.Equal(y.Shape) {
		return d, nil
	}
	if x.DType == tf.String {
		err := d.strings(a, b)
		return d, err
	}
	raw := func(r *Reader, e Entry) ([]byte, error) {
		if e.DType == tf.Variant {
			i, err := r.index(e.Name)
			if err != nil {
				return nil, err
			}
			return r.raw(e.Name, r.records[i])
		}
		return r.Bytes(e.Name)
	}
	p, err := raw(a, x)
	if err != nil {
		return d, err
	}
	q, err := raw(b, y)
	if err != nil {
		return d, err
	}
	d.Same = bytes.Equal(p, q)
	d.numbers(p, q)
	return d, nil
}

func (d *Difference) strings(a, b *Reader) error {
	p, err := a.Strings(d.A.Name)
	if err != nil {
		return err
	}
	q, err := b.Strings(d.A.Name)
	if err != nil {
		return err
	}
	for i := range p {
		if p[i] != q[i] {
			d.Unequal++
		}
	}
	d.Same = d.Unequal == 0
	return nil
}

// numbers compares the elements of two values of one type and shape.
func (d *Difference) numbers(p, q []byte) {
	width := d.A.DType.Size()
	if width == 0 {
		return
	}
	number := numbers[d.A.DType]
	sum := 0.
	if number != nil {
		d.Max, d.Mean = 0, 0
	}
	for i := 0; i < len(p); i += width {
		u, v := p[i:i+width], q[i:i+width]
		if bytes.Equal(u, v) {
			continue
		}
		d.Unequal++
		if number != nil {
			diff := distance(number(u), number(v))
			d.Max = max(d.Max, diff)
			sum += diff
		}
	}
	if number != nil && len(p) > 0 {
		d.Mean = sum / float64(len(p)/width)
	}
}

func distance(x, y complex128) float64 {
	switch a, b := isNaN(x), isNaN(y); {
	case a && b, x == y:
		return 0
	case a || b:
		return math.Inf(1)
	}
	return math.Hypot(real(x)-real(y), imag(x)-imag(y))
}

func isNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

// numbers are the elements of each type as numbers.
var numbers = map[tf.DType]func([]byte) complex128{
	tf.Float32:    func(b []byte) complex128 { return complex(float64(float32At(b)), 0) },
	tf.Float64:    func(b []byte) complex128 { return complex(float64At(b), 0) },
	tf.Complex64:  func(b []byte) complex128 { return complex(float64(float32At(b)), float64(float32At(b[4:]))) },
	tf.Complex128: func(b []byte) complex128 { return complex(float64At(b), float64At(b[8:])) },
	tf.Float16:    func(b []byte) complex128 { return complex(float64(tf.F16(binary.LittleEndian.Uint16(b)).Float32()), 0) },
	tf.BFloat16: func(b []byte) complex128 {
		return complex(float64(tf.BF16(binary.LittleEndian.Uint16(b)).Float32()), 0)
	},
	tf.Float8E5M2: func(b []byte) complex128 { return complex(float64(tf.F16(uint16(b[0])<<8).Float32()), 0) },
	tf.Bool:       func(b []byte) complex128 { return complex(float64(min(b[0], 1)), 0) },
	tf.Uint8:      unsigned, tf.Uint16: unsigned, tf.Uint32: unsigned, tf.Uint64: unsigned, tf.Uint4: unsigned, tf.Uint2: unsigned,
	tf.QUint8: unsigned, tf.QUint16: unsigned,
	tf.Int8: signed, tf.Int16: signed, tf.Int32: signed, tf.Int64: signed, tf.Int4: signed, tf.Int2: signed,
	tf.QInt8: signed, tf.QInt16: signed, tf.QInt32: signed,
}

func float32At(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

func float64At(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

func unsigned(b []byte) complex128 {
	var all [8]byte
	copy(all[:], b)
	return complex(float64(binary.LittleEndian.Uint64(all[:])), 0)
}

func signed(b []byte) complex128 {
	var all [8]byte
	copy(all[8-len(b):], b)
	return complex(float64(int64(binary.LittleEndian.Uint64(all[:]))>>(64-8*len(b))), 0)
}
