package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// svdRule is the gradient of A = U*diag(σ)*Vᴴ, for distinct σ: with E = 1/(σ[j]²-σ[i]²) and
// skew(X) = X - Xᴴ it is
//
//	U*(diag(dσ) + (E∘skew(Uᴴ*dU))*diag(σ) + diag(σ)*(E∘skew(Vᴴ*dV)))*Vᴴ
//	+ (1 - U*Uᴴ)*dU*diag(1/σ)*Vᴴ + U*diag(1/σ)*dVᴴ*(1 - V*Vᴴ)
//
// (Townsend, "Differentiating the singular value decomposition".) The further
// columns of full matrices count as far as they span the complement of the others.
func svdRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	a := o.Input(0)
	d := svdParts{Scope: s, sigma: o.Output(0), u: o.Output(1), v: o.Output(2)}
	m, rowCount := dimension(s, a, -2)
	n, columnCount := dimension(s, a, -1)
	known := m >= 0 && n >= 0
	switch {
	case !o.AttrBool("compute_uv"):
		_, d.u, d.v = op.Svd(s, a, nil)
	case o.AttrBool("full_matrices") && !(known && m == n):
		k := op.Minimum(s, rowCount, columnCount)
		d.u, d.du = withoutComplement(s, d.u, dy[1], k)
		d.v, d.dv = withoutComplement(s, d.v, dy[2], k)
	default:
		d.du, d.dv = dy[1], dy[2]
	}
	if d.du.IsNil() && d.dv.IsNil() {
		if dy[0].IsNil() {
			return nil
		}
		return []tf.Output{dotAdj(s, scaleColumns(s, d.u, realOnly(s, dy[0])), d.v)}
	}
	d.du, d.dv = orZeros(s, d.du, d.u), orZeros(s, d.dv, d.v)
	g := d.inside()
	if !dy[0].IsNil() {
		g = op.AddV2(s, g, op.MatrixDiag(s, realOnly(s, dy[0])))
	}
	g = dotAdj(s, dot(s, d.u, g), d.v)
	if !(known && m <= n) {
		g = op.AddV2(s, g, dotAdj(s, d.outside(d.u, d.du, rowCount, columnCount), d.v))
	}
	if !(known && n <= m) {
		g = op.AddV2(s, g, dotAdj(s, d.u, d.outside(d.v, d.dv, columnCount, rowCount)))
	}
	return []tf.Output{g}
}

// svdParts is a decomposition with as many columns as singular values.
type svdParts struct {
	*tf.Scope
	sigma, u, v, du, dv tf.Output
}

// inside is the part of the gradient that stays between the columns of U and V,
// without dσ.
func (d *svdParts) inside() tf.Output {
	s := d.Scope
	udu, vdv := adjDot(s, d.u, d.du), adjDot(s, d.v, d.dv)
	gaps := reciprocalGaps(s, op.Square(s, d.sigma))
	turn := func(x tf.Output) tf.Output { return op.Mul(s, gaps, op.Sub(s, x, adjoint(s, x))) }
	g := op.AddV2(s, scaleColumns(s, turn(udu), d.sigma), adjoint(s, scaleColumns(s, adjoint(s, turn(vdv)), d.sigma)))
	if !d.u.DType().IsComplex() {
		return g
	}
	// A pair of columns may be multiplied with one phase: only the difference of
	// dU's and dV's along it counts.
	im := op.Sub(s, imagPart(s, op.MatrixDiagPart(s, udu)), imagPart(s, op.MatrixDiagPart(s, vdv)))
	phase := times(s, op.Mul(s, withParts(s, zeroLike(s, im), im), safeReciprocal(s, d.sigma)), 0.5)
	return op.AddV2(s, g, op.MatrixDiag(s, phase))
}

// outside is (1 - x*xᴴ)*dx*diag(1/σ), which is 0 unless there are more rows than
// columns.
func (d *svdParts) outside(x, dx, rowCount, columnCount tf.Output) tf.Output {
	s := d.Scope
	some := op.Cast(s, op.Greater(s, rowCount, columnCount), x.DType(), nil)
	inverse := op.Mul(s, safeReciprocal(s, d.sigma), some)
	return scaleColumns(s, op.Sub(s, dx, dot(s, x, adjDot(s, x, dx))), inverse)
}
