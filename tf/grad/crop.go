package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// cropRule: crops depend on the image and on the boxes. With method nearest,
// where they jump, the boxes get the gradient of the other method, as in Python.
func cropRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	image, boxes, of, g := o.Input(0), o.Input(1), o.Input(2), dy[0]
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = op.CropAndResizeGradImage(s, g, boxes, of, shapeOf(s, image), image.DType(),
			&op.CropAndResizeGradImageAttrs{Method: o.AttrString("method")})
	}
	if need[1] {
		dx[1] = op.CropAndResizeGradBoxes(s, g, image, boxes, of, nil)
	}
	return dx
}

// cropImageRule: the kernel takes dy and boxes, and is linear in dy; it is the
// transpose of cropping.
func cropImageRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	dy, boxes, of := o.Input(0), o.Input(1), o.Input(2)
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = op.CropAndResize(s, g[0], boxes, of, sizeOf(s, dy), &op.CropAndResizeAttrs{Method: o.AttrString("method")})
	}
	if need[1] {
		dx[1] = op.CropAndResizeGradBoxes(s, dy, g[0], boxes, of, nil)
	}
	return dx
}

// cropBoxesRule: the kernel takes dy, the image and boxes. There is no kernel
// for its gradient, so it differentiates the formula.
func cropBoxesRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	of, size := o.Input(3), sizeOf(s, o.Input(0))
	return throughFormula(s, []tf.Output{o.Input(0), o.Input(1), o.Input(2)}, g, func(s *tf.Scope, in []tf.Output) []tf.Output {
		dy, image := in[0], inTypeOf(s, in[1], in[0])
		return throughFormula(s, in[2:], []tf.Output{dy}, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{crop(s, image, in[0], of, size)}
		})
	})
}

// crop is bilinear CropAndResize: rows and columns of each box by matrices.
func crop(s *tf.Scope, image, boxes, of, size tf.Output) tf.Output {
	d := boxes.DType()
	part := func(v tf.Output, at int64) tf.Output { return op.Slice(s, v, ints(s, at), ints(s, 1)) }
	weights := func(axis int64) tf.Output { // [box, n, pixels]
		n, pixels := part(size, axis), part(sizeOf(s, image), axis)
		from := op.Slice(s, boxes, ints(s, 0, axis), ints(s, -1, 1))
		to := op.Slice(s, boxes, ints(s, 0, axis+2), ints(s, -1, 1))
		last := op.Cast(s, op.Sub(s, pixels, int32Scalar(s, 1)), d, nil)
		at := op.Mul(s, op.AddV2(s, from, op.Mul(s, op.Sub(s, to, from), fractions(s, n, d))), last)
		inside := op.LogicalAnd(s, op.GreaterEqual(s, at, times(s, last, 0)), op.LessEqual(s, at, last))
		at = op.ExpandDims(s, at, int32Scalar(s, 2))
		away := op.Abs(s, op.Sub(s, at, count(s, pixels, d)))
		near := op.Relu(s, op.Sub(s, tf.ConstScalar(s, float32(1)), away))
		return op.Mul(s, near, op.Cast(s, op.ExpandDims(s, inside, int32Scalar(s, 2)), d, nil))
	}
	each := op.GatherV2(s, image, of, int32Scalar(s, 0), nil)
	rows := op.Einsum(s, []tf.Output{each, weights(0)}, "bhwc,bih->biwc")
	return op.Einsum(s, []tf.Output{rows, weights(1)}, "biwc,bjw->bijc")
}

// count is 0, 1, ... n-1; n is [1].
func count(s *tf.Scope, n tf.Output, d tf.DType) tf.Output {
	return op.Cast(s, op.Range(s, int32Scalar(s, 0), op.Reshape(s, n, ints(s)), int32Scalar(s, 1)), d, nil)
}

// fractions are n numbers from 0 to 1, or 1/2 alone.
func fractions(s *tf.Scope, n tf.Output, d tf.DType) tf.Output {
	one := int32Scalar(s, 1)
	parts := op.Cast(s, op.Maximum(s, op.Sub(s, n, one), one), d, nil)
	half := times(s, op.Cast(s, op.Equal(s, n, one, nil), d, nil), 0.5)
	return op.AddV2(s, op.RealDiv(s, count(s, n, d), parts), half)
}
