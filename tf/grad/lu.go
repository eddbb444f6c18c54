package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// luRule: P*A = L*U, where the first output holds U and, below its diagonal, L
// without the ones, gives Pᵀ*L⁻ᴴ*(tril(Lᴴ*dL) + triu(dU*Uᴴ))*U⁻ᴴ, the tril without
// its diagonal.
func luRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	lu, p, g := o.Output(0), o.Output(1), dy[0]
	l := op.MatrixSetDiag(s, lowerPart(s, lu), op.OnesLike(s, op.MatrixDiagPart(s, lu)))
	ldl := adjDot(s, l, op.Sub(s, g, upperPart(s, g)))
	m := op.AddV2(s, op.Sub(s, ldl, upperPart(s, ldl)), upperPart(s, dotAdj(s, upperPart(s, g), upperPart(s, lu))))
	upper := false
	m = op.MatrixTriangularSolve(s, l, m, &op.MatrixTriangularSolveAttrs{Adjoint: true})
	m = adjoint(s, op.MatrixTriangularSolve(s, lu, adjoint(s, m), &op.MatrixTriangularSolveAttrs{Lower: &upper}))
	_, n := dimension(s, lu, -1)
	swap := op.OneHot(s, p, n, number(s, g, 1), number(s, g, 0), nil)
	return []tf.Output{adjDot(s, swap, m)}
}
