package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// pairwise is the rule of an operation that broadcasts its inputs x and y. gx and
// gy give the gradients in the result's shape; nil means there is none.
func pairwise(gx, gy func(s *tf.Scope, o tf.Op, x, y, dy tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		x, y := o.Input(0), o.Input(1)
		dx := make([]tf.Output, 2)
		if need[0] && gx != nil {
			dx[0] = sumTo(s, gx(s, o, x, y, dy[0]), x, y)
		}
		if need[1] && gy != nil {
			dx[1] = sumTo(s, gy(s, o, x, y, dy[0]), y, x)
		}
		return dx
	}
}

func passBinary(_ *tf.Scope, _ tf.Op, _, _, dy tf.Output) tf.Output { return dy }

func negBinary(s *tf.Scope, _ tf.Op, _, _, dy tf.Output) tf.Output { return op.Neg(s, dy) }

func addRule() rule { return pairwise(passBinary, passBinary) }

func subRule() rule { return pairwise(passBinary, negBinary) }

func mulRule() rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, _, y, dy tf.Output) tf.Output { return op.Mul(s, dy, conj(s, y)) },
		func(s *tf.Scope, _ tf.Op, x, _, dy tf.Output) tf.Output { return op.Mul(s, conj(s, x), dy) },
	)
}

// divRule serves the divisions, each with its own way to treat zeros.
func divRule(div func(s *tf.Scope, x, y tf.Output) tf.Output) rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, _, y, dy tf.Output) tf.Output { return div(s, dy, conj(s, y)) },
		func(s *tf.Scope, o tf.Op, _, y, dy tf.Output) tf.Output {
			return op.Mul(s, dy, conj(s, div(s, op.Neg(s, o.Output(0)), y)))
		},
	)
}

// mulNoNanRule: 0 where y is 0, whatever x is.
func mulNoNanRule() rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, _, y, dy tf.Output) tf.Output { return op.MulNoNan(s, dy, conj(s, y)) },
		func(s *tf.Scope, _ tf.Op, x, _, dy tf.Output) tf.Output { return op.MulNoNan(s, conj(s, x), dy) },
	)
}

// modRule: x mod y = x - div(x, y)*y.
func modRule(div func(s *tf.Scope, x, y tf.Output) tf.Output) rule {
	return pairwise(passBinary, func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
		return op.Neg(s, op.Mul(s, dy, div(s, x, y)))
	})
}

// selectRule serves Maximum and Minimum: the gradient goes to the input that
// was chosen, in a tie to x, as in Python.
func selectRule(chosen func(s *tf.Scope, x, y tf.Output) tf.Output) rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			return op.SelectV2(s, chosen(s, x, y), dy, number(s, dy, 0))
		},
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			return op.SelectV2(s, chosen(s, x, y), number(s, dy, 0), dy)
		},
	)
}

// squaredDifferenceRule: |x-y|^2, which is real also where x and y are not.
func squaredDifferenceRule() rule {
	twice := func(s *tf.Scope, x, y, dy tf.Output) tf.Output {
		return op.Mul(s, op.AddV2(s, dy, conj(s, dy)), op.Sub(s, x, y))
	}
	return pairwise(
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output { return twice(s, x, y, dy) },
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output { return twice(s, y, x, dy) },
	)
}

// powRule: y*x^(y-1) and x^y*log(x), the latter 0 where x <= 0, or is 0 if it
// is complex, as in Python.
func powRule() rule {
	return pairwise(
		func(s *tf.Scope, _ tf.Op, x, y, dy tf.Output) tf.Output {
			slope := op.Mul(s, y, op.Pow(s, x, op.Sub(s, y, number(s, y, 1))))
			return op.Mul(s, dy, conj(s, slope))
		},
		func(s *tf.Scope, o tf.Op, x, _, dy tf.Output) tf.Output {
			var has tf.Output // a logarithm
			if zero := number(s, x, 0); x.DType().IsComplex() {
				has = op.NotEqual(s, x, zero, nil)
			} else {
				has = op.Greater(s, x, zero)
			}
			safe := op.SelectV2(s, has, x, number(s, x, 1))
			log := op.SelectV2(s, has, op.Log(s, safe), number(s, x, 0))
			return op.Mul(s, dy, conj(s, op.Mul(s, o.Output(0), log)))
		},
	)
}

func atan2Rule() rule {
	over := func(s *tf.Scope, a, y, x, dy tf.Output) tf.Output {
		return op.Mul(s, dy, op.RealDiv(s, a, op.AddV2(s, op.Square(s, x), op.Square(s, y))))
	}
	return pairwise(
		func(s *tf.Scope, _ tf.Op, y, x, dy tf.Output) tf.Output { return over(s, x, y, x, dy) },
		func(s *tf.Scope, _ tf.Op, y, x, dy tf.Output) tf.Output { return over(s, op.Neg(s, y), y, x, dy) },
	)
}

// clipRule: the gradient goes to t within the bounds, else to the bound.
func clipRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	t, low, high, g := o.Input(0), o.Input(1), o.Input(2), dy[0]
	zero := number(s, g, 0)
	below, above := op.Less(s, t, low), op.Greater(s, t, high)
	dx := make([]tf.Output, 3)
	if need[0] {
		dx[0] = op.SelectV2(s, op.LogicalOr(s, below, above), zero, g)
	}
	if need[1] {
		dx[1] = sumTo(s, op.SelectV2(s, below, g, zero), low, t)
	}
	if need[2] {
		dx[2] = sumTo(s, op.SelectV2(s, above, g, zero), high, t)
	}
	return dx
}

// whereRule serves Select and SelectV2.
func whereRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	cond, g := o.Input(0), dy[0]
	choose := op.SelectV2
	zero := number(s, g, 0)
	if o.Type() == "Select" { // its condition may be a vector that picks rows
		choose, zero = op.Select, op.ZerosLike(s, g)
	}
	dx := make([]tf.Output, 3)
	if need[1] {
		dx[1] = sumTo(s, choose(s, cond, g, zero), o.Input(1), o.Output(0))
	}
	if need[2] {
		dx[2] = sumTo(s, choose(s, cond, zero, g), o.Input(2), o.Output(0))
	}
	return dx
}

// addNRule gives dy to each input.
func addNRule(_ *tf.Scope, _ tf.Op, dy []tf.Output, need []bool) []tf.Output {
	dx := make([]tf.Output, len(need))
	for i := range dx {
		dx[i] = dy[0]
	}
	return dx
}
