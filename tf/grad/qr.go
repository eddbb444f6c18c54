package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// qrRule is the gradient of A = QR for all shapes. (Roberts and Roberts, "QR and LQ
// decomposition matrix backpropagation algorithms".) The further columns of a
// full Q count as far as they span the complement of the others.
func qrRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	a, q, r := atLeastSingle(s, o.Input(0)), atLeastSingle(s, o.Output(0)), atLeastSingle(s, o.Output(1))
	dq, dr := atLeastSingle(s, orZeros(s, dy[0], o.Output(0))), atLeastSingle(s, orZeros(s, dy[1], o.Output(1)))
	da := qrGrad(s, o.AttrBool("full_matrices"), a, q, r, dq, dr)
	return []tf.Output{castTo(s, da, o.Input(0).DType())}
}

func qrGrad(s *tf.Scope, full bool, a, q, r, dq, dr tf.Output) tf.Output {
	m, rowCount := dimension(s, a, -2)
	n, columnCount := dimension(s, a, -1)
	known := m >= 0 && n >= 0
	none := tf.Output{}
	if full && !(known && m <= n) {
		k := op.Minimum(s, rowCount, columnCount)
		q, dq = withoutComplement(s, q, dq, k)
		r, dr = rows(s, r, none, k), rows(s, dr, none, k)
	}
	if known && m >= n {
		return qrTall(s, q, r, dq, dr)
	}
	// A = [X Y] and R = [U V], with Y = QV, where n-m columns may be none.
	_, k := dimension(s, q, -1)
	y := columns(s, a, k, none)
	du, dv := columns(s, dr, none, k), columns(s, dr, k, none)
	dx := qrTall(s, q, columns(s, r, none, k), op.AddV2(s, dq, dotAdj(s, y, dv)), du)
	return op.ConcatV2(s, []tf.Output{dx, dot(s, q, dv)}, int32Scalar(s, -1))
}

// withoutComplement takes the first k columns of a unitary matrix u = [u₁ u₂]. As
// the others span their complement, du₂ counts as du₁ = -u₂*du₂ᴴ*u₁. It may be none.
func withoutComplement(s *tf.Scope, u, du, k tf.Output) (u1, du1 tf.Output) {
	none := tf.Output{}
	u1, u2 := columns(s, u, none, k), columns(s, u, k, none)
	if du.IsNil() {
		return u1, du
	}
	du1, du2 := columns(s, du, none, k), columns(s, du, k, none)
	return u1, op.Sub(s, du1, dot(s, u2, adjDot(s, du2, u1)))
}

// qrTall is the gradient for at least as many rows as columns:
// Q*dR + (dQ + Q*(M - Qᴴ*dQ))*R⁻ᴴ, where M is the lower triangle of the
// antihermitian part of Qᴴ*dQ + R*dRᴴ.
func qrTall(s *tf.Scope, q, r, dq, dr tf.Output) tf.Output {
	qdq, rdr := adjDot(s, q, dq), dotAdj(s, r, dr)
	both := op.AddV2(s, qdq, rdr)
	m := op.Sub(s, lowerPart(s, op.Sub(s, both, adjoint(s, both))), qdq)
	if q.DType().IsComplex() { // R's diagonal is real
		im := op.AddV2(s, imagPart(s, op.MatrixDiagPart(s, rdr)), imagPart(s, op.MatrixDiagPart(s, qdq)))
		m = op.Sub(s, m, op.MatrixDiag(s, withParts(s, zeroLike(s, im), im)))
	}
	upper := false
	x := op.AddV2(s, dq, dot(s, q, m))
	solved := op.MatrixTriangularSolve(s, r, adjoint(s, x), &op.MatrixTriangularSolveAttrs{Lower: &upper})
	return op.AddV2(s, dot(s, q, dr), adjoint(s, solved))
}
