package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// gatherRule serves Gather, which picks rows, and GatherV2.
func gatherRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	params, indices := o.Input(0), o.Input(1)
	batch := int(o.AttrInt("batch_dims"))
	if batch < 0 {
		if indices.Shape() == nil {
			return fail(s, o, tf.Unimplemented, "batch_dims is %d, but the rank of the indices is unknown", batch)
		}
		batch += len(indices.Shape())
	}
	shape := shapeOf(s, params)
	if o.NumInputs() < 3 {
		return []tf.Output{scatterRows(s, dy[0], indices, shape)}
	}
	axis := o.Input(2)
	if v, ok := constInts(axis); ok && v[0] == 0 && batch == 0 {
		return []tf.Output{scatterRows(s, dy[0], indices, shape)}
	}
	if axis.DType() != tf.Int32 {
		axis = op.Cast(s, axis, tf.Int32, nil)
	}
	axis = op.FloorMod(s, axis, op.Rank(s, params))
	return []tf.Output{scatter(s, dy[0], indices, shape, axis, batch)}
}

// resourceGatherRule gives a dense gradient to the variable's handle.
func resourceGatherRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	handle, indices := o.Input(0), o.Input(1)
	shape := op.VariableShape(s, handle, nil)
	if batch := int(o.AttrInt("batch_dims")); batch > 0 {
		return []tf.Output{scatter(s, dy[0], indices, shape, int32Scalar(s, batch), batch)}
	}
	return []tf.Output{scatterRows(s, dy[0], indices, shape)}
}

// scatterRows adds up the rows of g, gathered at indices, into zeros of the
// given shape.
func scatterRows(s *tf.Scope, g, indices, shape tf.Output) tf.Output {
	rows := op.StridedSlice(s, shape, ints(s, 0), ints(s, 1), ints(s, 1), &op.StridedSliceAttrs{ShrinkAxisMask: 1})
	return op.UnsortedSegmentSum(s, g, indices, rows)
}

// scatter is scatterRows for slices gathered along an axis after batch axes,
// that each index had for itself.
//
// g has the axes batch, middle (those up to axis), n (the indices') and inner
// (the rest). As rows of [middle, inner], that of index k of batch b goes to row
// b*size+k, size being that of the axis.
func scatter(s *tf.Scope, g, indices, shape, axis tf.Output, batch int) tf.Output {
	zero, one := int32Scalar(s, 0), int32Scalar(s, 1)
	vector := func(x tf.Output) tf.Output { return op.Reshape(s, x, ints(s, 1)) }
	join := func(parts ...tf.Output) tf.Output { return op.ConcatV2(s, parts, zero) }
	if shape.DType() != tf.Int32 {
		shape = op.Cast(s, shape, tf.Int32, nil)
	}
	from, at, after := ints(s, int64(batch)), vector(axis), vector(op.AddV2(s, axis, one))
	product := func(from, to tf.Output, mask int64) tf.Output { // elements of the axes between
		part := op.StridedSlice(s, shape, from, to, ints(s, 1), &op.StridedSliceAttrs{EndMask: mask})
		return vector(op.Prod(s, part, zero, nil))
	}
	outer, middle := product(ints(s, 0), from, 0), product(from, at, 0)
	size, inner := product(at, after, 0), product(after, after, 1)
	perBatch := op.FloorDiv(s, vector(op.Size(s, indices, nil)), op.Maximum(s, outer, one))
	total := op.Mul(s, outer, size)
	scalar := func(x tf.Output) tf.Output { return op.Reshape(s, x, ints(s)) }

	rows := op.Reshape(s, op.Cast(s, indices, tf.Int32, nil), join(outer, perBatch))
	start := op.Mul(s, op.Range(s, zero, scalar(outer), one), size)
	rows = op.AddV2(s, rows, op.ExpandDims(s, start, one))
	swap := ints(s, 0, 2, 1, 3)
	g = op.Transpose(s, op.Reshape(s, g, join(outer, middle, perBatch, inner)), swap)
	sum := op.UnsortedSegmentSum(s, g, rows, scalar(total))
	sum = op.Transpose(s, op.Reshape(s, sum, join(outer, size, middle, inner)), swap)
	return op.Reshape(s, sum, shape)
}

// segmentSumGrad: each row gets its segment's gradient; rows with a negative
// segment were dropped.
func segmentSumGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	ids := o.Input(1)
	zero := op.ZerosLike(s, ids)
	g := op.GatherV2(s, dy, op.Maximum(s, ids, zero), int32Scalar(s, 0), nil)
	return onlyWhere(s, op.GreaterEqual(s, ids, zero), g)
}

func gatherNdGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, indices := o.Input(0), o.Input(1)
	if sh := indices.Shape(); len(sh) > 0 && sh[len(sh)-1] == 0 { // all of x, repeated
		return sumTo(s, dy, x, o.Output(0))
	}
	as := &op.ScatterNdAttrs{BadIndicesPolicy: o.AttrString("bad_indices_policy")}
	return op.ScatterNd(s, indices, dy, op.Shape(s, x, &op.ShapeAttrs{OutType: indices.DType()}), as)
}

func scatterNdRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	as := &op.GatherNdAttrs{BadIndicesPolicy: o.AttrString("bad_indices_policy")}
	return []tf.Output{{}, op.GatherNd(s, dy[0], o.Input(0), as)}
}
