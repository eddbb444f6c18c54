package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// quotient are the gradients of C = A⁻¹B, or A⁻ᴴB, where db is that by B.
func quotient(s *tf.Scope, adj bool, c, db tf.Output) (da tf.Output) {
	if adj {
		return op.Neg(s, dotAdj(s, c, db))
	}
	return op.Neg(s, dotAdj(s, db, c))
}

func solveRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	adj := o.AttrBool("adjoint")
	db := op.MatrixSolve(s, o.Input(0), dy[0], &op.MatrixSolveAttrs{Adjoint: !adj})
	if !need[0] {
		return []tf.Output{{}, db}
	}
	return []tf.Output{quotient(s, adj, o.Output(0), db), db}
}

// triangularSolveRule: the kernel reads one triangle and broadcasts batches.
func triangularSolveRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	a, b := o.Input(0), o.Input(1)
	lower, adj := o.AttrBool("lower"), o.AttrBool("adjoint")
	db := op.MatrixTriangularSolve(s, a, dy[0], &op.MatrixTriangularSolveAttrs{Lower: &lower, Adjoint: !adj})
	dx := make([]tf.Output, 2)
	if need[0] {
		triangle := upperPart
		if lower {
			triangle = lowerPart
		}
		dx[0] = sumBatch(s, triangle(s, quotient(s, adj, o.Output(0), db)), a, b)
	}
	if need[1] {
		dx[1] = sumBatch(s, db, b, a)
	}
	return dx
}

// bandedSolveRule: the matrix is given by its diagonals, as rows that start at
// the left below the main diagonal, and end at the right above it.
func bandedSolveRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	a, b := o.Input(0), o.Input(1)
	lower, adj := o.AttrBool("lower"), o.AttrBool("adjoint")
	db := op.BandedTriangularSolve(s, a, dy[0], &op.BandedTriangularSolveAttrs{Lower: &lower, Adjoint: !adj})
	dx := make([]tf.Output, 2)
	if need[0] {
		_, n := dimension(s, a, -2)
		k, zero := op.Sub(s, n, int32Scalar(s, 1)), int32Scalar(s, 0)
		band := []tf.Output{zero, k}
		if lower {
			band = []tf.Output{op.Neg(s, k), zero}
		}
		da := quotient(s, adj, o.Output(0), db)
		d := op.MatrixDiagPartV3(s, da, op.Pack(s, band, nil), number(s, da, 0), &op.MatrixDiagPartV3Attrs{Align: "LEFT_RIGHT"})
		shape := op.ConcatV2(s, []tf.Output{ // a single diagonal lacks an axis
			op.StridedSlice(s, shapeOf(s, da), ints(s, 0), ints(s, -2), ints(s, 1), nil),
			op.StridedSlice(s, shapeOf(s, a), ints(s, -2), ints(s, 0), ints(s, 1), &op.StridedSliceAttrs{EndMask: 1}),
		}, zero)
		dx[0] = sumBatch(s, op.Reshape(s, d, shape), a, b)
	}
	if need[1] {
		dx[1] = sumBatch(s, db, b, a)
	}
	return dx
}

// leastSquaresRule differentiates the normal equations, of the first kind for
// tall matrices, else of the second. The slow kernel leaves the regularizer out.
func leastSquaresRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	ins := o.Inputs()
	fast := o.AttrBool("fast")
	dx := throughFormula(s, ins, dy, func(s *tf.Scope, x []tf.Output) []tf.Output {
		lambda := number(s, x[0], 0)
		if fast {
			lambda = op.Cast(s, x[2], x[0].DType(), nil)
		}
		return []tf.Output{leastSquares(s, x[0], x[1], lambda)}
	})
	if !fast {
		dx[2] = tf.Output{}
	}
	return dx
}

// leastSquares is (AᴴA + λ)⁻¹Aᴴb for a tall A, else Aᴴ(AAᴴ + λ)⁻¹b. Where the shape is
// not known it makes both and takes one; the other is kept from being singular.
func leastSquares(s *tf.Scope, a, b, lambda tf.Output) tf.Output {
	m, rows := dimension(s, a, -2)
	n, cols := dimension(s, a, -1)
	tall := func(lambda tf.Output) tf.Output {
		return op.MatrixSolve(s, shifted(s, adjDot(s, a, a), lambda), adjDot(s, a, b), nil)
	}
	wide := func(lambda tf.Output) tf.Output {
		return adjDot(s, a, op.MatrixSolve(s, shifted(s, dotAdj(s, a, a), lambda), b, nil))
	}
	switch {
	case m >= 0 && n >= 0 && m >= n:
		return tall(lambda)
	case m >= 0 && n >= 0:
		return wide(lambda)
	}
	isTall := op.GreaterEqual(s, rows, cols)
	one := op.AddV2(s, lambda, number(s, a, 1))
	return op.SelectV2(s, isTall, tall(op.SelectV2(s, isTall, lambda, one)), wide(op.SelectV2(s, isTall, one, lambda)))
}

// shifted is x + λ on the diagonal.
func shifted(s *tf.Scope, x, lambda tf.Output) tf.Output {
	return op.MatrixSetDiag(s, x, op.AddV2(s, op.MatrixDiagPart(s, x), lambda))
}
