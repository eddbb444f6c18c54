package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// zetaRule: by q it is -x*zeta(x+1, q). By x the sum that approximates zeta gets
// differentiated.
func zetaRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	x, q, y := o.Input(0), o.Input(1), o.Output(0)
	dx := make([]tf.Output, 2)
	if need[0] {
		like := op.ZerosLike(s, y)
		dx = throughFormula(s, []tf.Output{x}, dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
			full := func(v tf.Output) tf.Output { return castTo(s, op.AddV2(s, v, like), tf.Float64) }
			return []tf.Output{castTo(s, zetaSum(s, full(in[0]), full(q)), y.DType())}
		})
		dx = append(dx, tf.Output{})
	}
	if need[1] {
		slope := op.Mul(s, x, op.Zeta(s, op.AddV2(s, x, number(s, x, 1)), q))
		dx[1] = sumTo(s, op.Neg(s, op.Mul(s, dy[0], slope)), q, x)
	}
	return dx
}

// bernoulli are the Bernoulli numbers B(2j) over (2j)!, from j = 1.
var bernoulli = []float64{1. / 12, -1. / 720, 1. / 30240, -1. / 1209600, 1. / 47900160, -691. / 1307674368000,
	1. / 74724249600, -3617. / 10670622842880000}

// zetaSum is the sum of (q+k)^-x over k from 0, by the Euler-Maclaurin formula:
// with w = q+n it is the sum up to n, and
//
//	w^(1-x)/(x-1) + w^-x/2 + sum over j of B(2j)/(2j)! * x*(x+1)*...*(x+2j-2) * w^(-x-2j+1)
func zetaSum(s *tf.Scope, x, q tf.Output) tf.Output {
	const n = 12
	var terms []tf.Output
	power := func(w tf.Output) tf.Output { return op.Exp(s, op.Neg(s, op.Mul(s, x, op.Log(s, w)))) }
	for k := range n {
		terms = append(terms, power(op.AddV2(s, q, number(s, q, float64(k)))))
	}
	w := op.AddV2(s, q, number(s, q, n))
	last := power(w)
	terms = append(terms, op.RealDiv(s, op.Mul(s, w, last), op.Sub(s, x, number(s, x, 1))), times(s, last, 0.5))
	factor := op.RealDiv(s, op.Mul(s, x, last), w) // x*...*(x+2j-2) * w^(-x-2j+1)
	for j, b := range bernoulli {
		if j > 0 {
			rise := op.Mul(s, op.AddV2(s, x, number(s, x, float64(2*j-1))), op.AddV2(s, x, number(s, x, float64(2*j))))
			factor = op.Mul(s, factor, op.RealDiv(s, rise, op.Square(s, w)))
		}
		terms = append(terms, times(s, factor, b))
	}
	return op.AddN(s, terms)
}
