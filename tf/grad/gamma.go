package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// igammaRule serves Igamma, and its complement with sign -1.
func igammaRule(sign float64) rule {
	signed := func(s *tf.Scope, x tf.Output) tf.Output {
		if sign < 0 {
			return op.Neg(s, x)
		}
		return x
	}
	return pairwise(
		func(s *tf.Scope, _ tf.Op, a, x, dy tf.Output) tf.Output {
			return signed(s, op.Mul(s, dy, op.IgammaGradA(s, a, x)))
		},
		func(s *tf.Scope, _ tf.Op, a, x, dy tf.Output) tf.Output {
			return signed(s, op.Mul(s, dy, gammaDensity(s, a, x)))
		},
	)
}

// gammaDensity is x^(a-1) * exp(-x) / gamma(a).
func gammaDensity(s *tf.Scope, a, x tf.Output) tf.Output {
	power := op.Xlogy(s, op.Sub(s, a, number(s, a, 1)), x)
	return op.Exp(s, op.Sub(s, op.Sub(s, power, x), op.Lgamma(s, a)))
}

// igammaGradARule: by x it is the derivative of the density by a. By a once more
// there is no closed form, so the integral that Igamma is gets differentiated
// twice.
func igammaGradARule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	a, x, y := o.Input(0), o.Input(1), o.Output(0)
	dx := make([]tf.Output, 2)
	if need[0] {
		full := func(s *tf.Scope, v tf.Output) tf.Output {
			return castTo(s, op.AddV2(s, v, op.ZerosLike(s, y)), tf.Float64)
		}
		dx = throughFormula(s, []tf.Output{a}, g, func(s *tf.Scope, in []tf.Output) []tf.Output {
			wide := full(s, in[0])
			slope := throughFormula(s, []tf.Output{wide}, []tf.Output{op.OnesLike(s, wide)}, func(s *tf.Scope, in []tf.Output) []tf.Output {
				return []tf.Output{gammaIntegral(s, in[0], full(s, x))}
			})
			return []tf.Output{castTo(s, slope[0], y.DType())}
		})
		dx = append(dx, tf.Output{})
	}
	if need[1] {
		slope := op.Mul(s, gammaDensity(s, a, x), op.Sub(s, op.Log(s, x), op.Digamma(s, a)))
		dx[1] = sumTo(s, op.Mul(s, g[0], slope), x, a)
	}
	return dx
}

// gammaIntegral is the integral of the density up to x, for inputs of float64 and
// one shape. Of the tail below a it is, with t = x*v^(1/a),
//
//	x^a / (a*gamma(a)) * integral from 0 to 1 of exp(-x*v^(1/a)) dv
//
// and of the one above, with t = x - log(v),
//
//	exp(-x) / gamma(a) * integral from 0 to 1 of (x - log(v))^(a-1) dv
func gammaIntegral(s *tf.Scope, a, x tf.Output) tf.Output {
	one := number(s, x, 1)
	logV, logWeight := doubleExponential(s, op.Rank(s, x))
	sum := func(logs, scale tf.Output) tf.Output {
		return op.Sum(s, op.Exp(s, op.AddV2(s, op.AddV2(s, logs, logWeight), scale)), int32Scalar(s, 0), nil)
	}
	logX, lgamma := op.Log(s, x), op.Lgamma(s, a)
	below := sum(op.Neg(s, op.Exp(s, op.AddV2(s, logX, op.RealDiv(s, logV, a)))),
		op.Sub(s, op.Sub(s, op.Mul(s, a, logX), op.Log(s, a)), lgamma))
	above := sum(op.Mul(s, op.Sub(s, a, one), op.Log(s, op.Sub(s, x, logV))), op.Neg(s, op.AddV2(s, x, lgamma)))
	return op.SelectV2(s, op.Less(s, x, a), below, op.Sub(s, one, above))
}

// randomGammaGradRule is second order of samples of the gamma distribution F,
// whose slope by a is -(dF/da) / (dF/dx).
func randomGammaGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	return throughFormula(s, o.Inputs(), g, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Neg(s, op.RealDiv(s, op.IgammaGradA(s, in[0], in[1]), gammaDensity(s, in[0], in[1])))}
	})
}
