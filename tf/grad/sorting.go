package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// sortingRules are operations that choose or pool elements by their order.
func sortingRules() map[string]rule {
	return map[string]rule{
		"TopK":               first(topKGrad),
		"TopKV2":             first(topKGrad),
		"ApproxTopK":         first(topKGrad),
		"NthElement":         first(nthElementGrad),
		"IsotonicRegression": first(isotonicGrad),
		"Cross":              crossRule,

		// reduce.go
		"EuclideanNorm":       first(euclideanNormGrad),
		"CumulativeLogsumexp": first(cumulativeLogsumexpGrad),
	}
}

// rowsOf are the numbers of rows along the last axis of x, and of elements in a
// row, as two scalars and as the shape [rows, elements].
func rowsOf(s *tf.Scope, x tf.Output) (rows, n, shape tf.Output) {
	of := shapeOf(s, x)
	product := func(from, to, endMask int64) tf.Output {
		part := op.StridedSlice(s, of, ints(s, from), ints(s, to), ints(s, 1), &op.StridedSliceAttrs{EndMask: endMask})
		return op.Prod(s, part, int32Scalar(s, 0), nil)
	}
	rows, n = product(0, -1, 0), product(-1, 0, 1)
	return rows, n, op.Pack(s, []tf.Output{rows, n}, nil)
}

// inRows adds to places in rows of n elements where their row starts.
func inRows(s *tf.Scope, places, rows, n tf.Output) tf.Output {
	starts := op.Mul(s, op.Range(s, int32Scalar(s, 0), rows, int32Scalar(s, 1)), n)
	return op.AddV2(s, castTo(s, places, tf.Int32), op.ExpandDims(s, starts, int32Scalar(s, 1)))
}

// topKGrad puts the gradients back to where in its row each element came from.
func topKGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	if axis := o.AttrInt("reduction_dimension"); o.Type() == "ApproxTopK" && axis != -1 {
		fail(s, o, tf.Unimplemented, "reduction_dimension is %d; want -1, the only one with a kernel", axis)
		return tf.Output{}
	}
	rows, n, _ := rowsOf(s, x)
	_, _, split := rowsOf(s, dy)
	places := inRows(s, op.Reshape(s, op.StopGradient(s, o.Output(1)), split), rows, n)
	return reshapeLike(s, op.UnsortedSegmentSum(s, op.Reshape(s, dy, split), places, op.Size(s, x, nil)), x)
}

// nthElementGrad: elements that tie share the gradient.
func nthElementGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, last := o.Input(0), int32Scalar(s, -1)
	hit := op.Cast(s, op.Equal(s, x, op.ExpandDims(s, o.Output(0), last), nil), x.DType(), nil)
	return op.Mul(s, op.RealDiv(s, hit, sumLast(s, hit)), op.ExpandDims(s, dy, last))
}

// isotonicGrad: the values of a segment are the mean of its inputs, so each gets
// the mean of the gradients.
func isotonicGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, segments := o.Input(0), op.StopGradient(s, o.Output(1))
	rows, n, split := rowsOf(s, x)
	ids := inRows(s, op.Reshape(s, segments, split), rows, n)
	total := func(g tf.Output) tf.Output {
		return op.UnsortedSegmentSum(s, op.Reshape(s, g, split), ids, op.Size(s, x, nil))
	}
	mean := op.DivNoNan(s, total(dy), total(op.OnesLike(s, dy)))
	return reshapeLike(s, op.GatherV2(s, mean, ids, int32Scalar(s, 0), nil), x)
}

// crossRule: each input's gradient is at right angles to the other and to dy.
func crossRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{op.Cross(s, o.Input(1), dy[0]), op.Cross(s, dy[0], o.Input(0))}
}
