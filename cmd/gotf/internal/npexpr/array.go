package npexpr

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// most is how many values an array may have.
const most = 1 << 26

// Array is an array of NumPy. The values stand, in C order, in the one slice that
// fits DType.
type Array struct {
	DType    tf.DType
	Shape    []int64
	ints     []int64 // of Bool and integers; of Uint64 the same bits
	floats   []float64
	complexs []complex128
	strings  [][]byte
}

// kind orders types as NumPy promotes them.
type kind int

const (
	boolKind kind = iota
	intKind
	floatKind
	complexKind
	stringKind
	noKind
)

func kindOf(d tf.DType) kind {
	switch {
	case d == tf.Bool:
		return boolKind
	case d.IsInteger() && d.Size() > 0 && d != tf.Int4 && d != tf.Uint4 && d != tf.Int2 && d != tf.Uint2:
		return intKind
	case d == tf.Float16 || d == tf.BFloat16 || d == tf.Float32 || d == tf.Float64:
		return floatKind
	case d.IsComplex():
		return complexKind
	case d == tf.String:
		return stringKind
	}
	return noKind
}

func unsigned(d tf.DType) bool {
	return d == tf.Uint8 || d == tf.Uint16 || d == tf.Uint32 || d == tf.Uint64
}

// sizeOf counts the values of shape, which must be known and not too many.
func sizeOf(shape []int64) (int, error) {
	n := tf.Shape(shape).NumElements()
	if len(shape) > 0 && n < 0 || n > most {
		return 0, fmt.Errorf("shape %v is too large: an array may have %d values", tf.Shape(shape), most)
	}
	return int(n), nil
}

// newArray makes an array of zeros.
func newArray(d tf.DType, shape []int64) (*Array, error) {
	if shape == nil {
		shape = []int64{}
	}
	n, err := sizeOf(shape)
	if err != nil {
		return nil, err
	}
	a := &Array{DType: d, Shape: shape}
	switch kindOf(d) {
	case boolKind, intKind:
		a.ints = make([]int64, n)
	case floatKind:
		a.floats = make([]float64, n)
	case complexKind:
		a.complexs = make([]complex128, n)
	case stringKind:
		a.strings = make([][]byte, n)
	default:
		return nil, fmt.Errorf("no arrays of %v", d)
	}
	return a, nil
}

func (a *Array) len() int { return len(a.ints) + len(a.floats) + len(a.complexs) + len(a.strings) }

// float is value i as a float64.
func (a *Array) float(i int) float64 {
	switch {
	case a.floats != nil:
		return a.floats[i]
	case a.complexs != nil:
		return real(a.complexs[i])
	case a.DType == tf.Uint64:
		return float64(uint64(a.ints[i]))
	}
	return float64(a.ints[i])
}

func (a *Array) complex(i int) complex128 {
	if a.complexs != nil {
		return a.complexs[i]
	}
	return complex(a.float(i), 0)
}

// int is value i as an integer: towards zero, as C does.
func (a *Array) int(i int) int64 {
	if a.ints != nil {
		return a.ints[i]
	}
	v := a.float(i)
	if v >= math.MaxInt64 && v < math.MaxUint64 {
		return int64(uint64(v))
	}
	if math.IsNaN(v) || v >= math.MaxInt64 || v <= math.MinInt64 {
		return math.MinInt64
	}
	return int64(v)
}

// Cast is a with its values as d, as NumPy's astype does it.
func (a *Array) Cast(d tf.DType) (*Array, error) {
	if d == a.DType {
		return a, nil
	}
	if (d == tf.String) != (a.DType == tf.String) {
		return nil, fmt.Errorf("%v values cannot become %v", a.DType, d)
	}
	out, err := newArray(d, a.Shape)
	if err != nil {
		return nil, err
	}
	for i := range a.len() {
		switch {
		case d == tf.Bool:
			if a.complex(i) != 0 {
				out.ints[i] = 1
			}
		case out.ints != nil:
			out.ints[i] = wrap(d, a.int(i))
		case out.floats != nil:
			out.floats[i] = round(d, a.float(i))
		default:
			c := a.complex(i)
			if d == tf.Complex64 {
				c = complex128(complex64(c))
			}
			out.complexs[i] = c
		}
	}
	return out, nil
}

// wrap is v cut to the bits of d.
func wrap(d tf.DType, v int64) int64 {
	switch d {
	case tf.Int8:
		return int64(int8(v))
	case tf.Int16:
		return int64(int16(v))
	case tf.Int32:
		return int64(int32(v))
	case tf.Uint8:
		return int64(uint8(v))
	case tf.Uint16:
		return int64(uint16(v))
	case tf.Uint32:
		return int64(uint32(v))
	}
	return v
}

