package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// sparseRules are the gradients of operations on sparse tensors by their
// values: entry i of the gradient belongs to entry i of the indices. What is
// not stored has no gradient.
func sparseRules() map[string]rule {
	return map[string]rule{
		"SparseReduceSum":     sparseSumRule,
		"SparseSoftmax":       sparseSoftmaxRule,
		"SparseFillEmptyRows": sparseFillRule,

		// ragged.go
		"RaggedFillEmptyRows":  sparseFillRule,
		"RaggedGather":         raggedGatherRule,
		"RaggedTensorToSparse": raggedToSparseRule,
		"RaggedTensorToTensor": raggedToTensorRule,

		// sparse_dense.go
		"SparseTensorDenseAdd":    sparseDenseAddRule,
		"SparseTensorDenseMatMul": sparseMatMulDenseRule,
		"SparseToDense":           sparseToDenseRule,
		"SparseDenseCwiseAdd":     sparseCwiseRule(passBinary, passBinary),
		"SparseDenseCwiseMul": sparseCwiseRule(
			func(s *tf.Scope, _ tf.Op, _, y, dy tf.Output) tf.Output { return op.Mul(s, dy, conj(s, y)) },
			func(s *tf.Scope, _ tf.Op, x, _, dy tf.Output) tf.Output { return op.Mul(s, dy, conj(s, x)) }),
		"SparseDenseCwiseDiv": sparseCwiseRule(
			func(s *tf.Scope, _ tf.Op, _, y, dy tf.Output) tf.Output { return op.RealDiv(s, dy, conj(s, y)) },
			func(s *tf.Scope, o tf.Op, _, y, dy tf.Output) tf.Output {
				return op.Neg(s, op.Mul(s, dy, conj(s, op.RealDiv(s, o.Output(0), y))))
			}),

		// sparse_order.go
		"SparseReorder": sparseReorderRule,
		"SparseConcat":  sparseConcatRule,
		"SparseSplit":   sparseSplitRule,
		"SparseSlice":   sparseSliceRule,

		// sparse_pair.go
		"SparseAdd":           sparseAddRule,
		"SparseAddGrad":       sparseAddGradRule,
		"SparseSliceGrad":     sparseSliceGradRule,
		"SparseSparseMaximum": sparseExtremeRule(op.GreaterEqual),
		"SparseSparseMinimum": sparseExtremeRule(op.LessEqual),
	}
}

// positions are where entries lie in a dense vector of all elements: indices is
// [n, rank], shape has rank elements.
func positions(s *tf.Scope, indices, shape tf.Output) tf.Output {
	strides := op.Cumprod(s, asInt64(s, shape), int32Scalar(s, 0), &op.CumprodAttrs{Exclusive: true, Reverse: true})
	return op.Sum(s, op.Mul(s, indices, strides), int32Scalar(s, 1), nil)
}

func asInt64(s *tf.Scope, x tf.Output) tf.Output {
	if x.DType() == tf.Int64 {
		return x
	}
	return op.Cast(s, x, tf.Int64, nil)
}

// collapsed are the positions of entries in a tensor whose size is one along
// axes, and how many elements that has.
func collapsed(s *tf.Scope, indices, shape, axes tf.Output) (at, size tf.Output) {
	rank := op.Size(s, shape, nil)
	axes = op.FloorMod(s, op.Reshape(s, axes, ints(s, -1)), rank)
	all := op.Range(s, int32Scalar(s, 0), rank, int32Scalar(s, 1))
	replaced := func(values, with tf.Output) tf.Output {
		return op.DynamicStitch(s, []tf.Output{all, axes}, []tf.Output{values, with})
	}
	zeros := op.Fill(s, op.Shape(s, axes, nil), tf.ConstScalar(s, int64(0)))
	kept := replaced(shape, op.OnesLike(s, zeros))
	mask := replaced(op.OnesLike(s, shape), zeros)
	return positions(s, op.Mul(s, indices, mask), kept), op.Prod(s, kept, int32Scalar(s, 0), nil)
}

// sparseSumRule: each entry gets the gradient of the sum it is part of.
func sparseSumRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	at, _ := collapsed(s, o.Input(0), o.Input(2), o.Input(3))
	flat := op.Reshape(s, dy[0], ints(s, -1))
	return []tf.Output{{}, op.GatherV2(s, flat, at, int32Scalar(s, 0), nil)}
}

// sparseSoftmaxRule: y*(dy - the row's sum of y*dy).
func sparseSoftmaxRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	y := o.Output(0)
	row, rows := collapsed(s, o.Input(0), o.Input(2), ints(s, -1))
	p := op.Mul(s, dy[0], y)
	sum := op.GatherV2(s, op.UnsortedSegmentSum(s, p, row, rows), row, int32Scalar(s, 0), nil)
	return []tf.Output{{}, op.Sub(s, p, op.Mul(s, y, sum))}
}

// sparseFillRule: entries that stand for no value of the input are the default.
func sparseFillRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	g, at := dy[1], op.StopGradient(s, o.Output(3))
	if g.IsNil() {
		return nil
	}
	dx := make([]tf.Output, 4)
	if need[1] {
		dx[1] = op.GatherV2(s, g, at, int32Scalar(s, 0), nil)
	}
	if need[3] {
		one := op.Fill(s, op.Shape(s, at, nil), int32Scalar(s, 1))
		values := op.UnsortedSegmentSum(s, one, at, op.Size(s, g, nil))
		added := op.Equal(s, values, int32Scalar(s, 0), nil)
		dx[3] = sumAll(s, op.SelectV2(s, added, g, number(s, g, 0)))
	}
	return dx
}
