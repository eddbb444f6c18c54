package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// fourierCases are those that Python has no gradient of: three dimensions, and
// transforms that leave elements out.
func fourierCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	length := func(s S, n ...int32) O { return tf.Const(s, n) }
	// forward takes real numbers to real and imaginary parts, backward the other
	// way.
	forward := func(f func(s S, x O) O) func(s S, x X) O {
		return func(s S, x X) O {
			y := f(s, x[0])
			return op.ConcatV2(s, X{re(s, y), im(s, y)}, axis(s, 0))
		}
	}
	backward := func(f func(s S, z O) O) func(s S, x X) O {
		return func(s S, x X) O { return f(s, op.Complex(s, x[0], x[1], &op.ComplexAttrs{Tout: tf.Complex128})) }
	}
	var cases []opCase
	for name, n := range map[string]int32{"even": 4, "odd": 3, "one": 1} {
		cases = append(cases, opCase{name: "RFFT/cut " + name, in: [][]int64{{2, 5}}, f: forward(func(s S, x O) O {
			return op.RFFT(s, x, length(s, n), &op.RFFTAttrs{Tcomplex: tf.Complex128})
		})}, opCase{name: "IRFFT/cut " + name, in: [][]int64{{2, 4}, {2, 4}}, f: backward(func(s S, z O) O {
			return op.IRFFT(s, z, length(s, n), &op.IRFFTAttrs{Treal: tf.Float64})
		})}, opCase{name: "RFFT2D/cut " + name, in: [][]int64{{2, 3, 5}}, f: forward(func(s S, x O) O {
			return op.RFFT2D(s, x, length(s, 2, n), &op.RFFT2DAttrs{Tcomplex: tf.Complex128})
		})}, opCase{name: "IRFFT2D/cut " + name, in: [][]int64{{3, 4}, {3, 4}}, f: backward(func(s S, z O) O {
			return op.IRFFT2D(s, z, length(s, 2, n), &op.IRFFT2DAttrs{Treal: tf.Float64})
		})}, opCase{name: "RFFT3D/" + name, in: [][]int64{{2, 3, 4}}, f: forward(func(s S, x O) O {
			return op.RFFT3D(s, x, length(s, 2, 3, n), &op.RFFT3DAttrs{Tcomplex: tf.Complex128})
		})}, opCase{name: "IRFFT3D/" + name, in: [][]int64{{2, 2, 3, 3}, {2, 2, 3, 3}}, f: backward(func(s S, z O) O {
			return op.IRFFT3D(s, z, length(s, 2, 2, n), &op.IRFFT3DAttrs{Treal: tf.Float64})
		})})
	}
	return append(cases, opCase{name: "RFFT/empty", in: [][]int64{{0, 4}, {1}}, f: func(s S, x X) O {
		y := op.RFFT(s, x[0], length(s, 4), &op.RFFTAttrs{Tcomplex: tf.Complex128})
		return op.ConcatV2(s, X{op.Reshape(s, re(s, y), length(s, -1)), x[1]}, axis(s, 0))
	}})
}

// TestFourier checks gradients, and the gradients of those, by differences.
func TestFourier(t *testing.T) { checkTwice(t, fourierCases()) }

func checkTwice(t *testing.T, cases []opCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
	}
}
