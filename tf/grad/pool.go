package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// pooling is a kind of pooling with channels last.
type pooling struct {
	ksize, strides, explicit []int64
	padding, format          string
}

// inPlanes calls f, a gradient of maximum pooling o, for xs with channels last:
// the kernels of the CPU know no other layout, though that of pooling does.
func inPlanes(s *tf.Scope, o tf.Op, xs []tf.Output, f func(p pooling, xs []tf.Output) tf.Output) tf.Output {
	p := pooling{
		ksize: o.AttrInts("ksize"), strides: o.AttrInts("strides"),
		padding: o.AttrString("padding"), format: o.AttrString("data_format"),
	}
	if p.padding == "EXPLICIT" {
		p.explicit = o.AttrInts("explicit_paddings")
	}
	to, from := channelsLast(p.format)
	if to == nil {
		return f(p, xs)
	}
	last := make([]tf.Output, len(xs))
	for i, x := range xs {
		last[i] = transposed(s, x, to)
	}
	p.ksize, p.strides, p.explicit = permuted(p.ksize, to), permuted(p.strides, to), permutedPads(p.explicit, to)
	p.format = lastFormat[p.format]
	return transposed(s, f(p, last), from)
}

func maxPoolGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return maxPoolBack(s, o, o.Input(0), o.Output(0), dy)
}

func maxPoolBack(s *tf.Scope, o tf.Op, x, y, dy tf.Output) tf.Output {
	return inPlanes(s, o, []tf.Output{x, y, dy}, func(p pooling, xs []tf.Output) tf.Output {
		return op.MaxPoolGrad(s, xs[0], xs[1], xs[2], p.ksize, p.strides, p.padding,
			&op.MaxPoolGradAttrs{ExplicitPaddings: p.explicit, DataFormat: p.format})
	})
}

// maxPoolGradRule: which element is the largest does not change, so the inputs
// but dy have zeros.
func maxPoolGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		x, d := o.Input(0), g[0]
		explicit := o.AttrString("padding") == "EXPLICIT" // the kernel knows no such padding
		if explicit {
			pads := tf.Const(s, narrow(o.AttrInts("explicit_paddings")), 4, 2)
			x, d = op.PadV2(s, x, pads, number(s, x, math.Inf(-1))), op.Pad(s, d, pads)
		}
		return inPlanes(s, o, []tf.Output{x, o.Input(1), d}, func(p pooling, xs []tf.Output) tf.Output {
			if explicit {
				p.padding = "VALID"
			}
			return chosen(s, xs[0], xs[1], xs[2], ints(s, p.ksize...), ints(s, p.strides...), p.padding, func(x, d tf.Output, padding string) tf.Output {
				return op.MaxPoolGradGrad(s, x, xs[1], d, p.ksize, p.strides, padding, &op.MaxPoolGradGradAttrs{DataFormat: p.format})
			})
		})
	})
}

func maxPoolGradGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output { return maxPoolBack(s, o, o.Input(0), o.Input(1), g[0]) })
}

func maxPoolV2Grad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MaxPoolGradV2(s, o.Input(0), o.Output(0), dy, o.Input(1), o.Input(2), o.AttrString("padding"),
		&op.MaxPoolGradV2Attrs{DataFormat: o.AttrString("data_format")})
}

func maxPoolGradV2Rule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		y, ksize, strides := o.Input(1), o.Input(3), o.Input(4)
		return chosen(s, o.Input(0), y, g[0], ksize, strides, o.AttrString("padding"), func(x, d tf.Output, padding string) tf.Output {
			return op.MaxPoolGradGradV2(s, x, y, d, ksize, strides, padding, &op.MaxPoolGradGradV2Attrs{DataFormat: o.AttrString("data_format")})
		})
	})
}

func maxPoolGradGradV2Rule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		return op.MaxPoolGradV2(s, o.Input(0), o.Input(1), g[0], o.Input(3), o.Input(4), o.AttrString("padding"),
			&op.MaxPoolGradV2Attrs{DataFormat: o.AttrString("data_format")})
	})
}

func poolSecond(s *tf.Scope, o tf.Op, need []bool, third func() tf.Output) []tf.Output {
	dx := make([]tf.Output, 3) // there may be more inputs, all integers
	for i := range 2 {
		if need[i] {
			dx[i] = op.ZerosLike(s, o.Input(i))
		}
	}
	if need[2] {
		dx[2] = third()
	}
	return dx
}

func avgPoolGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.AvgPoolGrad(s, shapeOf(s, o.Input(0)), dy, o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.AvgPoolGradAttrs{DataFormat: o.AttrString("data_format")})
}

func avgPoolGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{{}, op.AvgPool(s, g[0], o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.AvgPoolAttrs{DataFormat: o.AttrString("data_format")})}
}
