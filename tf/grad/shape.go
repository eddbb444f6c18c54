package grad

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
)

func identity(s *tf.Scope, x tf.Output) tf.Output { return op.Identity(s, x) }

// ints is a vector of int32, or of int64 if one value is too large for that.
func ints(s *tf.Scope, v ...int64) tf.Output {
	for _, x := range v {
		if x > math.MaxInt32 {
			return tf.Const(s, v)
		}
	}
	return tf.Const(s, narrow(v))
}

func narrow(v []int64) []int32 {
	w := make([]int32, len(v))
	for i, x := range v {
		w[i] = int32(x)
	}
	return w
}

func int32Scalar(s *tf.Scope, v int) tf.Output { return tf.ConstScalar(s, int32(v)) }

// number is a scalar of x's type.
func number(s *tf.Scope, x tf.Output, v float64) tf.Output {
	switch d := x.DType(); d {
	case tf.Float32:
		return tf.ConstScalar(s, float32(v))
	case tf.Float64:
		return tf.ConstScalar(s, v)
	case tf.Complex64:
		return tf.ConstScalar(s, complex(float32(v), 0))
	case tf.Complex128:
		return tf.ConstScalar(s, complex(v, 0))
	case tf.Float16:
		return tf.ConstScalar(s, tf.ToF16(float32(v)))
	case tf.BFloat16:
		return tf.ConstScalar(s, tf.ToBF16(float32(v)))
	default:
		return op.Cast(s, tf.ConstScalar(s, float32(v)), d, nil)
	}
}

// atLeastSingle is x in float32 if it is in half precision, which the kernels of
// some functions lack.
func atLeastSingle(s *tf.Scope, x tf.Output) tf.Output {
	if d := x.DType(); d == tf.Float16 || d == tf.BFloat16 {
		return op.Cast(s, x, tf.Float32, nil)
	}
	return x
}

// castTo is x in type d.
func castTo(s *tf.Scope, x tf.Output, d tf.DType) tf.Output {
	if x.DType() == d {
		return x
	}
	return op.Cast(s, x, d, nil)
}

// times is x*v.
func times(s *tf.Scope, x tf.Output, v float64) tf.Output { return op.Mul(s, x, number(s, x, v)) }

// shapeOf is x's shape, as a constant where it is known.
func shapeOf(s *tf.Scope, x tf.Output) tf.Output {
	if sh := x.Shape(); sh.Known() {
		return ints(s, sh...)
	}
	return op.Shape(s, x, nil)
}

// sameShape reports whether x and y are known to have one shape.
func sameShape(x, y tf.Output) bool {
	if x == y {
		return true
	}
	sh := x.Shape()
	return sh.Known() && sh.Equal(y.Shape())
}

// reshapeLike gives g, which has as many elements as x, x's shape.
func reshapeLike(s *tf.Scope, g, x tf.Output) tf.Output {
	if sameShape(g, x) {
		return g
	}
	if sh := x.Shape(); inferable(sh) {
		return op.Reshape(s, g, ints(s, sh...))
	}
	return op.Reshape(s, g, op.Shape(s, x, nil))
}

// inferable reports whether Reshape can take sh as it is, with -1 in at most
// one place.
func inferable(sh tf.Shape) bool {
	unknown := 0
	for _, d := range sh {
		if d < 0 {
			unknown++
		}
	}
	return sh != nil && (unknown == 0 || unknown == 1 && !slices.Contains(sh, 0))
}

// sumTo sums g, the gradient of a value that x and other were broadcast into,
// to x's shape.
func sumTo(s *tf.Scope, g, x, other tf.Output) tf.Output {
	if x == other {
		return g
	}
	lead, ones, ok := broadcastAxes(x.Shape(), other.Shape())
	switch {
	case !ok:
		sx := shapeOf(s, x)
		axes, _ := op.BroadcastGradientArgs(s, sx, shapeOf(s, other))
		return op.Reshape(s, op.Sum(s, g, axes, nil), sx)
	case len(lead) == 0 && len(ones) == 0:
		return g
	case len(ones) == 0:
		return op.Sum(s, g, ints(s, lead...), nil)
	case len(lead) == 0:
		return op.Sum(s, g, ints(s, ones...), &op.SumAttrs{KeepDims: true})
	default:
		return reshapeLike(s, op.Sum(s, g, ints(s, append(lead, ones...)...), nil), x)
	}
}

// broadcastAxes finds along which axes of the result a value of shape x was
// repeated when it was broadcast with one of shape other: those it lacks, and
// those of size one. It is not ok where too little is known.
func broadcastAxes(x, other tf.Shape) (lead, ones []int64, ok bool) {
	if x == nil || other == nil {
		return nil, nil, false
	}
	missing := max(len(other)-len(x), 0)
	for i := range missing {
		lead = append(lead, int64(i))
	}
	for i, d := range x {
		o := int64(1)
		if j := i + len(other) - len(x); j >= 0 {
			o = other[j]
		}
		switch {
		case d == 1 && o != 1:
			ones = append(ones, int64(missing+i))
		case d < 0 && o != 1:
			return nil, nil, false
		}
	}
	return lead, ones, true
}

// constInts are the values of an integer vector or scalar, where they can be
// had when the gradient is made.
func constInts(o tf.Output) ([]int64, bool) {
	if !o.Eager() {
		if o.Op().Type() != "Const" {
			return nil, false
		}
		return protoInts(o.Op().Attr("value").GetTensor())
	}
	t, err := o.Value()
	if err != nil {
		return nil, false
	}
	defer t.Close()
	if t.DType() == tf.Int64 {
		v, err := tf.Values[int64](t)
		return v, err == nil
	}
	v, err := tf.Values[int32](t)
	return widen(v), err == nil
}

func widen(v []int32) []int64 {
	w := make([]int64, len(v))
	for i, x := range v {
		w[i] = int64(x)
	}
	return w
}

// protoInts reads an int32 or int64 tensor in any of the forms it is stored in.
func protoInts(t *tensorpb.TensorProto) ([]int64, bool) {
	d := tf.DType(t.GetDtype())
	n := tf.ShapeOf(t.GetTensorShape()).NumElements()
	if n < 0 || d != tf.Int32 && d != tf.Int64 {
		return nil, false
	}
	v := slices.Concat(t.GetInt64Val(), widen(t.GetIntVal()))
	raw := t.GetTensorContent()
	for ; len(raw) >= d.Size(); raw = raw[d.Size():] {
		if d == tf.Int64 {
			v = append(v, int64(binary.LittleEndian.Uint64(raw)))
		} else {
			v = append(v, int64(int32(binary.LittleEndian.Uint32(raw))))
		}
	}
	for int64(len(v)) < n { // the last value stands for those left out
		last := int64(0)
		if len(v) > 0 {
			last = v[len(v)-1]
		}
		v = append(v, last)
	}
	return v, int64(len(v)) == n
}

// constAxes is constInts with negative axes counted from a known rank.
func constAxes(o tf.Output, rank int) ([]int64, bool) {
	v, ok := constInts(o)
	if !ok {
		return nil, false
	}
	axes := make([]int64, len(v))
	for i, a := range v {
		if a < 0 {
			a += int64(rank)
		}
		if a < 0 || a >= int64(rank) {
			return nil, false
		}
		axes[i] = a
	}
	return axes, true
}
