package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// groups is a convolution whose filter w, [height, width, in/n, out], sees only
// one of n groups of channels for each result, as one over all channels.
type groups struct {
	shape tf.Output // of w: [4]
	n     tf.Output // the number of groups: [1]
	mask  tf.Output // 1 where a channel and a result are of one group: [in, out]
}

// grouped reports whether the gradient kernels must be gone around because of
// groups: those of the CPU know none in float64 or with explicit padding.
func (c conv) grouped(x, w tf.Output) bool {
	if c.dense || c.format != "NHWC" || x.DType() != tf.Float64 && c.padding != "EXPLICIT" {
		return false
	}
	if x.Shape() == nil || w.Shape() == nil {
		return true
	}
	in, each := x.Shape()[3], w.Shape()[2]
	return in < 0 || each < 0 || in != each
}

// groupsOf takes x with channels last.
func groupsOf(s *tf.Scope, x, w tf.Output) groups {
	part := func(v tf.Output, i int64) tf.Output { return op.Slice(s, v, ints(s, i), ints(s, 1)) }
	shape := op.Shape(s, w, nil)
	in, each, out := part(op.Shape(s, x, nil), 3), part(shape, 2), part(shape, 3)
	n := op.FloorDiv(s, in, each)
	group := func(count tf.Output) tf.Output { // of each of count channels
		zero, one := int32Scalar(s, 0), int32Scalar(s, 1)
		all := op.Range(s, zero, op.Reshape(s, count, ints(s)), one)
		return op.FloorDiv(s, all, op.FloorDiv(s, count, n))
	}
	same := op.Equal(s, op.ExpandDims(s, group(in), int32Scalar(s, 1)), group(out), nil)
	return groups{shape, n, op.Cast(s, same, w.DType(), nil)}
}

// dense is w with zeros for the channels of other groups.
func (g groups) dense(s *tf.Scope, w tf.Output) tf.Output {
	times := op.ConcatV2(s, []tf.Output{ints(s, 1, 1), g.n, ints(s, 1)}, int32Scalar(s, 0))
	return op.Mul(s, op.Tile(s, w, times), g.mask)
}

// sparse is the gradient by w, from that by dense(w).
func (g groups) sparse(s *tf.Scope, dw tf.Output) tf.Output {
	part := func(from, n int64) tf.Output { return op.Slice(s, g.shape, ints(s, from), ints(s, n)) }
	apart := op.ConcatV2(s, []tf.Output{part(0, 2), g.n, part(2, 2)}, int32Scalar(s, 0))
	return op.Sum(s, op.Reshape(s, op.Mul(s, dw, g.mask), apart), ints(s, 2), nil)
}
