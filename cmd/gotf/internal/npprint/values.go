package npprint

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// newFormatter prints the values of a so that those at the positions in shown
// stand in columns.
func newFormatter(a *npy.Array, shown []int) func(i int) string {
	le := binary.LittleEndian
	switch a.DType {
	case npy.Bytes:
		return func(i int) string { return bytesRepr(a.Strings[i]) }
	case "bool":
		return padded(shown, func(i int) string { return map[byte]string{0: "False", 1: "True"}[a.Raw[i]] })
	case "int8":
		return padded(shown, func(i int) string { return strconv.Itoa(int(int8(a.Raw[i]))) })
	case "uint8":
		return padded(shown, func(i int) string { return strconv.Itoa(int(a.Raw[i])) })
	case "int16":
		return padded(shown, func(i int) string { return strconv.Itoa(int(int16(le.Uint16(a.Raw[2*i:])))) })
	case "uint16":
		return padded(shown, func(i int) string { return strconv.Itoa(int(le.Uint16(a.Raw[2*i:]))) })
	case "int32":
		return padded(shown, func(i int) string { return strconv.Itoa(int(int32(le.Uint32(a.Raw[4*i:])))) })
	case "uint32":
		return padded(shown, func(i int) string { return strconv.FormatUint(uint64(le.Uint32(a.Raw[4*i:])), 10) })
	case "int64":
		return padded(shown, func(i int) string { return strconv.FormatInt(int64(le.Uint64(a.Raw[8*i:])), 10) })
	case "uint64":
		return padded(shown, func(i int) string { return strconv.FormatUint(le.Uint64(a.Raw[8*i:]), 10) })
	}
	one := len(a.Shape) == 0
	at := func(i int) float64 { return floatAt(a, i) }
	if strings.HasPrefix(a.DType, "complex") {
		re := newFloats(a.DType, shown, func(i int) float64 { return at(2 * i) }, one, false)
		im := newFloats(a.DType, shown, func(i int) float64 { return at(2*i + 1) }, one, true)
		return func(i int) string {
			part := im.text(at(2*i + 1))
			end := len(strings.TrimRight(part, " "))
			return re.text(at(2*i)) + part[:end] + "j" + part[end:]
		}
	}
	f := newFloats(a.DType, shown, at, one, false)
	return func(i int) string { return f.text(at(i)) }
}

// floatAt is number i of a, counting the two of a complex number as two.
func floatAt(a *npy.Array, i int) float64 {
	le := binary.LittleEndian
	switch a.DType {
	case "float16":
		return float64(tf.F16(le.Uint16(a.Raw[2*i:])).Float32())
	case "bfloat16":
		return float64(tf.BF16(le.Uint16(a.Raw[2*i:])).Float32())
	case "float32", "complex64":
		return float64(math.Float32frombits(le.Uint32(a.Raw[4*i:])))
	}
	return math.Float64frombits(le.Uint64(a.Raw[8*i:]))
}

// padded aligns words to the right.
func padded(shown []int, word func(i int) string) func(i int) string {
	width := 0
	for _, i := range shown {
		width = max(width, len(word(i)))
	}
	return func(i int) string { return fmt.Sprintf("%*s", width, word(i)) }
}

