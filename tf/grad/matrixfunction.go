package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// matrixFunctionGrad is the gradient of f, a function of square matrices like the
// square root. The derivative of f at A along E is the upper right block of
// f([A E; 0 A]), and its adjoint is the derivative at Aᴴ along dy. (Mathias, "A
// chain rule for matrix functions and applications".)
func matrixFunctionGrad(f func(s *tf.Scope, x tf.Output) tf.Output) func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		a, none, last := adjoint(s, o.Input(0)), tf.Output{}, int32Scalar(s, -1)
		_, n := dimension(s, a, -1)
		c := op.StopGradient(s, balance(s, a, dy))
		upper := op.ConcatV2(s, []tf.Output{a, op.Mul(s, dy, c)}, last)
		lower := op.ConcatV2(s, []tf.Output{op.ZerosLike(s, a), a}, last)
		block := f(s, op.ConcatV2(s, []tf.Output{upper, lower}, int32Scalar(s, -2)))
		return op.RealDiv(s, columns(s, rows(s, block, none, n), n, none), c)
	}
}

// balance are numbers, one for each matrix, that bring x to the size of a, so that
// neither drowns the other; 1 where one of them is 0.
func balance(s *tf.Scope, a, x tf.Output) tf.Output {
	norm := func(x tf.Output) tf.Output {
		if x.DType().IsComplex() {
			x = op.ComplexAbs(s, x, &op.ComplexAbsAttrs{Tout: realOf(x.DType())})
		}
		return op.Sqrt(s, op.Sum(s, op.Square(s, x), ints(s, -2, -1), &op.SumAttrs{KeepDims: true}))
	}
	c := op.DivNoNan(s, norm(a), norm(x))
	c = op.SelectV2(s, op.Equal(s, c, number(s, c, 0), nil), number(s, c, 1), c)
	if a.DType().IsComplex() {
		return toComplex(s, c)
	}
	return c
}