// round is the value of d nearest to v.
func round(d tf.DType, v float64) float64 {
	switch d {
	case tf.Float32:
		return float64(float32(v))
	case tf.Float16:
		return float64(tf.ToF16(float32(v)).Float32())
	case tf.BFloat16:
		return float64(tf.ToBF16(float32(v)).Float32())
	}
	return v
}

// NPY is a in the form that files have.
func (a *Array) NPY() *npy.Array {
	out := &npy.Array{DType: a.DType.String(), Shape: a.Shape}
	if a.DType == tf.String {
		out.DType, out.Strings = npy.Bytes, a.strings
		return out
	}
	le, size := binary.LittleEndian, a.DType.Size()
	raw := make([]byte, 0, a.len()*size)
	for i := range a.len() {
		switch a.DType {
		case tf.Float64:
			raw = le.AppendUint64(raw, math.Float64bits(a.floats[i]))
		case tf.Float32:
			raw = le.AppendUint32(raw, math.Float32bits(float32(a.floats[i])))
		case tf.Float16:
			raw = le.AppendUint16(raw, uint16(tf.ToF16(float32(a.floats[i]))))
		case tf.BFloat16:
			raw = le.AppendUint16(raw, uint16(tf.ToBF16(float32(a.floats[i]))))
		case tf.Complex64:
			raw = le.AppendUint32(raw, math.Float32bits(float32(real(a.complexs[i]))))
			raw = le.AppendUint32(raw, math.Float32bits(float32(imag(a.complexs[i]))))
		case tf.Complex128:
			raw = le.AppendUint64(raw, math.Float64bits(real(a.complexs[i])))
			raw = le.AppendUint64(raw, math.Float64bits(imag(a.complexs[i])))
		default:
			var word [8]byte
			le.PutUint64(word[:], uint64(a.ints[i]))
			raw = append(raw, word[:size]...)
		}
	}
	out.Raw = raw
	return out
}

// Of is the content of a file as an array to compute with.
func Of(a *npy.Array) (*Array, error) {
	d := tf.String
	if a.DType != npy.Bytes {
		var err error
		if d, err = tf.ParseDType(a.DType); err != nil {
			return nil, err
		}
	}
	out, err := newArray(d, a.Shape)
	if err != nil {
		return nil, err
	}
	if d == tf.String {
		out.strings = a.Strings
		return out, nil
	}
	le, size := binary.LittleEndian, d.Size()
	for i := range out.len() {
		raw := a.Raw[i*size:]
		switch d {
		case tf.Float64:
			out.floats[i] = math.Float64frombits(le.Uint64(raw))
		case tf.Float32:
			out.floats[i] = float64(math.Float32frombits(le.Uint32(raw)))
		case tf.Float16:
			out.floats[i] = float64(tf.F16(le.Uint16(raw)).Float32())
		case tf.BFloat16:
			out.floats[i] = float64(tf.BF16(le.Uint16(raw)).Float32())
		case tf.Complex64:
			out.complexs[i] = complex(float64(math.Float32frombits(le.Uint32(raw))), float64(math.Float32frombits(le.Uint32(raw[4:]))))
		case tf.Complex128:
			out.complexs[i] = complex(math.Float64frombits(le.Uint64(raw)), math.Float64frombits(le.Uint64(raw[8:])))
		default:
			var word [8]byte
			copy(word[:], raw[:size])
			v := int64(le.Uint64(word[:]))
			if !unsigned(d) && d != tf.Bool {
				shift := 64 - 8*size
				v = v << shift >> shift
			}
			out.ints[i] = v
		}
	}
	return out, nil
}

// FirstDifferent finds the first value in which two arrays of integers of one
// shape differ.
func FirstDifferent(a, b *Array) (i int, ok bool) {
	for i := range a.ints {
		x, y := a.ints[i], b.ints[i]
		if x != y || (x < 0 && (a.DType == tf.Uint64) != (b.DType == tf.Uint64)) {
			return i, true
		}
	}
	return 0, false
}

// Text is value i in digits.
func (a *Array) Text(i int) string {
	switch {
	case a.DType == tf.Uint64:
		return fmt.Sprint(uint64(a.ints[i]))
	case a.ints != nil:
		return fmt.Sprint(a.ints[i])
	}
	return fmt.Sprint(a.complex(i))
}
