package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// groups is the number of groups that a convolution with channels last has, or
// 0 where a graph does not know it. The gradient kernels of the CPU know no
// groups, but for those of oneDNN, and these not with explicit padding.
func (c conv) groups(x, w tf.Output) int64 {
	if c.dense || c.format != "NHWC" {
		return 1
	}
	if len(x.Shape()) != 4 || len(w.Shape()) != 4 || x.Shape()[3] < 0 || w.Shape()[2] <= 0 {
		if x.DType() != tf.Float64 && c.padding != "EXPLICIT" {
			return 1 // as it most often is
		}
		return 0
	}
	return x.Shape()[3] / w.Shape()[2]
}

// eachGroup calls f for the channels of each of n groups, and joins what it gives.
func eachGroup(s *tf.Scope, n int64, x, w, dy tf.Output, f func(x, w, dy tf.Output) tf.Output) tf.Output {
	last := int32Scalar(s, 3)
	xs, ws, dys := op.Split(s, last, x, n), op.Split(s, last, w, n), op.Split(s, last, dy, n)
	var parts []tf.Output
	for i := range xs {
		parts = append(parts, f(xs[i], ws[i], dys[i]))
	}
	if len(parts) == 0 { // the scope has failed
		return tf.Output{}
	}
	return op.ConcatV2(s, parts, last)
}

// groupMask is a convolution whose filter w, [height, width, in/n, out], sees only
// one of n groups of channels for each result, as one over all channels. It
// serves where a graph does not know n.
type groupMask struct {
	shape tf.Output // of w: [4]
	n     tf.Output // the number of groups: [1]
	mask  tf.Output // 1 where a channel and a result are of one group: [in, out]
}

// maskOf takes x with channels last.
func maskOf(s *tf.Scope, x, w tf.Output) groupMask {
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
	return groupMask{shape, n, op.Cast(s, same, w.DType(), nil)}
}

// spread is w with zeros for the channels of other groups.
func (g groupMask) spread(s *tf.Scope, w tf.Output) tf.Output {
	times := op.ConcatV2(s, []tf.Output{ints(s, 1, 1), g.n, ints(s, 1)}, int32Scalar(s, 0))
	return op.Mul(s, op.Tile(s, w, times), g.mask)
}

// collect is the gradient by w, from that by spread(w).
func (g groupMask) collect(s *tf.Scope, dw tf.Output) tf.Output {
	part := func(from, n int64) tf.Output { return op.Slice(s, g.shape, ints(s, from), ints(s, n)) }
	apart := op.ConcatV2(s, []tf.Output{part(0, 2), g.n, part(2, 2)}, int32Scalar(s, 0))
	return op.Sum(s, op.Reshape(s, op.Mul(s, dw, g.mask), apart), ints(s, 2), nil)
}
