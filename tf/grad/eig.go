package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// safeReciprocal is 1/x, 0 where x is 0, so that equal eigenvalues do no harm
// where their vectors do not count.
func safeReciprocal(s *tf.Scope, x tf.Output) tf.Output {
	return op.RealDiv(s, x, op.AddV2(s, op.Square(s, x), number(s, x, 1e-20)))
}

// reciprocalGaps are 1/(e[j]-e[i]), 0 on the diagonal.
func reciprocalGaps(s *tf.Scope, e tf.Output) tf.Output {
	gaps := op.Sub(s, op.ExpandDims(s, e, int32Scalar(s, -2)), op.ExpandDims(s, e, int32Scalar(s, -1)))
	return op.MatrixSetDiag(s, safeReciprocal(s, gaps), op.ZerosLike(s, e))
}

// selfAdjointEigRule: V*(diag(de) + F∘(Vᴴ*dV))*Vᴴ with F = 1/(e[j]-e[i]), all in the
// lower triangle, which is what the kernel reads.
func selfAdjointEigRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	a, e, v := o.Input(0), o.Output(0), o.Output(1)
	compute := o.AttrBool("compute_v")
	if !compute && dy[0].IsNil() {
		return nil
	}
	if !compute {
		_, v = op.SelfAdjointEigV2(s, a, nil)
	}
	var left tf.Output // V*(...)
	if !dy[0].IsNil() {
		left = scaleColumns(s, v, realOnly(s, dy[0]))
	}
	if compute && !dy[1].IsNil() {
		turn := dot(s, v, op.Mul(s, reciprocalGaps(s, e), adjDot(s, v, dy[1])))
		left = plus(s, left, turn)
	}
	g := dotAdj(s, left, v)
	return []tf.Output{halfDiagonal(s, lowerPart(s, op.AddV2(s, g, adjoint(s, g))))}
}

// eigRule: V⁻ᴴ*(diag(de) + F*∘(Vᴴ*dV - Vᴴ*V*re(diag(Vᴴ*dV))))*Vᴴ, for distinct eigenvalues and
// vectors of length one. (Boeddeker et al., "On the computation of complex-valued
// gradients with application to statistically optimum beamforming", 4.77.)
func eigRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	a, e, v := o.Input(0), o.Output(0), o.Output(1)
	compute := o.AttrBool("compute_v")
	if !compute && dy[0].IsNil() {
		return nil
	}
	if !compute {
		_, v = op.Eig(s, a, e.DType(), nil)
	}
	var mid tf.Output
	if !dy[0].IsNil() {
		mid = op.MatrixDiag(s, dy[0])
	}
	if compute && !dy[1].IsNil() {
		vdv := adjDot(s, v, dy[1])
		length := scaleColumns(s, adjDot(s, v, v), realOnly(s, op.MatrixDiagPart(s, vdv)))
		turn := op.Mul(s, conj(s, reciprocalGaps(s, e)), op.Sub(s, vdv, length))
		mid = plus(s, mid, turn)
	}
	g := op.MatrixSolve(s, v, dotAdj(s, mid, v), &op.MatrixSolveAttrs{Adjoint: true})
	if !a.DType().IsComplex() {
		g = realPart(s, g)
	}
	return []tf.Output{g}
}
