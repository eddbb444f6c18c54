package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	for _, name := range []string{"given", "found", "narrow", "axis"} {
		for _, version := range []string{"V2", "V3", "V4"} {
			kinks["QuantizeAndDequantize"+version+"/"+name] = "steps"
		}
	}
	for _, op := range []string{"Args", "Vars", "VarsPerChannel"} {
		for _, name := range []string{"default", "narrow"} {
			kinks["FakeQuantWithMinMax"+op+"/"+name] = "steps"
			betterThanPython["FakeQuantWithMinMax"+op+"/"+name+"/ddy0"] = "dy in the gradient"
		}
	}
}

// TestQuantizeSecond checks that the gradients, which are linear in dy and
// constant in the rest, are differentiated by dy.
func TestQuantizeSecond(t *testing.T) {
	type S = *tf.Scope
	type O = tf.Output
	x := func(s S) O { return tf.Const(s, []float32{-3, -1, -0.2, 0.4, 1.5, 0}, 2, 3) }
	row := func(s S, v ...float32) O { return tf.Const(s, v) }
	join := func(s S, a, b, c O) O {
		flat := func(v O) O { return op.Reshape(s, v, tf.Const(s, []int32{-1})) }
		return op.ConcatV2(s, []O{flat(a), flat(b), flat(c)}, axis(s, 0))
	}
	for name, f := range map[string]func(s S, dy O) O{
		"args": func(s S, dy O) O {
			low, high := float32(-1), float32(1)
			return op.FakeQuantWithMinMaxArgsGradient(s, dy, x(s), &op.FakeQuantWithMinMaxArgsGradientAttrs{Min: &low, Max: &high})
		},
		"vars": func(s S, dy O) O {
			dx, low, high := op.FakeQuantWithMinMaxVarsGradient(s, dy, x(s), tf.ConstScalar(s, float32(-0.9)), tf.ConstScalar(s, float32(1)), nil)
			return join(s, dx, low, high)
		},
		"channels": func(s S, dy O) O {
			dx, low, high := op.FakeQuantWithMinMaxVarsPerChannelGradient(s, dy, x(s), row(s, -2, -0.5, 0), row(s, 0.1, 1, 0), nil)
			return join(s, dx, low, high)
		},
		"clamped": func(s S, dy O) O {
			dx, low, high := op.QuantizeAndDequantizeV4Grad(s, dy, x(s), tf.ConstScalar(s, float32(-1)), tf.ConstScalar(s, float32(1)), nil)
			return join(s, dx, low, high)
		},
	} {
		t.Run(name, func(t *testing.T) {
			checkSingle(t, func(s S, dy []O) O { return f(s, dy[0]) }, tf.Shape{2, 3})
		})
	}
}
