package diff

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/tf"
)

// defined is nil for a ratio to nothing.
func defined(v float64) *inspect.Real {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	r := inspect.Real(v)
	return &r
}

// ratioText writes a ratio; "-" stands for one to nothing.
func ratioText(r *inspect.Real, write func(float64) string) string {
	if r == nil {
		return "-"
	}
	return write(float64(*r))
}

// sizeText says how large a difference is, as a part of A's largest value.
func sizeText(scale *inspect.Real) string {
	if scale == nil {
		return "A is 0"
	}
	return percentText(float64(*scale))
}

// worstText sums up such parts.
func worstText(scales []*inspect.Real) string {
	worst, zeros := 0.0, 0
	for _, s := range scales {
		if s == nil {
			zeros++
		} else {
			worst = max(worst, float64(*s))
		}
	}
	switch {
	case zeros == 0:
		return fmt.Sprintf("by at most %s of their size", percentText(worst))
	case zeros == len(scales):
		return "0 in A"
	}
	return fmt.Sprintf("by at most %s of their size; %d more are 0 in A", percentText(worst), zeros)
}

// numberList is n numbers of any type.
type numberList struct {
	n  int
	at func(int) float64
}

// numbers reads little-endian values; ok is false for what is no real number.
func numbers(d tf.DType, raw []byte) (list numberList, ok bool) {
	if d.Size() == 0 {
		return numberList{}, false
	}
	le := binary.LittleEndian
	list.n = len(raw) / d.Size()
	switch d {
	case tf.Float32:
		list.at = func(i int) float64 { return float64(math.Float32frombits(le.Uint32(raw[4*i:]))) }
	case tf.Float64:
		list.at = func(i int) float64 { return math.Float64frombits(le.Uint64(raw[8*i:])) }
	case tf.Float16:
		list.at = func(i int) float64 { return float64(tf.F16(le.Uint16(raw[2*i:])).Float32()) }
	case tf.BFloat16:
		list.at = func(i int) float64 { return float64(tf.BF16(le.Uint16(raw[2*i:])).Float32()) }
	case tf.Int8, tf.QInt8:
		list.at = func(i int) float64 { return float64(int8(raw[i])) }
	case tf.Uint8, tf.QUint8, tf.Bool:
		list.at = func(i int) float64 { return float64(raw[i]) }
	case tf.Int16:
		list.at = func(i int) float64 { return float64(int16(le.Uint16(raw[2*i:]))) }
	case tf.Uint16:
		list.at = func(i int) float64 { return float64(le.Uint16(raw[2*i:])) }
	case tf.Int32, tf.QInt32:
		list.at = func(i int) float64 { return float64(int32(le.Uint32(raw[4*i:]))) }
	case tf.Uint32:
		list.at = func(i int) float64 { return float64(le.Uint32(raw[4*i:])) }
	case tf.Int64:
		list.at = func(i int) float64 { return float64(int64(le.Uint64(raw[8*i:]))) }
	case tf.Uint64:
		list.at = func(i int) float64 { return float64(le.Uint64(raw[8*i:])) }
	default:
		return numberList{}, false
	}
	return list, true
}

// stats sums up how numbers differ. It may take in several lists.
type stats struct {
	n, unequal      int64
	max, sum        float64 // of absolute differences
	relative        float64 // the largest difference relative to the value
	most            float64 // largest absolute value of A
	aa, bb, ab, err float64 // sums of products, and of squared differences
}

// add compares as many numbers as both have.
func (s *stats) add(a, b numberList) {
	for i := range min(a.n, b.n) {
		x, y := a.at(i), b.at(i)
		s.n++
		if x == y || math.IsNaN(x) && math.IsNaN(y) {
			s.most = max(s.most, finiteAbs(x))
			s.aa, s.bb, s.ab = s.aa+x*x, s.bb+y*y, s.ab+x*y
			continue
		}
		d := math.Abs(x - y)
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		s.unequal++
		s.max, s.sum = max(s.max, d), s.sum+d
		s.relative = max(s.relative, d/max(math.Abs(x), math.SmallestNonzeroFloat64))
		s.most = max(s.most, finiteAbs(x))
		s.aa, s.bb, s.ab, s.err = s.aa+x*x, s.bb+y*y, s.ab+x*y, s.err+d*d
	}
}

func finiteAbs(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return math.Abs(x)
}

// within reports whether no difference is more than that part of the largest
// value.
func (s *stats) within(tolerance float64) bool {
	return s.unequal == 0 || s.max <= tolerance*s.most
}

func (s *stats) mean() float64 { return s.sum / float64(max(s.n, 1)) }

// ofScale is the largest difference as a part of A's largest value, nil where
// that is 0.
func (s *stats) ofScale() *inspect.Real {
	var part inspect.Real
	switch {
	case s.max == 0:
	case s.most == 0:
		return nil
	default:
		part = inspect.Real(s.max / s.most)
	}
	return &part
}

// cosine is that of the angle between A and B as vectors: NaN where one is 0.
func (s *stats) cosine() float64 {
	if s.aa == 0 && s.bb == 0 || s.unequal == 0 {
		return 1
	}
	return s.ab / math.Sqrt(s.aa*s.bb)
}

// noise is the ratio of A's power to that of the difference, in decibel: -Inf
// where A is 0.
func (s *stats) noise() float64 {
	if s.err == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(s.aa/s.err)
}
