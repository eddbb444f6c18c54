package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// A tridiagonal matrix has row i of diagonals above[i] main[i] below[i] at columns
// i+1, i and i-1; the last above and the first below are not read.

// next are the rows i+1 of x, and previous the rows i-1, zero where there is none.
func next(s *tf.Scope, x tf.Output) tf.Output {
	one, none := int32Scalar(s, 1), tf.Output{}
	return op.ConcatV2(s, []tf.Output{rows(s, x, one, none), op.ZerosLike(s, rows(s, x, none, one))}, int32Scalar(s, -2))
}

func previous(s *tf.Scope, x tf.Output) tf.Output {
	one, none := int32Scalar(s, 1), tf.Output{}
	return op.ConcatV2(s, []tf.Output{op.ZerosLike(s, rows(s, x, none, one)), rows(s, x, none, int32Scalar(s, -1))}, int32Scalar(s, -2))
}

// diagonalsOf are the three diagonals of x*yᴴ, of shape [..., m].
func diagonalsOf(s *tf.Scope, x, y tf.Output) [3]tf.Output {
	y = conj(s, y)
	sum := func(y tf.Output) tf.Output { return op.Sum(s, op.Mul(s, x, y), int32Scalar(s, -1), nil) }
	return [3]tf.Output{sum(next(s, y)), sum(y), sum(previous(s, y))}
}

// tridiagonalMatMulRule: dy*xᴴ on the diagonals, which are [..., 1, m], and Tᴴ*dy.
func tridiagonalMatMulRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	g := dy[0]
	dx := make([]tf.Output, 4)
	if need[0] || need[1] || need[2] {
		for i, d := range diagonalsOf(s, g, o.Input(3)) {
			dx[i] = op.ExpandDims(s, d, int32Scalar(s, -2))
		}
	}
	if need[3] {
		above, main, below := adjoint(s, o.Input(0)), adjoint(s, o.Input(1)), adjoint(s, o.Input(2)) // [..., m, 1]
		dx[3] = op.AddN(s, []tf.Output{previous(s, op.Mul(s, above, g)), op.Mul(s, main, g), next(s, op.Mul(s, below, g))})
	}
	return dx
}

// tridiagonalSolveRule: X = T⁻¹B gives dB = T⁻ᴴ*dX, and -dB*Xᴴ on the diagonals, which
// are [..., 3, m].
func tridiagonalSolveRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	pivoting := o.AttrBool("partial_pivoting")
	db := op.TridiagonalSolve(s, tridiagonalAdjoint(s, o.Input(0)), dy[0], &op.TridiagonalSolveAttrs{
		PartialPivoting: &pivoting, PerturbSingular: o.AttrBool("perturb_singular"),
	})
	if !need[0] {
		return []tf.Output{{}, db}
	}
	d := diagonalsOf(s, db, o.Output(0))
	return []tf.Output{op.Neg(s, op.Pack(s, d[:], &op.PackAttrs{Axis: -2})), db}
}

// tridiagonalAdjoint exchanges the diagonals above and below the main one.
func tridiagonalAdjoint(s *tf.Scope, diagonals tf.Output) tf.Output {
	t := adjoint(s, diagonals) // [..., m, 3]
	one, two, none := int32Scalar(s, 1), int32Scalar(s, 2), tf.Output{}
	above := next(s, columns(s, t, two, none))
	below := previous(s, columns(s, t, none, one))
	t = op.ConcatV2(s, []tf.Output{above, columns(s, t, one, two), below}, int32Scalar(s, -1))
	return op.Transpose(s, t, swapLast(s, t))
}
