package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func maxPoolGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MaxPoolGrad(s, o.Input(0), o.Output(0), dy, o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
		&op.MaxPoolGradAttrs{ExplicitPaddings: o.AttrInts("explicit_paddings"), DataFormat: o.AttrString("data_format")})
}

// maxPoolGradRule: which element is the largest does not change, so the inputs
// but dy have zeros.
func maxPoolGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	if p := o.AttrString("padding"); p == "EXPLICIT" {
		return fail(s, o, tf.Unimplemented, "TensorFlow has no second gradient of MaxPool with padding %s", p)
	}
	return poolSecond(s, o, need, func() tf.Output {
		return op.MaxPoolGradGrad(s, o.Input(0), o.Input(1), g[0], o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
			&op.MaxPoolGradGradAttrs{DataFormat: o.AttrString("data_format")})
	})
}

func maxPoolGradGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		return op.MaxPoolGrad(s, o.Input(0), o.Input(1), g[0], o.AttrInts("ksize"), o.AttrInts("strides"), o.AttrString("padding"),
			&op.MaxPoolGradAttrs{DataFormat: o.AttrString("data_format")})
	})
}

func maxPoolV2Grad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MaxPoolGradV2(s, o.Input(0), o.Output(0), dy, o.Input(1), o.Input(2), o.AttrString("padding"),
		&op.MaxPoolGradV2Attrs{DataFormat: o.AttrString("data_format")})
}

func maxPoolGradV2Rule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		return op.MaxPoolGradGradV2(s, o.Input(0), o.Input(1), g[0], o.Input(3), o.Input(4), o.AttrString("padding"),
			&op.MaxPoolGradGradV2Attrs{DataFormat: o.AttrString("data_format")})
	})
}

func poolSecond(s *tf.Scope, o tf.Op, need []bool, third func() tf.Output) []tf.Output {
	dx := make([]tf.Output, 3)
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
