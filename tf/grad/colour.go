package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// rgbToHSVGrad differentiates the formula; where channels tie, the largest is
// the first and the smallest the last.
func rgbToHSVGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return throughFormula(s, o.Inputs(), []tf.Output{dy}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{hsv(s, in[0])}
	})[0]
}

// hsv is hue, saturation and value of [..., 3], the hue from 0 to 1.
func hsv(s *tf.Scope, rgb tf.Output) tf.Output {
	channel := func(i int64) tf.Output {
		return op.StridedSlice(s, rgb, ints(s, 0, i), ints(s, 0, i+1), ints(s, 1, 1), &op.StridedSliceAttrs{EllipsisMask: 1})
	}
	r, g, b := channel(0), channel(1), channel(2)
	red := op.LogicalAnd(s, op.GreaterEqual(s, r, g), op.GreaterEqual(s, r, b))
	green := op.GreaterEqual(s, g, b) // unless red
	blue := op.LogicalAnd(s, op.LessEqual(s, b, r), op.LessEqual(s, b, g))
	value := op.SelectV2(s, red, r, op.SelectV2(s, green, g, b))
	smallest := op.SelectV2(s, blue, b, op.SelectV2(s, op.LessEqual(s, g, r), g, r))
	spread := op.Sub(s, value, smallest)
	turn := func(a, b tf.Output, from float64) tf.Output {
		return op.AddV2(s, op.DivNoNan(s, op.Sub(s, a, b), times(s, spread, 6)), number(s, a, from))
	}
	hue := op.SelectV2(s, red, turn(g, b, 0), op.SelectV2(s, green, turn(b, r, 1./3), turn(r, g, 2./3)))
	hue = op.FloorMod(s, hue, number(s, hue, 1))
	return op.ConcatV2(s, []tf.Output{hue, op.DivNoNan(s, spread, value), value}, int32Scalar(s, -1))
}
