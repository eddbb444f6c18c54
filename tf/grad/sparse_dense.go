package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func sparseDenseAddRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	dx := []tf.Output{{}, {}, {}, dy[0]}
	if need[1] {
		dx[1] = op.GatherNd(s, dy[0], o.Input(0), nil)
	}
	return dx
}

// sparseMatMulDenseRule: entry v at (r, c) of the sparse matrix adds v times row
// c of b to row r of the product; of the adjoint, conj(v) times row r to row c.
func sparseMatMulDenseRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	indices, values, shape, b, g := o.Input(0), o.Input(1), o.Input(2), o.Input(3), dy[0]
	adjointA, adjointB := o.AttrBool("adjoint_a"), o.AttrBool("adjoint_b")
	adjoint := func(x tf.Output) tf.Output { return conj(s, op.Transpose(s, x, ints(s, 1, 0))) }
	dx := make([]tf.Output, 4)
	if need[3] {
		as := &op.SparseTensorDenseMatMulAttrs{AdjointA: !adjointA}
		if dx[3] = op.SparseTensorDenseMatMul(s, indices, values, shape, g, as); adjointB {
			dx[3] = adjoint(dx[3])
		}
	}
	if need[1] {
		if adjointB {
			b = adjoint(b)
		}
		at := op.Unpack(s, indices, 2, &op.UnpackAttrs{Axis: 1})
		if at == nil {
			return nil
		}
		to, from := at[0], at[1]
		if adjointA {
			to, from = from, to
		}
		rows := func(x, at tf.Output) tf.Output { return op.GatherV2(s, x, at, int32Scalar(s, 0), nil) }
		dx[1] = op.Sum(s, op.Mul(s, rows(g, to), conj(s, rows(b, from))), int32Scalar(s, 1), nil)
		if adjointA {
			dx[1] = conj(s, dx[1])
		}
	}
	return dx
}

// sparseCwiseRule serves operations of the entries x with the elements y of a
// dense tensor that they meet, where its axes of size one are broadcast. gx and
// gy give the gradients by those.
func sparseCwiseRule(gx, gy func(s *tf.Scope, o tf.Op, x, y, dy tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		indices, x, dense := o.Input(0), o.Input(1), o.Input(3)
		shape := op.Shape(s, dense, nil)
		rank := op.Size(s, shape, nil)
		missing := op.Sub(s, op.Size(s, o.Input(2), nil), rank)
		begin := op.Pack(s, []tf.Output{int32Scalar(s, 0), missing}, nil)
		last := op.Slice(s, indices, begin, ints(s, -1, -1))
		long := op.Cast(s, op.Greater(s, shape, int32Scalar(s, 1)), tf.Int64, nil)
		at := positions(s, op.Mul(s, last, long), shape)
		y := op.GatherV2(s, op.Reshape(s, dense, ints(s, -1)), at, int32Scalar(s, 0), nil)
		dx := make([]tf.Output, 4)
		if need[1] {
			dx[1] = gx(s, o, x, y, dy[0])
		}
		if need[3] {
			sum := op.UnsortedSegmentSum(s, gy(s, o, x, y, dy[0]), at, op.Size(s, dense, nil))
			dx[3] = reshapeLike(s, sum, dense)
		}
		return dx
	}
}

// sparseToDenseRule: of values put at one place the last stayed; the default is
// where there are none. Writing the values' numbers the same way tells.
func sparseToDenseRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	shape, values, g := o.Input(1), o.Input(2), dy[0]
	indices := op.Reshape(s, o.Input(0), op.Pack(s, []tf.Output{int32Scalar(s, -1), op.Size(s, shape, nil)}, nil))
	numbers := rowNumbers(s, rowCount(s, indices))
	unchecked := false
	stayed := op.SparseToDense(s, indices, shape, numbers, int32Scalar(s, -1), &op.SparseToDenseAttrs{ValidateIndices: &unchecked})
	zero := number(s, g, 0)
	dx := make([]tf.Output, 4)
	if need[2] {
		last := op.Equal(s, op.GatherNd(s, stayed, indices, nil), numbers, nil)
		each := op.SelectV2(s, last, op.GatherNd(s, g, indices, nil), zero)
		dx[2] = sumTo(s, each, values, each)
	}
	if need[3] {
		dx[3] = sumAll(s, op.SelectV2(s, op.Less(s, stayed, int32Scalar(s, 0)), g, zero))
	}
	return dx
}
