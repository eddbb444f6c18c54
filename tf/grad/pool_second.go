package grad

import (
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// chosen are the elements of d where the windows of x have their maxima y: the
// gradient of the gradient of maximum pooling. kernel computes it. Where x and y
// have one shape the kernels overwrite d with zeros before they read it, so here
// y is always smaller: x and d are padded, and where the windows are single
// elements there is no need of a kernel. Sizes that are not known when the gradient
// is made must not be 1 throughout.
func chosen(s *tf.Scope, x, y, d, ksize, strides tf.Output, padding string, kernel func(x, d tf.Output, padding string) tf.Output) tf.Output {
	if k, known := constInts(ksize); known && !slices.ContainsFunc(k, func(n int64) bool { return n != 1 }) {
		all := int64(1)<<len(k) - 1
		zero := ints(s, make([]int64, len(k))...)
		return op.StridedSlice(s, d, zero, zero, castTo(s, strides, tf.Int32), &op.StridedSliceAttrs{BeginMask: all, EndMask: all})
	}
	if padding == "SAME" {
		pads := samePads(s, x, y, ksize, strides)
		x, d, padding = op.PadV2(s, x, pads, number(s, x, math.Inf(-1))), op.Pad(s, d, pads), "VALID"
	}
	return kernel(x, d, padding)
}

// samePads is what the padding SAME puts before and after each dimension of x.
func samePads(s *tf.Scope, x, y, ksize, strides tf.Output) tf.Output {
	n, m, one := op.Shape(s, x, nil), op.Shape(s, y, nil), int32Scalar(s, 1)
	covered := op.AddV2(s, op.Mul(s, op.Sub(s, m, one), castTo(s, strides, tf.Int32)), castTo(s, ksize, tf.Int32))
	total := op.Maximum(s, op.Sub(s, covered, n), int32Scalar(s, 0))
	before := op.FloorDiv(s, total, int32Scalar(s, 2))
	return op.Pack(s, []tf.Output{before, op.Sub(s, total, before)}, &op.PackAttrs{Axis: 1})
}
