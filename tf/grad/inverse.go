package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// inverseGrad: C = A⁻¹ or A⁻ᴴ gives -Cᴴ*dy*Cᴴ, for the latter its adjoint.
func inverseGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	c := o.Output(0)
	if o.AttrBool("adjoint") {
		return op.Neg(s, dot(s, c, op.BatchMatMulV2(s, dy, c, &op.BatchMatMulV2Attrs{AdjX: true})))
	}
	return op.Neg(s, adjDot(s, c, dotAdj(s, dy, c)))
}

// determinantGrad: dy * conj(det A) * A⁻ᴴ.
func determinantGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return scaleMatrices(s, adjointInverse(s, o.Input(0)), op.Mul(s, dy, conj(s, o.Output(0))))
}

func adjointInverse(s *tf.Scope, a tf.Output) tf.Output {
	return op.MatrixInverse(s, a, &op.MatrixInverseAttrs{Adjoint: true})
}

// logDeterminantRule: log|det A| is real, and changes by the real part of
// tr(A⁻¹dA). Its imaginary part turns the sign, which a real A has no gradient of.
func logDeterminantRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	a, sign := o.Input(0), o.Output(0)
	if !a.DType().IsComplex() {
		if dy[1].IsNil() {
			return nil
		}
		return []tf.Output{scaleMatrices(s, adjointInverse(s, a), dy[1])}
	}
	dSign, dLog := orZeros(s, dy[0], sign), orZeros(s, dy[1], o.Output(1))
	turn := imagPart(s, op.Mul(s, dSign, conj(s, sign)))
	return []tf.Output{scaleMatrices(s, adjointInverse(s, a), withParts(s, realPart(s, dLog), turn))}
}
