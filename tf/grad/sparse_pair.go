package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// entries are the values at indices of a sparse tensor that has values at from,
// 0 where it has none. Both must be in order. SparseAddGrad does just this, for
// two lists of indices.
func entries(s *tf.Scope, values, from, indices tf.Output) tf.Output {
	none := op.Slice(s, indices, ints(s, 0, 0), ints(s, 0, -1))
	d := values.DType()
	if d == tf.Float16 || d == tf.BFloat16 { // which SparseAddGrad does not have
		values = op.Cast(s, values, tf.Float32, nil)
	}
	x, _ := op.SparseAddGrad(s, values, indices, none, from)
	if x.IsNil() || x.DType() == d {
		return x
	}
	return op.Cast(s, x, d, nil)
}

// sparseAddRule: sums below the threshold are missing from the result.
func sparseAddRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if dy[1].IsNil() {
		return nil
	}
	a, b := op.SparseAddGrad(s, dy[1], o.Input(0), o.Input(3), op.StopGradient(s, o.Output(0)))
	return []tf.Output{{}, a, {}, {}, b}
}

func sparseAddGradRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	var sum []tf.Output
	for i, g := range dy {
		if !g.IsNil() {
			sum = append(sum, entries(s, g, o.Input(1+i), o.Input(3)))
		}
	}
	return []tf.Output{op.AddN(s, sum)}
}

// sparseExtremeRule serves minimum and maximum, where an entry that one tensor
// has competes with a 0 of the other: the gradient goes to what was chosen, in a
// tie to the first.
func sparseExtremeRule(chosen func(s *tf.Scope, x, y tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		g, at := dy[1], op.StopGradient(s, o.Output(0))
		if g.IsNil() {
			return nil
		}
		aIndices, bIndices := o.Input(0), o.Input(3)
		first := chosen(s, entries(s, o.Input(1), aIndices, at), entries(s, o.Input(4), bIndices, at))
		zero := number(s, g, 0)
		dx := make([]tf.Output, 6)
		if need[1] {
			dx[1] = entries(s, op.SelectV2(s, first, g, zero), at, aIndices)
		}
		if need[4] {
			dx[4] = entries(s, op.SelectV2(s, first, zero, g), at, bIndices)
		}
		return dx
	}
}
