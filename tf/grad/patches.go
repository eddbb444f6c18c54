package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func imagePatchesGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return patchesGrad(s, o.Input(0), dy, 2, func(x tf.Output) tf.Output {
		return op.ExtractImagePatches(s, x, o.AttrInts("ksizes"), o.AttrInts("strides"), o.AttrInts("rates"), o.AttrString("padding"))
	})
}

func volumePatchesGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return patchesGrad(s, o.Input(0), dy, 3, func(x tf.Output) tf.Output {
		return op.ExtractVolumePatches(s, x, o.AttrInts("ksizes"), o.AttrInts("strides"), o.AttrString("padding"))
	})
}

// patchesGrad adds up what each pixel of x, which has the given number of axes
// between batch and channels, got from the patches it is in. Patches of the
// pixels' numbers, from 1, say where each element came from; 0 is padding.
func patchesGrad(s *tf.Scope, x, dy tf.Output, axes int64, extract func(x tf.Output) tf.Output) tf.Output {
	zero, one := int32Scalar(s, 0), int32Scalar(s, 1)
	join := func(parts ...tf.Output) tf.Output { return op.ConcatV2(s, parts, zero) }
	shape := op.Shape(s, x, nil)
	batch, channels := op.Slice(s, shape, ints(s, 0), ints(s, 1)), op.Slice(s, shape, ints(s, axes+1), ints(s, 1))
	size := op.Slice(s, shape, ints(s, 1), ints(s, axes))
	pixels := op.Prod(s, size, zero, nil)
	numbers := op.Range(s, one, op.AddV2(s, pixels, one), one)
	numbers = extract(op.Reshape(s, numbers, join(ints(s, 1), size, ints(s, 1))))
	from := op.Sub(s, op.Reshape(s, numbers, ints(s, -1)), one)

	// [batch, elements, channels] and back
	swap := ints(s, 1, 0, 2)
	g := op.Transpose(s, op.Reshape(s, dy, join(batch, op.Shape(s, from, nil), channels)), swap)
	sum := op.UnsortedSegmentSum(s, g, from, pixels)
	return reshapeLike(s, op.Transpose(s, sum, swap), x)
}
