package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ofBoth is the rule of y = f(x) with derivative d(x, y).
func ofBoth(d func(s *tf.Scope, x, y tf.Output) tf.Output) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		return op.Mul(s, dy, d(s, o.Input(0), o.Output(0)))
	})
}

// specialRules are the gradients of special functions.
func specialRules() map[string]rule {
	type S = *tf.Scope
	type O = tf.Output
	half := math.Pi / 2
	table := map[string]rule{
		"Lgamma":      ofInput(op.Digamma),
		"Digamma":     ofInput(func(s S, x O) O { return polygamma(s, number(s, x, 1), x) }),
		"Polygamma":   polygammaRule(),
		"Zeta":        zetaRule,
		"Igamma":      igammaRule(1),
		"Igammac":     igammaRule(-1),
		"Betainc":     betaincRule,
		"Erfinv":      ofBoth(func(s S, _, y O) O { return times(s, op.Exp(s, op.Square(s, y)), math.Sqrt(math.Pi)/2) }),
		"Ndtri":       ofBoth(func(s S, _, y O) O { return times(s, op.Exp(s, times(s, op.Square(s, y), 0.5)), math.Sqrt(2*math.Pi)) }),
		"Dawsn":       ofBoth(func(s S, x, y O) O { return op.Sub(s, number(s, x, 1), times(s, op.Mul(s, x, y), 2)) }),
		"Expint":      ofInput(func(s S, x O) O { return op.RealDiv(s, op.Exp(s, x), x) }),
		"FresnelCos":  ofInput(func(s S, x O) O { return op.Cos(s, times(s, op.Square(s, x), half)) }),
		"FresnelSin":  ofInput(func(s S, x O) O { return op.Sin(s, times(s, op.Square(s, x), half)) }),
		"Spence":      ofInput(spenceSlope),
		"Mod":         modRule(op.TruncateDiv),
		"TruncateMod": modRule(op.TruncateDiv),
		"NextAfter":   pairwise(passBinary, nil), // x and the least there is
		"Xdivy":       xdivyRule(),
		"Xlogy":       xlogyRule(op.Xlogy, 0),
		"Xlog1py":     xlogyRule(op.Xlog1py, 1),

		"BesselI0":  ofInput(op.BesselI1),
		"BesselI0e": ofBoth(func(s S, x, y O) O { return op.Sub(s, op.BesselI1e(s, x), op.Mul(s, op.Sign(s, x), y)) }),
		"BesselI1":  ofBoth(func(s S, x, y O) O { return lessRatio(s, op.BesselI0(s, x), x, y) }),
		"BesselI1e": ofBoth(func(s S, x, y O) O {
			return op.Sub(s, lessRatio(s, op.BesselI0e(s, x), x, y), op.Mul(s, op.Sign(s, x), y))
		}),
		"BesselJ0":  ofInput(func(s S, x O) O { return op.Neg(s, op.BesselJ1(s, x)) }),
		"BesselJ1":  ofBoth(func(s S, x, y O) O { return lessRatio(s, op.BesselJ0(s, x), x, y) }),
		"BesselK0":  ofInput(func(s S, x O) O { return op.Neg(s, op.BesselK1(s, x)) }),
		"BesselK0e": ofBoth(func(s S, x, y O) O { return op.Sub(s, y, op.BesselK1e(s, x)) }),
		"BesselK1":  ofBoth(func(s S, x, y O) O { return op.Neg(s, op.AddV2(s, op.BesselK0(s, x), op.RealDiv(s, y, x))) }),
		"BesselK1e": ofBoth(func(s S, x, y O) O {
			return op.Sub(s, op.Sub(s, y, op.RealDiv(s, y, x)), op.BesselK0e(s, x))
		}),
		"BesselY0": ofInput(func(s S, x O) O { return op.Neg(s, op.BesselY1(s, x)) }),
		"BesselY1": ofBoth(func(s S, x, y O) O { return op.Sub(s, op.BesselY0(s, x), op.RealDiv(s, y, x)) }),

		"IgammaGradA":     igammaGradARule,
		"RandomGammaGrad": randomGammaGradRule,
	}
	for _, rules := range []map[string]rule{sortingRules(), passingRules()} {
		for name, r := range rules {
			table[name] = r
		}
	}
	return table
}

// lessRatio is f0 - y/x, the slope of a Bessel function y of order 1, where f0
// is that of order 0. At 0, where f0 is 1, y/x is 1/2.
func lessRatio(s *tf.Scope, f0, x, y tf.Output) tf.Output {
	zero := op.Equal(s, x, number(s, x, 0), nil)
	ratio := op.RealDiv(s, y, op.SelectV2(s, zero, number(s, x, 1), x))
	return op.Sub(s, f0, op.SelectV2(s, zero, number(s, x, 0.5), ratio))
}

// spenceSlope: log(x)/(1-x), of which 1 and the slope there is the limit.
func spenceSlope(s *tf.Scope, x tf.Output) tf.Output {
	u := op.Sub(s, x, number(s, x, 1))
	at1 := op.Equal(s, u, number(s, u, 0), nil)
	ratio := op.RealDiv(s, op.Log1p(s, u), op.SelectV2(s, at1, number(s, u, 1), u))
	limit := op.Sub(s, number(s, u, 1), times(s, u, 0.5))
	return op.Neg(s, op.SelectV2(s, at1, limit, ratio))
}

// polygamma has no kernels in half precision, unlike digamma.
func polygamma(s *tf.Scope, n, x tf.Output) tf.Output {
	return castTo(s, op.Polygamma(s, atLeastSingle(s, n), atLeastSingle(s, x)), x.DType())
}

// polygammaRule: n is a whole number, for which there is no gradient.
func polygammaRule() rule {
	return pairwise(nil, func(s *tf.Scope, _ tf.Op, n, x, dy tf.Output) tf.Output {
		return op.Mul(s, dy, op.Polygamma(s, op.AddV2(s, n, number(s, n, 1)), x))
	})
}

// notZero is 1 where x is not 0, else 0.
func notZero(s *tf.Scope, x tf.Output) tf.Output {
	return op.Cast(s, op.NotEqual(s, x, number(s, x, 0), nil), x.DType(), nil)
}

// xdivyRule: x/y, but 0 where x is 0.
func xdivyRule() rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			return op.Mul(s, dy, conj(s, op.Xdivy(s, notZero(s, x), y)))
		},
		func(s *tf.Scope, o tf.Op, _, y, dy tf.Output) tf.Output {
			return op.Mul(s, dy, conj(s, op.Xdivy(s, op.Neg(s, o.Output(0)), y)))
		},
	)
}

// xlogyRule serves x*log(y+c), 0 where x is 0.
func xlogyRule(f func(s *tf.Scope, x, y tf.Output) tf.Output, c float64) rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			return op.Mul(s, dy, conj(s, f(s, notZero(s, x), y)))
		},
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			if c != 0 {
				y = op.AddV2(s, y, number(s, y, c))
			}
			return op.Mul(s, dy, conj(s, op.Xdivy(s, x, y)))
		},
	)
}
