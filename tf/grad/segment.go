package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// segments are the rows that a segment operation reduces: those with one id
// make one row of the result.
type segments struct {
	rows func(s *tf.Scope, g tf.Output) tf.Output // for each row its segment's; 0 where dropped
	sum  func(s *tf.Scope, x tf.Output) tf.Output
	prod func(s *tf.Scope, x tf.Output) tf.Output
}

// sorted are the segments of Segment operations.
func sorted(o tf.Op) segments {
	ids := o.Input(1)
	return segments{
		func(s *tf.Scope, g tf.Output) tf.Output { return op.GatherV2(s, g, ids, int32Scalar(s, 0), nil) },
		func(s *tf.Scope, x tf.Output) tf.Output { return op.SegmentSum(s, x, ids) },
		func(s *tf.Scope, x tf.Output) tf.Output { return op.SegmentProd(s, x, ids) },
	}
}

// unsorted are the segments of UnsortedSegment operations, and of others that
// are given their number. Rows with negative ids are dropped.
func unsorted(o tf.Op) segments {
	ids, n := o.Input(1), o.Input(2)
	return segments{
		func(s *tf.Scope, g tf.Output) tf.Output { return segmentSumGrad(s, o, g) },
		func(s *tf.Scope, x tf.Output) tf.Output { return op.UnsortedSegmentSum(s, x, ids, n) },
		func(s *tf.Scope, x tf.Output) tf.Output { return op.UnsortedSegmentProd(s, x, ids, n) },
	}
}

// segmentRules are the gradients of reductions over segments.
func segmentRules() map[string]rule {
	return map[string]rule{
		"SegmentSum":          first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return sorted(o).rows(s, dy) }),
		"SegmentSumV2":        first(segmentSumGrad),
		"SegmentMean":         first(segmentMeanGrad),
		"SegmentMax":          segmentExtreme(sorted),
		"SegmentMin":          segmentExtreme(sorted),
		"SegmentMaxV2":        segmentExtreme(unsorted),
		"SegmentMinV2":        segmentExtreme(unsorted),
		"UnsortedSegmentMax":  segmentExtreme(unsorted),
		"UnsortedSegmentMin":  segmentExtreme(unsorted),
		"SegmentProd":         segmentProduct(sorted),
		"SegmentProdV2":       segmentProduct(unsorted),
		"UnsortedSegmentProd": segmentProduct(unsorted),

		"SparseSegmentSum":                  sparseSegment(nil),
		"SparseSegmentSumWithNumSegments":   sparseSegment(nil),
		"SparseSegmentMean":                 sparseSegment(identity),
		"SparseSegmentMeanWithNumSegments":  sparseSegment(identity),
		"SparseSegmentSqrtN":                sparseSegment(op.Sqrt),
		"SparseSegmentSqrtNWithNumSegments": sparseSegment(op.Sqrt),

		"SparseSegmentSumGrad": first(func(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
			return op.SparseSegmentSumWithNumSegments(s, g, o.Input(1), o.Input(2), rowCount(s, o.Input(0)), nil)
		}),
		"SparseSegmentMeanGrad": first(func(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
			return op.SparseSegmentMeanWithNumSegments(s, g, o.Input(1), o.Input(2), rowCount(s, o.Input(0)), nil)
		}),
		"SparseSegmentSqrtNGrad": first(func(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
			return op.SparseSegmentSqrtNWithNumSegments(s, g, o.Input(1), o.Input(2), rowCount(s, o.Input(0)), nil)
		}),
	}
}

// segmentMeanGrad divides by the size of each row's segment.
func segmentMeanGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return divideRows(s, sorted(o).rows(s, dy), o.Input(1), identity)
}

// divideRows divides each row of g by f(n), n being the number of rows that have
// its id.
func divideRows(s *tf.Scope, g, ids tf.Output, f func(s *tf.Scope, x tf.Output) tf.Output) tf.Output {
	n := op.SegmentSum(s, op.Fill(s, op.Shape(s, ids, nil), int32Scalar(s, 1)), ids)
	n = op.GatherV2(s, n, ids, int32Scalar(s, 0), nil)
	more := op.Fill(s, op.ExpandDims(s, op.Sub(s, op.Rank(s, g), int32Scalar(s, 1)), int32Scalar(s, 0)), int32Scalar(s, 1))
	shape := op.ConcatV2(s, []tf.Output{op.Shape(s, n, nil), more}, int32Scalar(s, 0))
	return op.RealDiv(s, g, op.Reshape(s, f(s, op.Cast(s, n, g.DType(), nil)), shape))
}

// segmentExtreme serves the maxima and minima: elements that tie share the
// gradient.
func segmentExtreme(of func(o tf.Op) segments) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		x, seg := o.Input(0), of(o)
		hit := op.Cast(s, op.Equal(s, x, seg.rows(s, o.Output(0)), nil), x.DType(), nil)
		share := op.DivNoNan(s, hit, seg.rows(s, seg.sum(s, hit)))
		return op.Mul(s, share, seg.rows(s, dy))
	})
}

// segmentProduct: the product of the others, which is y/x, or if x is the only 0
// that of all that are not 0.
func segmentProduct(of func(o tf.Op) segments) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		x, seg := o.Input(0), of(o)
		zero, one := number(s, x, 0), number(s, x, 1)
		isZero := op.Equal(s, x, zero, nil)
		safe := op.SelectV2(s, isZero, one, x)
		zeros := seg.rows(s, seg.sum(s, op.Cast(s, isZero, x.DType(), nil)))
		only := op.Equal(s, zeros, one, nil)
		others := op.SelectV2(s, only, seg.rows(s, seg.prod(s, safe)), zero)
		others = op.SelectV2(s, isZero, others, op.RealDiv(s, seg.rows(s, o.Output(0)), safe))
		return op.Mul(s, seg.rows(s, dy), conj(s, others))
	})
}

// sparseSegment serves sums of the rows picked by indices, divided by
// scale(their number) unless that is nil.
func sparseSegment(scale func(s *tf.Scope, n tf.Output) tf.Output) rule {
	return first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
		x, indices, ids := o.Input(0), o.Input(1), o.Input(2)
		g := op.GatherV2(s, dy, ids, int32Scalar(s, 0), nil)
		if scale != nil {
			g = divideRows(s, g, ids, scale)
		}
		return scatterRows(s, g, indices, shapeOf(s, x))
	})
}
