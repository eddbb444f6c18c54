package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// dot is a*b.
func dot(s *tf.Scope, a, b tf.Output) tf.Output { return op.BatchMatMulV2(s, a, b, nil) }

// adjDot is aᴴ*b.
func adjDot(s *tf.Scope, a, b tf.Output) tf.Output {
	return op.BatchMatMulV2(s, a, b, &op.BatchMatMulV2Attrs{AdjX: true})
}

// dotAdj is a*bᴴ.
func dotAdj(s *tf.Scope, a, b tf.Output) tf.Output {
	return op.BatchMatMulV2(s, a, b, &op.BatchMatMulV2Attrs{AdjY: true})
}

// adjoint is xᴴ, the conjugate transpose.
func adjoint(s *tf.Scope, x tf.Output) tf.Output {
	perm := swapLast(s, x)
	if x.DType().IsComplex() {
		return op.ConjugateTranspose(s, x, perm)
	}
	return op.Transpose(s, x, perm)
}

// swapLast is the order of x's axes with the last two exchanged.
func swapLast(s *tf.Scope, x tf.Output) tf.Output {
	if n := len(x.Shape()); n >= 2 {
		perm := make([]int64, n)
		for i := range perm {
			perm[i] = int64(i)
		}
		perm[n-2], perm[n-1] = perm[n-1], perm[n-2]
		return ints(s, perm...)
	}
	rank := op.Rank(s, x)
	batch := op.Range(s, int32Scalar(s, 0), op.Sub(s, rank, int32Scalar(s, 2)), int32Scalar(s, 1))
	return op.ConcatV2(s, []tf.Output{batch, op.Sub(s, rank, ints(s, 1, 2))}, int32Scalar(s, 0))
}

// columns are x[..., from:to], rows are x[..., from:to, :]; a nil Output stands
// for the end at hand.
func columns(s *tf.Scope, x, from, to tf.Output) tf.Output { return stretch(s, x, from, to, false) }

func rows(s *tf.Scope, x, from, to tf.Output) tf.Output { return stretch(s, x, from, to, true) }

func stretch(s *tf.Scope, x, from, to tf.Output, isRows bool) tf.Output {
	zero := int32Scalar(s, 0)
	a := &op.StridedSliceAttrs{EllipsisMask: 1}
	end := func(at tf.Output, mask *int64) tf.Output {
		if at.IsNil() {
			*mask, at = 2, zero
		}
		if isRows {
			*mask |= 4
			return op.Pack(s, []tf.Output{zero, at, zero}, nil)
		}
		return op.Pack(s, []tf.Output{zero, at}, nil)
	}
	begin, stop, strides := end(from, &a.BeginMask), end(to, &a.EndMask), ints(s, 1, 1)
	if isRows {
		strides = ints(s, 1, 1, 1)
	}
	return op.StridedSlice(s, x, begin, stop, strides, a)
}

// dimension is x's size along an axis counted from the end, -1 where it is not
// known, and a scalar with it.
func dimension(s *tf.Scope, x tf.Output, axis int) (int64, tf.Output) {
	if sh := x.Shape(); len(sh) >= -axis && sh[len(sh)+axis] >= 0 {
		n := sh[len(sh)+axis]
		return n, int32Scalar(s, int(n))
	}
	return -1, op.StridedSlice(s, op.Shape(s, x, nil), ints(s, int64(axis)), ints(s, 0), ints(s, 1),
		&op.StridedSliceAttrs{ShrinkAxisMask: 1})
}

// orZeros is g, or zeros like x where there is none.
func orZeros(s *tf.Scope, g, x tf.Output) tf.Output {
	if g.IsNil() {
		return op.ZerosLike(s, x)
	}
	return g
}

// realOnly drops the imaginary part of x, which keeps its type.
func realOnly(s *tf.Scope, x tf.Output) tf.Output {
	if x.DType().IsComplex() {
		return toComplex(s, realPart(s, x))
	}
	return x
}

// scaleColumns multiplies column j of a with v's element j.
func scaleColumns(s *tf.Scope, a, v tf.Output) tf.Output {
	return op.Mul(s, a, op.ExpandDims(s, v, int32Scalar(s, -2)))
}

// scaleMatrices multiplies each matrix of a with its number.
func scaleMatrices(s *tf.Scope, a, v tf.Output) tf.Output {
	last := int32Scalar(s, -1)
	return op.Mul(s, op.ExpandDims(s, op.ExpandDims(s, v, last), last), a)
}

// lowerPart is the lower triangle.
func lowerPart(s *tf.Scope, x tf.Output) tf.Output {
	return op.MatrixBandPart(s, x, int32Scalar(s, -1), int32Scalar(s, 0))
}

func upperPart(s *tf.Scope, x tf.Output) tf.Output {
	return op.MatrixBandPart(s, x, int32Scalar(s, 0), int32Scalar(s, -1))
}
