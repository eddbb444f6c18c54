package grad

import (
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// mismatch says how a gradient or tangent that the user gave, d, does not fit
// the value it belongs to; it is empty if it does, as far as shapes are known. What
// belongs to the handle of a variable has the variable's shape and type.
func mismatch(d, of tf.Output) string {
	want := of.DType()
	if want > refOffset {
		want -= refOffset
	}
	switch {
	case of.IsNil() || want == tf.Resource || want == tf.Variant:
		return ""
	case d.DType() == want && of.Shape().Accepts(d.Shape()):
		return ""
	}
	return fmt.Sprintf("%v %v", d.DType(), d.Shape())
}

// fits fails the scope where one of what is given for all of the values named
// by of, such as a tangent for each x, is missing or has another shape or type.
func fits(s *tf.Scope, what, name string, ds []tf.Output, of string, values []tf.Output) bool {
	if s.Err() != nil {
		return false
	}
	if len(ds) != len(values) {
		s.Fail(what, tf.InvalidArgument, "want as many %ss as %ss; got %d and %d", name, of, len(ds), len(values))
		return false
	}
	for i, d := range ds {
		x := values[i]
		if d.IsNil() {
			s.Fail(what, tf.InvalidArgument, "%s %d is missing", name, i)
			return false
		}
		if got := mismatch(d, x); got != "" {
			s.Fail(what, tf.InvalidArgument, "%s %d is %s, but %s %d, %s, is %v %v", name, i, got, of, i, x.Name(), x.DType(), x.Shape())
			return false
		}
	}
	return true
}

// given is the rule of a user's function, with a check of what it returns.
func given(f tf.GradientFunc) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		dxs := f(s, o, dy)
		if s.Err() != nil {
			return nil
		}
		for i, d := range dxs {
			if i >= len(need) || !need[i] || d.IsNil() {
				continue
			}
			x := o.Input(i)
			if got := mismatch(d, x); got != "" {
				return fail(s, o, tf.InvalidArgument, "the gradient function returned %s for input %d, which is %v %v", got, i, x.DType(), x.Shape())
			}
		}
		return dxs
	}
}

// shaped is d, checked when the graph runs where it is not known whether it has y's
// shape: kernels of gradients can end the process for another.
func shaped(s *tf.Scope, d, y tf.Output) tf.Output {
	want, got := y.Shape(), d.Shape()
	switch {
	case s.Eager() || got.Known() && want.Known():
		return d
	case want.Known():
		return op.EnsureShape(s, d, want)
	}
	return op.Reshape(s, d, op.Shape(s, y, nil))
}