// bytesRepr is Python's b'...'.
func bytesRepr(b []byte) string {
	quote := byte('\'')
	if strings.Contains(string(b), "'") && !strings.Contains(string(b), `"`) {
		quote = '"'
	}
	var s strings.Builder
	s.WriteString("b" + string(quote))
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			s.WriteString(`\` + string(c))
		case c == '\n':
			s.WriteString(`\n`)
		case c == '\r':
			s.WriteString(`\r`)
		case c == '\t':
			s.WriteString(`\t`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&s, `\x%02x`, c)
		default:
			s.WriteByte(c)
		}
	}
	return s.String() + string(quote)
}

// floats prints numbers as NumPy does: each with as few digits as tell it from
// its neighbours, at most eight after the point, in columns.
type floats struct {
	bits        int
	half        func(float32) float32 // rounds to a 16-bit type, or nil
	exponent    bool
	left, right int // width before and after the point
	digits      int // after the point, of the exponent form
	scalar      bool
	plus        bool // a plus sign before what is not negative
}

const precision = 8

func newFloats(dtype string, shown []int, at func(i int) float64, scalar, plus bool) *floats {
	f := &floats{bits: 64, scalar: scalar, plus: plus}
	switch dtype {
	case "float32", "complex64":
		f.bits = 32
	case "float16":
		f.half = func(x float32) float32 { return tf.ToF16(x).Float32() }
	case "bfloat16":
		f.half = func(x float32) float32 { return tf.ToBF16(x).Float32() }
	}
	if scalar {
		return f
	}
	least, most := math.Inf(1), 0.0
	special, negative := 0, 0
	for _, i := range shown {
		switch v := at(i); {
		case math.IsNaN(v):
			special = max(special, 3)
		case math.IsInf(v, 0):
			special = max(special, 3)
			if v < 0 {
				negative = 1
			}
		case v != 0:
			least, most = min(least, math.Abs(v)), max(most, math.Abs(v))
		}
	}
	f.exponent = most > 0 && (most >= 1e8 || least < 1e-4 || most/least > 1000)
	exponentSize := 0
	for _, i := range shown {
		v := at(i)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		s, exp, _ := strings.Cut(f.shortest(v), "e")
		whole, frac, _ := strings.Cut(s, ".")
		f.left, f.digits = max(f.left, len(whole)), max(f.digits, len(frac))
		exponentSize = max(exponentSize, len(exp))
	}
	f.right = f.digits
	if f.exponent {
		f.right += exponentSize + 1
	}
	if special > 0 {
		f.left = max(f.left, special+negative-f.right-1)
	}
	return f
}

// shortest is v with as few digits as it takes: "1.", "-0.25", "1.5e-05".
func (f *floats) shortest(v float64) string {
	verb := byte('f')
	if f.exponent {
		verb = 'e'
	}
	s := strconv.FormatFloat(v, verb, f.need(v, verb), f.bits)
	mantissa, exp, _ := strings.Cut(s, "e")
	whole, frac, _ := strings.Cut(mantissa, ".")
	if len(frac) > precision {
		s = strconv.FormatFloat(v, verb, precision, 64)
		mantissa, exp, _ = strings.Cut(s, "e")
		whole, frac, _ = strings.Cut(mantissa, ".")
	}
	s = f.sign(v) + whole + "." + strings.TrimRight(frac, "0")
	if f.exponent {
		s += "e" + exp
	}
	return s
}

func (f *floats) sign(v float64) string {
	if f.plus && !math.Signbit(v) {
		return "+"
	}
	return ""
}

// need is how many digits after the point v takes: -1 leaves that to strconv.
func (f *floats) need(v float64, verb byte) int {
	if f.half == nil {
		return -1
	}
	for n := 0; n < 30; n++ {
		if back, err := strconv.ParseFloat(strconv.FormatFloat(v, verb, n, 64), 32); err == nil && float64(f.half(float32(back))) == v {
			return n
		}
	}
	return -1
}

func (f *floats) text(v float64) string {
	if f.scalar {
		return f.alone(v)
	}
	width := f.left + 1 + f.right
	switch {
	case math.IsNaN(v):
		return fmt.Sprintf("%*s", width, "nan")
	case math.IsInf(v, -1):
		return fmt.Sprintf("%*s", width, "-inf")
	case math.IsInf(v, 0):
		return fmt.Sprintf("%*s", width, f.sign(v)+"inf")
	case f.exponent:
		s := strconv.FormatFloat(v, 'e', f.digits, 64)
		if f.digits == 0 {
			s = strings.Replace(s, "e", ".e", 1)
		}
		return fmt.Sprintf("%*s", width, f.sign(v)+s)
	}
	s := f.shortest(v)
	whole, frac, _ := strings.Cut(s, ".")
	return fmt.Sprintf("%*s.%-*s", f.left, whole, f.right, frac)
}

// alone is a scalar, printed as Python does: all its digits, "1.0", "1e-05".
func (f *floats) alone(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, -1):
		return "-inf"
	case math.IsInf(v, 1):
		return "inf"
	}
	if m := math.Abs(v); m != 0 && (m < 1e-4 || m >= 1e16) {
		return strconv.FormatFloat(v, 'e', f.need(v, 'e'), f.bits)
	}
	s := strconv.FormatFloat(v, 'f', f.need(v, 'f'), f.bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
