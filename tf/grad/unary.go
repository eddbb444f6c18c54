package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ofInput is the rule of y = f(x) with derivative d(x).
func ofInput(d func(s *tf.Scope, x tf.Output) tf.Output) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		return op.Mul(s, dy, conj(s, d(s, o.Input(0))))
	})
}

// ofOutput is the rule of y = f(x) whose gradient is an operation of y and dy.
func ofOutput(d func(s *tf.Scope, y, dy tf.Output) tf.Output) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return d(s, o.Output(0), dy) })
}

func pass(_ *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return dy }

func oneMinusSquare(s *tf.Scope, x tf.Output) tf.Output {
	return op.Sub(s, number(s, x, 1), op.Square(s, x))
}

func onePlusSquare(s *tf.Scope, x tf.Output) tf.Output {
	return op.AddV2(s, number(s, x, 1), op.Square(s, x))
}

// gauss is scale*exp(-x^2).
func gauss(scale float64) func(s *tf.Scope, x tf.Output) tf.Output {
	return func(s *tf.Scope, x tf.Output) tf.Output {
		return times(s, op.Exp(s, op.Neg(s, op.Square(s, x))), scale)
	}
}

// unaryRules are the elementwise functions of one input.
func unaryRules() map[string]rule {
	type S = *tf.Scope
	type O = tf.Output
	return map[string]rule{
		"Neg":    first(func(s S, _ tf.Op, dy O) O { return op.Neg(s, dy) }),
		"Square": ofInput(func(s S, x O) O { return times(s, x, 2) }),
		"Exp":    ofOutput(func(s S, y, dy O) O { return op.Mul(s, dy, conj(s, y)) }),
		"Expm1":  ofInput(func(s S, x O) O { return op.Exp(s, x) }),
		"Log":    ofInput(func(s S, x O) O { return op.Reciprocal(s, x) }),
		"Log1p":  ofInput(func(s S, x O) O { return op.Reciprocal(s, op.AddV2(s, number(s, x, 1), x)) }),
		"Abs":    ofInput(func(s S, x O) O { return op.Sign(s, x) }),
		"Sin":    ofInput(func(s S, x O) O { return op.Cos(s, x) }),
		"Cos":    ofInput(func(s S, x O) O { return op.Neg(s, op.Sin(s, x)) }),
		"Tan":    ofInput(func(s S, x O) O { return op.Reciprocal(s, op.Square(s, op.Cos(s, x))) }),
		"Sinh":   ofInput(func(s S, x O) O { return op.Cosh(s, x) }),
		"Cosh":   ofInput(func(s S, x O) O { return op.Sinh(s, x) }),
		"Asin":   ofInput(func(s S, x O) O { return op.Rsqrt(s, oneMinusSquare(s, x)) }),
		"Acos":   ofInput(func(s S, x O) O { return op.Neg(s, op.Rsqrt(s, oneMinusSquare(s, x))) }),
		"Atan":   ofInput(func(s S, x O) O { return op.Reciprocal(s, onePlusSquare(s, x)) }),
		"Asinh":  ofInput(func(s S, x O) O { return op.Rsqrt(s, onePlusSquare(s, x)) }),
		"Acosh":  ofOutput(func(s S, y, dy O) O { return op.RealDiv(s, dy, conj(s, op.Sinh(s, y))) }),
		"Atanh":  ofInput(func(s S, x O) O { return op.Reciprocal(s, oneMinusSquare(s, x)) }),
		"Erf":    ofInput(gauss(2 / math.Sqrt(math.Pi))),
		"Erfc":   ofInput(gauss(-2 / math.Sqrt(math.Pi))),

		"Sqrt":       ofOutput(op.SqrtGrad),
		"Rsqrt":      ofOutput(op.RsqrtGrad),
		"Reciprocal": ofOutput(op.ReciprocalGrad),
		"Inv":        ofOutput(op.ReciprocalGrad),
		"Tanh":       ofOutput(func(s S, y, dy O) O { return op.TanhGrad(s, conj(s, y), dy) }),
		"Sigmoid":    ofOutput(func(s S, y, dy O) O { return op.SigmoidGrad(s, conj(s, y), dy) }),

		"SqrtGrad":       sqrtGradRule(),
		"RsqrtGrad":      rsqrtGradRule(),
		"ReciprocalGrad": ofFused(op.ReciprocalGrad, true, minusTwice),
		"InvGrad":        ofFused(op.ReciprocalGrad, true, minusTwice),
		"TanhGrad":       ofFused(op.TanhGrad, false, minusTwice),
		"SigmoidGrad": ofFused(op.SigmoidGrad, false, func(s S, y, dy, g O) O {
			return op.Mul(s, op.Mul(s, g, dy), op.Sub(s, number(s, y, 1), times(s, y, 2)))
		}),
	}
}

// ofFused is the rule of a fused gradient f(y, dy) that is linear in dy; dfdy
// is the derivative by y, times g. Of complex numbers some kernels take the
// conjugate of y, as the first gradient wants it, and others y as it is.
func ofFused(f func(s *tf.Scope, y, dy tf.Output) tf.Output, conjugates bool, dfdy func(s *tf.Scope, y, dy, g tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		y, dy := conj(s, o.Input(0)), o.Input(1)
		dx := make([]tf.Output, 2)
		switch {
		case !need[0]:
		case conjugates:
			dx[0] = dfdy(s, y, dy, conj(s, g[0]))
		default:
			dx[0] = dfdy(s, y, conj(s, dy), g[0])
		}
		if need[1] {
			dx[1] = f(s, y, g[0])
		}
		return dx
	}
}

// minusTwice: f = dy*(c - y^2).
func minusTwice(s *tf.Scope, y, dy, g tf.Output) tf.Output {
	return times(s, op.Mul(s, op.Mul(s, g, dy), y), -2)
}

// sqrtGradRule: f = dy/2/y.
func sqrtGradRule() rule {
	return ofFused(op.SqrtGrad, true, func(s *tf.Scope, y, dy, g tf.Output) tf.Output {
		return times(s, op.RealDiv(s, op.Mul(s, g, dy), op.Square(s, y)), -0.5)
	})
}

// rsqrtGradRule: f = -dy/2*y^3.
func rsqrtGradRule() rule {
	return ofFused(op.RsqrtGrad, true, func(s *tf.Scope, y, dy, g tf.Output) tf.Output {
		return times(s, op.Mul(s, op.Mul(s, g, dy), op.Square(s, y)), -1.5)
	})
}
