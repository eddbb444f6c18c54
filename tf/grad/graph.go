package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Gradients adds to a graph the gradients of the sum of ys with respect to each
// of xs, which may be any values of the graph, or handles of variables. dys, if
// not nil, are gradients of something else with respect to ys; where it or one
// of it is zero, ones are taken. The result has one gradient for each x, the
// zero Output where no y depends on it; all are zero if the scope failed.
//
// The graph may have been built by Go or imported. The operations added are
// named "gradients/NAME_grad/...", NAME being that of the operation
// differentiated. In the body of a function xs may be values that it captures.
func Gradients(s *tf.Scope, ys, xs, dys []tf.Output) []tf.Output {
	none := make([]tf.Output, len(xs))
	if s.Err() != nil {
		return none
	}
	if s.Eager() {
		s.SetErr(tf.Errorf("gradients", tf.FailedPrecondition, "the scope is eager; use a Tape"))
		return none
	}
	dys, ok := start(s.Sub("gradients"), ys, xs, dys)
	if !ok {
		return none
	}
	ops := upstream(ys)
	xs, ok = inBody(s, ops, xs)
	if !ok {
		return none
	}
	return backprop(s, path(ops, xs), ys, xs, dys)
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
		if inside[x.Op()] {
			continue
		}
		o := op.Identity(s.Sub("gradients").Named("outside"), x)
		if s.Err() != nil {
			return nil, false
		}
		local[i] = o.Op().Input(0)
	}
	return local, true
}

// upstream are the operations that ys depend on, each after those it depends
// on itself. Graphs can be deep, so it does not recurse.
func upstream(ys []tf.Output) []tf.Op {
	type visit struct {
		op   tf.Op
		next int // the input to visit next
	}
	var order []tf.Op
	var stack []visit
	seen := map[tf.Op]bool{}
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
