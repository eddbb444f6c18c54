package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// quantizeRules are the gradients of simulated quantization: as if it were the
// identity within the range, and the range's end outside it.
func quantizeRules() map[string]rule {
	return map[string]rule{
		"QuantizeAndDequantize":       first(pass),
		"QuantizeAndDequantizeV2":     first(pass),
		"QuantizeAndDequantizeV3":     first(pass),
		"QuantizeAndDequantizeV4":     clampedRule,
		"QuantizeAndDequantizeV4Grad": clampedGradRule,

		"FakeQuantWithMinMaxArgs":                   first(fakeArgsGrad),
		"FakeQuantWithMinMaxArgsGradient":           flatGrad(fakeArgs),
		"FakeQuantWithMinMaxVars":                   fakeVarsRule(false),
		"FakeQuantWithMinMaxVarsPerChannel":         fakeVarsRule(true),
		"FakeQuantWithMinMaxVarsGradient":           fakeVarsGradRule(false),
		"FakeQuantWithMinMaxVarsPerChannelGradient": fakeVarsGradRule(true),
	}
}

// clampedRule: QuantizeAndDequantizeV4 stops the gradient outside its range.
func clampedRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	axis := o.AttrInt("axis")
	dx, low, high := op.QuantizeAndDequantizeV4Grad(s, dy[0], o.Input(0), o.Input(1), o.Input(2), &op.QuantizeAndDequantizeV4GradAttrs{Axis: &axis})
	return []tf.Output{dx, low, high}
}

// clampedGradRule: the kernel takes dy, x and the range, whose gradients it
// always makes zero.
func clampedGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	axis := o.AttrInt("axis")
	dx := flatInputs(s, o, need)
	if need[0] && !g[0].IsNil() {
		dx[0], _, _ = op.QuantizeAndDequantizeV4Grad(s, g[0], o.Input(1), o.Input(2), o.Input(3), &op.QuantizeAndDequantizeV4GradAttrs{Axis: &axis})
	}
	return dx
}

// flatInputs are zeros for all inputs of a gradient but dy, the first, in which
// it is constant.
func flatInputs(s *tf.Scope, o tf.Op, need []bool) []tf.Output {
	dx := make([]tf.Output, len(need))
	for i := 1; i < len(dx); i++ {
		if need[i] {
			dx[i] = op.ZerosLike(s, o.Input(i))
		}
	}
	return dx
}

func fakeArgsGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return fakeArgs(s, o, dy, o.Input(0))
}

func fakeArgs(s *tf.Scope, o tf.Op, dy, x tf.Output) tf.Output {
	low, high, bits := o.AttrFloat("min"), o.AttrFloat("max"), o.AttrInt("num_bits")
	return op.FakeQuantWithMinMaxArgsGradient(s, dy, x,
		&op.FakeQuantWithMinMaxArgsGradientAttrs{Min: &low, Max: &high, NumBits: &bits, NarrowRange: o.AttrBool("narrow_range")})
}

// fake is quantization to a range that is input; of each channel if there are many.
type fake struct {
	channels bool
	bits     int64
	narrow   bool
}

func fakeOf(o tf.Op, channels bool) fake {
	return fake{channels, o.AttrInt("num_bits"), o.AttrBool("narrow_range")}
}

func (f fake) quantize(s *tf.Scope, x, low, high tf.Output) tf.Output {
	if f.channels {
		return op.FakeQuantWithMinMaxVarsPerChannel(s, x, low, high,
			&op.FakeQuantWithMinMaxVarsPerChannelAttrs{NumBits: &f.bits, NarrowRange: f.narrow})
	}
	return op.FakeQuantWithMinMaxVars(s, x, low, high, &op.FakeQuantWithMinMaxVarsAttrs{NumBits: &f.bits, NarrowRange: f.narrow})
}

func (f fake) gradient(s *tf.Scope, dy, x, low, high tf.Output) (dx, dlow, dhigh tf.Output) {
	if f.channels {
		return op.FakeQuantWithMinMaxVarsPerChannelGradient(s, dy, x, low, high,
			&op.FakeQuantWithMinMaxVarsPerChannelGradientAttrs{NumBits: &f.bits, NarrowRange: f.narrow})
	}
	return op.FakeQuantWithMinMaxVarsGradient(s, dy, x, low, high,
		&op.FakeQuantWithMinMaxVarsGradientAttrs{NumBits: &f.bits, NarrowRange: f.narrow})
}

func fakeVarsRule(channels bool) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
		dx, low, high := fakeOf(o, channels).gradient(s, dy[0], o.Input(0), o.Input(1), o.Input(2))
		return []tf.Output{dx, low, high}
	}
}

// fakeVarsGradRule: each element of dy goes to the gradient of x, or, outside
// the range, to that of the end it is clamped to.
func fakeVarsGradRule(channels bool) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		f, x, low, high := fakeOf(o, channels), o.Input(1), o.Input(2), o.Input(3)
		dx := flatInputs(s, o, need)
		if !need[0] {
			return dx
		}
		one, zero := op.OnesLike(s, x), op.ZerosLike(s, x)
		inside, _, _ := f.gradient(s, one, x, low, high)
		within, below := op.Greater(s, inside, zero), op.Less(s, x, f.quantize(s, x, low, high))
		to := func(i int) tf.Output {
			if g[i].IsNil() {
				return zero
			}
			return op.Mul(s, g[i], one)
		}
		dx[0] = op.SelectV2(s, within, to(0), op.SelectV2(s, below, to(1), to(2)))
		return dx
	}
}
