package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// betaincRule: by x it is the density. By a and b there is no closed form, so
// the integral that Betainc is gets differentiated.
func betaincRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	a, b, x, y := o.Input(0), o.Input(1), o.Input(2), o.Output(0)
	dx := make([]tf.Output, 3)
	if need[0] || need[1] {
		like := op.ZerosLike(s, y) // any of the three may be a scalar
		dx = throughFormula(s, []tf.Output{a, b}, dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
			full := func(v tf.Output) tf.Output { return castTo(s, op.AddV2(s, v, like), tf.Float64) }
			return []tf.Output{castTo(s, betaIntegral(s, full(in[0]), full(in[1]), full(x)), y.DType())}
		})
		dx = append(dx, tf.Output{})
	}
	if need[2] {
		dx[2] = sumTo(s, op.Mul(s, dy[0], betaDensity(s, a, b, x)), x, y)
	}
	return dx
}

func logBeta(s *tf.Scope, a, b tf.Output) tf.Output {
	return op.Sub(s, op.AddV2(s, op.Lgamma(s, a), op.Lgamma(s, b)), op.Lgamma(s, op.AddV2(s, a, b)))
}

// betaDensity is x^(a-1) * (1-x)^(b-1) / beta(a, b).
func betaDensity(s *tf.Scope, a, b, x tf.Output) tf.Output {
	minusOne := func(v tf.Output) tf.Output { return op.Sub(s, v, number(s, v, 1)) }
	powers := op.AddV2(s, op.Xlog1py(s, minusOne(b), op.Neg(s, x)), op.Xlogy(s, minusOne(a), x))
	return op.Exp(s, op.Sub(s, powers, logBeta(s, a, b)))
}

// betaIntegral is the integral of the density up to x, for inputs of float64 and
// one shape. It is taken of the tail on x's side of the mean a/(a+b), the other
// way round with a and b exchanged. With t = x*v^(1/a) the integral is
//
//	x^a / (a*beta(a, b)) * integral from 0 to 1 of (1 - x*v^(1/a))^(b-1) dv
//
// in which no power of t is left that has no end at 0.
func betaIntegral(s *tf.Scope, a, b, x tf.Output) tf.Output {
	one := number(s, x, 1)
	left := op.Less(s, op.Mul(s, x, op.AddV2(s, a, b)), a)
	a, b, x = op.SelectV2(s, left, a, b), op.SelectV2(s, left, b, a), op.SelectV2(s, left, x, op.Sub(s, one, x))

	logV, logWeight := doubleExponential(s, op.Rank(s, x))
	logX := op.Log(s, x)
	rest := op.Log(s, op.Neg(s, op.Expm1(s, op.AddV2(s, logX, op.RealDiv(s, logV, a))))) // log(1 - x*v^(1/a))
	scale := op.Sub(s, op.Sub(s, op.Mul(s, a, logX), op.Log(s, a)), logBeta(s, a, b))
	terms := op.Exp(s, op.AddV2(s, op.AddV2(s, op.Mul(s, op.Sub(s, b, one), rest), logWeight), scale))
	tail := op.Sum(s, terms, int32Scalar(s, 0), nil)
	return op.SelectV2(s, left, tail, op.Sub(s, one, tail))
}

// doubleExponential are the logarithms of the points v and weights of the
// quadrature v = 1/(1+exp(pi*sinh(u))) of an integral from 0 to 1 (Takahasi and
// Mori, 1974), before as many axes of size 1 as given. The points go down to
// exp(-4700), which large a and b need.
func doubleExponential(s *tf.Scope, axes tf.Output) (logV, logWeight tf.Output) {
	const from, to, step = -4.0, 8.0, 1.0 / 16
	var v, w []float64
	for u := from; u <= to; u += step {
		z := math.Pi * math.Sinh(u)
		logOf := -math.Max(z, 0) - math.Log1p(math.Exp(-math.Abs(z))) // of v; that of 1-v is logOf+z
		v = append(v, logOf)
		w = append(w, math.Log(step*math.Pi*math.Cosh(u))+2*logOf+z)
	}
	ones := op.Fill(s, op.ExpandDims(s, axes, int32Scalar(s, 0)), int32Scalar(s, 1))
	shape := op.ConcatV2(s, []tf.Output{ints(s, int64(len(v))), ones}, int32Scalar(s, 0))
	return op.Reshape(s, tf.Const(s, v), shape), op.Reshape(s, tf.Const(s, w), shape)
}
