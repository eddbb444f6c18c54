package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// Jacobian gives for each of xs the derivatives of all elements of y by all of
// x's: y's shape followed by x's. It is the zero Output where y does not depend on
// x. It goes back once for each element of y.
func (t *Tape) Jacobian(y tf.Output, xs ...tf.Output) []tf.Output {
	shape := op.Shape(t.s, y, nil)
	rows := t.rows(y, op.Size(t.s, y, nil), xs, func(s *tf.Scope, unit tf.Output) tf.Output {
		return op.Reshape(s, unit, shape)
	})
	for k, r := range rows {
		if !r.IsNil() {
			x := op.StridedSlice(t.s, op.Shape(t.s, r, nil), ints(t.s, 1), ints(t.s, 0), ints(t.s, 1), &op.StridedSliceAttrs{EndMask: 1})
			rows[k] = op.Reshape(t.s, r, op.ConcatV2(t.s, []tf.Output{shape, x}, int32Scalar(t.s, 0)))
		}
	}
	return rows
}

// BatchJacobian is the Jacobian of each example for itself: of y of shape [b, ...]
// by x of shape [b, ...], where the rows of y depend on those of x with the same
// number. The result has y's shape followed by x's without b. It goes back once
// for each element of a row of y. Where y or x is a number, or their b differ, the
// scope fails.
func (t *Tape) BatchJacobian(y, x tf.Output) tf.Output {
	s := t.s
	if !batched(y.Shape(), x.Shape()) {
		s.Fail("BatchJacobian", tf.InvalidArgument, "want y and x of shapes (b, ...) with the same b; y, %s, is %v and x, %s, is %v",
			y.Name(), y.Shape(), x.Name(), x.Shape())
		return tf.Output{}
	}
	shape := op.Shape(s, y, nil)
	inner := func(sh tf.Output) tf.Output {
		return op.StridedSlice(s, sh, ints(s, 1), ints(s, 0), ints(s, 1), &op.StridedSliceAttrs{EndMask: 1})
	}
	n := op.Prod(s, inner(shape), int32Scalar(s, 0), nil)
	row := op.ConcatV2(s, []tf.Output{ints(s, 1), inner(shape)}, int32Scalar(s, 0))
	r := t.rows(y, n, []tf.Output{x}, func(s *tf.Scope, unit tf.Output) tf.Output {
		return op.BroadcastTo(s, op.Reshape(s, unit, row), shape)
	})[0]
	if r.IsNil() {
		return r
	}
	xShape := op.Shape(s, x, nil)
	b := op.StridedSlice(s, xShape, ints(s, 0), ints(s, 1), ints(s, 1), nil)
	flat := op.Reshape(s, r, op.ConcatV2(s, []tf.Output{op.Reshape(s, n, ints(s, 1)), b, ints(s, -1)}, int32Scalar(s, 0)))
	flat = op.Transpose(s, flat, ints(s, 1, 0, 2))
	return op.Reshape(s, flat, op.ConcatV2(s, []tf.Output{shape, inner(xShape)}, int32Scalar(s, 0)))
}

// batched reports whether y and x can have a first dimension in common.
func batched(y, x tf.Shape) bool {
	if y == nil || x == nil {
		return (y == nil || len(y) > 0) && (x == nil || len(x) > 0)
	}
	return len(y) > 0 && len(x) > 0 && y[:1].Accepts(x[:1])
}

// rows are the gradients of n sums over y, stacked: row i with dy(unit i), a vector
// of length n.
func (t *Tape) rows(y, n tf.Output, xs []tf.Output, dy func(s *tf.Scope, unit tf.Output) tf.Output) []tf.Output {
	rows := make([]tf.Output, len(xs))
	if t.s.Err() != nil {
		return rows
	}
	var which []int
	every := op.Range(t.s, int32Scalar(t.s, 0), n, int32Scalar(t.s, 1))
	got := control.Map(t.s, []tf.Output{every}, func(s *tf.Scope, i []tf.Output) (out []tf.Output) {
		unit := op.OneHot(s, i[0], n, number(s, y, 1), number(s, y, 0), nil)
		which = which[:0]
		for k, d := range dense(s, t.pullback(s, []tf.Output{y}, xs, []tf.Output{dy(s, unit)})) {
			if !d.IsNil() {
				which, out = append(which, k), append(out, d)
			}
		}
		return out
	}, nil)
	if t.s.Err() == nil && len(got) == len(which) {
		for k, r := range got {
			rows[which[k]] = r
		}
	}
	return rows
}
