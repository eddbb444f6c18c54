package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// choleskyGrad: L⁻ᴴ*Φ(Lᴴ*dy)*L⁻¹, where Φ takes the lower triangle and half the
// diagonal. As in Python it is made Hermitian, although the kernel reads only
// the lower triangle. (Murray, "Differentiation of the Cholesky decomposition".)
func choleskyGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	l := o.Output(0)
	solve := func(b tf.Output) tf.Output { // L⁻ᴴb
		return op.MatrixTriangularSolve(s, l, b, &op.MatrixTriangularSolveAttrs{Adjoint: true})
	}
	g := solve(adjoint(s, solve(halfDiagonal(s, lowerPart(s, adjDot(s, l, dy))))))
	return times(s, op.AddV2(s, g, adjoint(s, g)), 0.5)
}

// halfDiagonal halves x's diagonal.
func halfDiagonal(s *tf.Scope, x tf.Output) tf.Output {
	return op.MatrixSetDiag(s, x, times(s, op.MatrixDiagPart(s, x), 0.5))
}
