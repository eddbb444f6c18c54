package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// poolRules are the gradients of the pooling that pool.go has not.
func poolRules() map[string]rule {
	return map[string]rule{
		"MaxPool3D":         first(maxPool3Grad),
		"MaxPool3DGrad":     maxPool3GradRule,
		"MaxPool3DGradGrad": maxPool3GradGradRule,
		"AvgPool3D":         first(avgPool3Grad),
		"AvgPool3DGrad":     avgPool3GradRule,

		"MaxPoolGradGradV2": maxPoolGradGradV2Rule,

		"MaxPoolWithArgmax":     first(argmaxPoolGrad),
		"MaxPoolGradWithArgmax": argmaxPoolGradRule,

		// fractional.go
		"FractionalAvgPool":     first(fractionalAvgGrad),
		"FractionalAvgPoolGrad": fractionalAvgGradRule,
		"FractionalMaxPool":     first(fractionalMaxGrad),
		"FractionalMaxPoolGrad": fractionalMaxGradRule,

		// morphology.go
		"Dilation2D":               dilationRule,
		"Dilation2DBackpropInput":  dilationInputRule,
		"Dilation2DBackpropFilter": dilationFilterRule,
	}
}

func maxPool3Grad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return maxPool3Back(s, o, o.Input(0), o.Output(0), dy)
}

func maxPool3Back(s *tf.Scope, o tf.Op, x, y, dy tf.Output) tf.Output {
	return inPlanes(s, o, []tf.Output{x, y, dy}, func(p pooling, xs []tf.Output) tf.Output {
		return op.MaxPool3DGrad(s, xs[0], xs[1], xs[2], p.ksize, p.strides, p.padding, &op.MaxPool3DGradAttrs{DataFormat: p.format})
	})
}

func maxPool3GradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		return inPlanes(s, o, []tf.Output{o.Input(0), o.Input(1), g[0]}, func(p pooling, xs []tf.Output) tf.Output {
			return chosen(s, xs[0], xs[1], xs[2], ints(s, p.ksize...), ints(s, p.strides...), p.padding, func(x, d tf.Output, padding string) tf.Output {
				return op.MaxPool3DGradGrad(s, x, xs[1], d, p.ksize, p.strides, padding, &op.MaxPool3DGradGradAttrs{DataFormat: p.format})
			})
		})
	})
}

func maxPool3GradGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output { return maxPool3Back(s, o, o.Input(0), o.Input(1), g[0]) })
}

func avgPool3Grad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.AvgPool3DGrad(s, shapeOf(s, o.Input(0)), dy, o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.AvgPool3DGradAttrs{DataFormat: o.AttrString("data_format")})
}

func avgPool3GradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{{}, op.AvgPool3D(s, g[0], o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.AvgPool3DAttrs{DataFormat: o.AttrString("data_format")})}
}

func argmaxPoolGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	at := o.Output(1)
	if at.DType() != tf.Int64 { // the kernel takes no other
		at = op.Cast(s, at, tf.Int64, nil)
	}
	return op.MaxPoolGradWithArgmax(s, o.Input(0), dy, at, o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.MaxPoolGradWithArgmaxAttrs{IncludeBatchInIndex: o.AttrBool("include_batch_in_index")})
}

// argmaxPoolGradRule: the kernel adds dy up at the places argmax, so that g is
// read there.
func argmaxPoolGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = op.ZerosLike(s, o.Input(0))
	}
	if need[1] {
		at := o.Input(2) // [batch, height, width, channels]
		if !o.AttrBool("include_batch_in_index") {
			zero, one := tf.ConstScalar(s, int64(0)), tf.ConstScalar(s, int64(1))
			shape := op.Shape(s, o.Input(0), &op.ShapeAttrs{OutType: tf.Int64})
			part := func(from, n int64) tf.Output { return op.Slice(s, shape, ints(s, from), ints(s, n)) }
			batch := op.Range(s, zero, op.Reshape(s, part(0, 1), ints(s)), one)
			start := op.Mul(s, batch, op.Prod(s, part(1, 3), ints(s, 0), nil))
			at = op.AddV2(s, at, op.Reshape(s, start, ints(s, -1, 1, 1, 1)))
		}
		dx[1] = op.GatherV2(s, op.Reshape(s, g[0], ints(s, -1)), at, int32Scalar(s, 0), nil)
	}
	return dx
}

// windows are the pixels of x that each of y is made of, those at rows and
// columns, [height of y, n] and [width of y, m]:
// [batch, height, width, channels, n*m].
func windows(s *tf.Scope, x, rows, columns, y tf.Output) tf.Output {
	w := op.GatherV2(s, x, rows, int32Scalar(s, 1), nil)
	w = op.GatherV2(s, w, columns, int32Scalar(s, 3), nil)
	shape := op.ConcatV2(s, []tf.Output{op.Shape(s, y, nil), ints(s, -1)}, int32Scalar(s, 0))
	return op.Reshape(s, op.Transpose(s, w, ints(s, 0, 1, 3, 5, 2, 4)), shape)
}

// atLargest reads values, [..., n], where of is the largest over the last axis,
// the first of those that tie.
func atLargest(s *tf.Scope, of, values tf.Output) tf.Output {
	last := op.StridedSlice(s, op.Shape(s, of, nil), ints(s, -1), ints(s, 0), ints(s, 1), &op.StridedSliceAttrs{EndMask: 1, ShrinkAxisMask: 1})
	hit := op.OneHot(s, op.ArgMax(s, of, int32Scalar(s, -1), nil), last, number(s, of, 1), number(s, of, 0), nil)
	return op.Sum(s, op.Mul(s, hit, values), ints(s, -1), nil)
}
