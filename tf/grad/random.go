package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// A sample x of a distribution with cumulative distribution F(x; p) moves with
// the parameter p so that F stays as it is: dx/dp = -(dF/dp) / (dF/dx). See
// Figurnov et al., Implicit Reparameterization Gradients, 2018.

// randomRules are the gradients of samples by the parameters of their
// distribution. Those that are whole numbers have none.
func randomRules() map[string]rule {
	return map[string]rule{
		"RandomGamma":            gammaRule(1),
		"StatelessRandomGammaV2": gammaRule(2),
		"StatelessRandomGammaV3": gammaRule(4),

		"StatelessParameterizedTruncatedNormal": truncatedNormalRule,

		"RandomPoisson":           nil,
		"RandomPoissonV2":         nil,
		"StatelessRandomPoisson":  nil,
		"StatelessRandomBinomial": nil,
		"StatefulRandomBinomial":  nil,
	}
}

// gammaRule: alpha is the input at the given index.
func gammaRule(index int) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
		alpha, x := o.Input(index), o.Output(0)
		slope := op.RandomGammaGrad(s, atLeastSingle(s, alpha), atLeastSingle(s, x))
		dx := make([]tf.Output, index+1)
		dx[index] = sumTo(s, op.Mul(s, dy[0], castTo(s, slope, dy[0].DType())), alpha, x)
		return dx
	}
}

// truncatedNormalRule: with z, a and b the sample and the bounds in units of the
// deviation from the mean, F = (N(z)-N(a)) / (N(b)-N(a)). So the sample moves with
// the upper bound by F*n(b)/n(z), with the lower by (1-F)*n(a)/n(z), n being the
// density of the normal distribution; moving all of them by the mean or scaling
// them by the deviation does the same to the sample.
func truncatedNormalRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	x, in := o.Output(0), o.Inputs()[2:] // mean, deviation, low, high
	wide := func(v tf.Output) tf.Output { return atLeastSingle(s, v) }
	standard := func(v tf.Output) tf.Output {
		return op.RealDiv(s, op.Sub(s, wide(v), wide(in[0])), wide(in[1]))
	}
	z, a, b := standard(x), standard(in[2]), standard(in[3])
	one := number(s, z, 1)
	side := op.SelectV2(s, op.Greater(s, a, number(s, a, 0)), number(s, a, -1), one) // the tail where N keeps its digits
	normal := func(v tf.Output) tf.Output { return op.Erfc(s, times(s, op.Mul(s, v, side), -math.Sqrt(0.5))) }
	below := normal(a)
	f := op.RealDiv(s, op.Sub(s, normal(z), below), op.Sub(s, normal(b), below))
	f = op.ClipByValue(s, f, number(s, f, 0), one)
	ratio := func(v tf.Output) tf.Output { // n(v)/n(z)
		return op.Exp(s, times(s, op.Sub(s, op.Square(s, z), op.Square(s, v)), 0.5))
	}
	low, high := op.Mul(s, op.Sub(s, one, f), ratio(a)), op.Mul(s, f, ratio(b))
	mean := op.Sub(s, op.Sub(s, one, low), high)
	deviation := op.Sub(s, op.Sub(s, z, op.MulNoNan(s, a, low)), op.MulNoNan(s, b, high)) // bounds may be infinite
	dx := make([]tf.Output, 6)
	for i, slope := range []tf.Output{mean, deviation, low, high} {
		dx[i+2] = sumTo(s, op.Mul(s, dy[0], castTo(s, slope, dy[0].DType())), in[i], x)
	}
	return dx
}
