package grad

import (
	"fmt"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// OrZeros replaces the gradients that are missing, because no y depends on the x,
// by zeros of its shape. xs are as they were given. For the handle of a variable
// they are zeros of the shape that the variable has by then.
func OrZeros(s *tf.Scope, dxs, xs []tf.Output) []tf.Output {
	out := slices.Clone(dxs)
	if !paired(s, "OrZeros", dxs, xs) {
		return out
	}
	for i, x := range xs {
		if !out[i].IsNil() || s.Err() != nil {
			continue
		}
		d := x.Op().AttrType("dtype")
		switch handle := x.DType() == tf.Resource; {
		case !handle:
			out[i] = op.ZerosLike(s, x)
		case d != 0 && x.Op().Type() == "VarHandleOp":
			out[i] = zerosOf(s, x, d)
		}
	}
	return out
}

// OrFail fails the scope if a gradient is missing, with an error that names the x.
// [Tape.GradientOrFail] can say more.
func OrFail(s *tf.Scope, dxs, xs []tf.Output) []tf.Output {
	if !paired(s, "OrFail", dxs, xs) {
		return dxs
	}
	for i, d := range dxs {
		if d.IsNil() {
			s.Fail("gradients", tf.NotFound, "no y depends on x %d, %s%s", i, xs[i].Name(), readHint(xs[i]))
		}
	}
	return dxs
}

// paired fails the scope unless there are as many gradients as xs.
func paired(s *tf.Scope, what string, dxs, xs []tf.Output) bool {
	if len(dxs) != len(xs) {
		s.Fail(what, tf.InvalidArgument, "want the gradient of each x; got %d gradients and %d xs", len(dxs), len(xs))
	}
	return len(dxs) == len(xs)
}

// GradientOrFail is [Tape.Gradient], but the scope fails if a gradient is missing,
// with an error that says why, as far as the tape knows.
func (t *Tape) GradientOrFail(y tf.Output, xs ...tf.Output) []tf.Output {
	dxs := t.Gradient(y, xs...)
	for i, d := range dxs {
		if d.IsNil() && t.s.Err() == nil {
			t.s.Fail("gradients", tf.NotFound, "y, %s, does not depend on x %d, %s%s", y.Name(), i, xs[i].Name(), t.why(y, xs[i]))
		}
	}
	return dxs
}

// why says what the tape knows of an x without a gradient.
func (t *Tape) why(y, x tf.Output) string {
	if hint := readHint(x); hint != "" {
		return hint
	}
	local := t.local([]tf.Output{y, x})
	y, x = local[0], local[1]
	uses := func(o tf.Op) bool { return slices.Contains(o.Inputs(), x) }
	switch ops := t.recorder.Ops(); {
	case !t.recorder.Watched(x) && x.DType() == tf.Resource:
		return ": nothing on the tape's scope used this variable"
	case !t.recorder.Watched(x):
		return ": it was not watched; call Watch before y is computed"
	case !slices.ContainsFunc(ops, uses):
		return ": nothing used it on the tape's scope after it was watched"
	case !t.recorder.Watched(y):
		return ": y depends on nothing that the tape watched; compute it on the tape's scope"
	}
	return ", or only through operations that have no slope or stop gradients"
}

// readHint is for an x that is one reading of a variable.
func readHint(x tf.Output) string {
	if x.Op().Type() != "ReadVariableOp" {
		return ""
	}
	return ": it is what one read of a variable gave; ask for the gradient by the variable's Handle"
}

// metadata are operations whose integer results say nothing of the values that
// they are given, or are meant to have no gradient.
var metadata = map[string]bool{
	"StopGradient": true, "Shape": true, "ShapeN": true, "Rank": true, "Size": true, "VariableShape": true,
	"TensorListLength": true, "TensorListElementShape": true, "VarIsInitializedOp": true,
}

// explain fails the scope where an x has no gradient because all paths from it to a
// y run through integers or strings.
func explain(s *tf.Scope, ops []tf.Op, ys, xs []tf.Output, dxs []Gradient) {
	for i, x := range xs {
		if s.Err() != nil {
			return
		}
		if !dxs[i].IsNil() {
			continue
		}
		if o := discrete(s, ops, ys, x); !o.IsNil() {
			s.Fail(fmt.Sprintf("gradient of x %d, %s", i, x.Name()), tf.InvalidArgument,
				"y depends on it only through %s, which gives %v, and %v has no gradient; use op.StopGradient where this is meant",
				described(o), o.Output(0).DType(), o.Output(0).DType())
		}
	}
}

// discrete finds the operation that makes integers or strings of what depends on
// x, if a y depends on those; also inside of functions that are called.
func discrete(s *tf.Scope, ops []tf.Op, ys []tf.Output, x tf.Output) tf.Op {
	through := spread(s, ops, x)
	for _, y := range ys {
		if o := through[y]; !o.IsNil() {
			return o
		}
	}
	return tf.Op{}
}

// mixed reports whether o gives values that carry gradients, among others.
func mixed(o tf.Op) bool {
	for _, y := range o.Outputs() {
		if carries(y.DType()) {
			return true
		}
	}
	return false
}
