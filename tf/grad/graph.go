package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
)

// Gradients adds to a graph the gradients of the sum of ys with respect to each
// of xs, which may be any values of the graph, or handles of variables. dys, if
// not nil, are gradients of something else with respect to ys, of their shapes and
// types; where it or one of it is zero, ones are taken. The result has one gradient for each x, the
// zero Output where no y depends on it; all are zero if the scope failed.
//
// The graph may have been built by Go or imported. The operations added are
// named "gradients/NAME_grad/...", NAME being that of the operation
// differentiated. In the body of a function xs may be values that it captures.
func Gradients(s *tf.Scope, ys, xs, dys []tf.Output) []tf.Output {
	return dense(s.Sub("gradients"), gradients(s, ys, xs, dys))
}

func gradients(s *tf.Scope, ys, xs, dys []tf.Output) []Gradient {
	none := make([]Gradient, len(xs))
	if s.Err() != nil {
		return none
	}
	if s.Eager() {
		s.Fail("gradients", tf.FailedPrecondition, "the scope is eager; use a Tape")
		return none
	}
	s = s.Sub("gradients")
	dys, ok := start(s, ys, xs, dys, false)
	if !ok {
		return none
	}
	ops := upstream(ys, nil)
	xs, ok = inBody(s, ops, xs)
	if !ok {
		return none
	}
	dxs := pullback(s, ops, ys, xs, dys)
	explain(s, ops, ys, xs, dxs)
	return dxs
}

// inBody is xs with values from outside the function whose body s builds, if it
// does, replaced by the arguments that stand for them. What ops hold is inside.
func inBody(s *tf.Scope, ops []tf.Op, xs []tf.Output) ([]tf.Output, bool) {
	inside := make(map[tf.Op]bool, len(ops))
	for _, o := range ops {
		inside[o] = true
	}
	local := slices.Clone(xs)
	for i, x := range xs {
		if !inside[x.Op()] {
			local[i] = s.Local(x)
		}
	}
	return local, s.Err() == nil
}

// upstream are the operations that ys depend on, each after those it depends
// on itself; it does not go beyond the operations of ends. Graphs can be deep, so
// it does not recurse.
func upstream(ys, ends []tf.Output) []tf.Op {
	type visit struct {
		op   tf.Op
		next int // the input to visit next
	}
	var order []tf.Op
	var stack []visit
	seen := map[tf.Op]bool{}
	for _, e := range ends {
		seen[e.Op()] = true
	}
	push := func(o tf.Op) {
		if !seen[o] {
			seen[o] = true
			stack = append(stack, visit{op: o})
		}
	}
	for _, y := range ys {
		push(y.Op())
		for len(stack) > 0 {
			v := &stack[len(stack)-1]
			if v.next == v.op.NumInputs() {
				order = append(order, v.op)
				stack = stack[:len(stack)-1]
				continue
			}
			v.next++
			push(v.op.Input(v.next - 1).Op())
		}
	}
	return order
}
