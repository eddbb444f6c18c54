package grad

import (
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// step is an operation on a path from an x, and the inputs that lie on it.
type step struct {
	op   tf.Op
	rule rule
	need []bool
}

// path picks from ops, in the order they run, those that depend on xs, where
// gradients can flow. An operation without a rule is kept: it is an error only
// if a gradient reaches it.
func path(ops []tf.Op, xs []tf.Output) []step {
	on := make(map[tf.Output]bool, len(ops)+len(xs))
	for _, x := range xs {
		on[x] = true
	}
	var steps []step
	for _, o := range ops {
		var need []bool
		for i, in := range o.Inputs() {
			if on[in] && carries(in.DType()) {
				if need == nil {
					need = make([]bool, o.NumInputs())
				}
				need[i] = true
			}
		}
		if need == nil {
			continue
		}
		r, known := lookup(o.Type())
		if f := o.Gradient(); f != nil {
			r, known = given(f), true
		}
		if known && r == nil {
			continue
		}
		steps = append(steps, step{o, r, need})
		for _, y := range o.Outputs() {
			if carries(y.DType()) {
				on[y] = true
			}
		}
	}
	return steps
}

// refOffset is what TensorFlow adds to a type to say "reference to".
const refOffset = 100

// carries reports whether gradients flow through values of type d.
func carries(d tf.DType) bool {
	if d > refOffset {
		d -= refOffset
	}
	return d.IsFloating() || d.IsComplex() || d == tf.Resource || d == tf.Variant
}

// sums collects the gradients that reach each value.
type sums struct {
	s    *tf.Scope
	list map[tf.Output][]Gradient
}

func (a sums) add(o tf.Output, gs ...Gradient) { a.list[o] = append(a.list[o], gs...) }

// of is the sum for o, rows if nothing else reached it.
func (a sums) of(o tf.Output) Gradient {
	gs := a.list[o]
	if len(gs) == 0 {
		return Gradient{}
	}
	var dense []tf.Output
	for _, g := range gs {
		if !g.IsSparse() {
			dense = append(dense, g.Values)
		}
	}
	sum := gs[0]
	switch {
	case len(dense) == 0:
		return joinRows(a.s, gs)
	case len(gs) > 1:
		for _, g := range gs {
			if g.IsSparse() {
				dense = append(dense, g.Dense(a.s))
			}
		}
		sum = Gradient{Values: addN(a.s, dense)}
	}
	a.list[o] = []Gradient{sum}
	return sum
}

func addN(s *tf.Scope, gs []tf.Output) tf.Output {
	if len(gs) == 1 {
		return gs[0]
	}
	return op.AddN(s, gs)
}

// backprop goes through steps from the last to the first, and returns the
// gradients of xs.
func backprop(s *tf.Scope, steps []step, ys, xs, dys []tf.Output) []Gradient {
	acc := sums{s, make(map[tf.Output][]Gradient, len(steps)+len(xs))}
	for i, y := range ys {
		acc.add(y, Gradient{Values: dys[i]})
	}
	for i := len(steps) - 1; i >= 0 && s.Err() == nil; i-- {
		acc.back(&steps[i])
	}
	dxs := make([]Gradient, len(xs))
	if s.Err() != nil {
		return dxs
	}
	for i, x := range xs {
		dxs[i] = acc.of(x)
	}
	return dxs
}

// observe, for tests, is told of each operation whose type's gradient is used.
var observe func(opType string)

// back takes the gradients of a step's results to its inputs.
func (a sums) back(st *step) {
	if y := st.op.Output(0); handsOn[st.op.Type()] && a.onlyRows(y) {
		a.add(st.op.Input(0), a.list[y]...)
		return
	}
	dy := make([]tf.Output, st.op.NumOutputs())
	for j := range dy {
		if y := st.op.Output(j); len(a.list[y]) > 0 {
			dy[j] = a.of(y).Dense(a.s)
		}
	}
	if !anyOf(dy) {
		return
	}
	if st.rule != nil && st.op.Gradient() == nil {
		if observe != nil {
			observe(st.op.Type())
		}
		if rows, ok := rowsOfTable(a.s, st.op, dy); ok {
			a.add(st.op.Input(0), rows)
			return
		}
	}
	for j, dx := range st.gradient(a.s, dy) {
		if st.need[j] && !dx.IsNil() {
			a.add(st.op.Input(j), Gradient{Values: dx})
		}
	}
}

func (a sums) onlyRows(o tf.Output) bool {
	for _, g := range a.list[o] {
		if !g.IsSparse() {
			return false
		}
	}
	return len(a.list[o]) > 0
}

// dense are gradients in full.
func dense(s *tf.Scope, gs []Gradient) []tf.Output {
	out := make([]tf.Output, len(gs))
	for i, g := range gs {
		out[i] = g.Dense(s)
	}
	return out
}

// gradient calls the step's rule, or fails the scope.
func (st *step) gradient(s *tf.Scope, dy []tf.Output) []tf.Output {
	o := st.op
	if st.rule == nil {
		if f, err := o.Callee(); err == nil {
			defer f.Close()
			return callGradient(s, o, f, dy, st.need)
		}
		if loopOps[o.Type()] {
			return fail(s, o, tf.Unimplemented, loopRefused)
		}
		return fail(s, o, tf.Unimplemented, "no gradient is registered for %s; see grad.Register", o.Type())
	}
	if s.Graph() != nil {
		s = s.Sub(o.Name() + "_grad")
	}
	dx := st.rule(s, o, dy, st.need)
	if len(dx) > o.NumInputs() {
		return fail(s, o, tf.InvalidArgument, "the gradient function returned %d gradients for %d inputs", len(dx), o.NumInputs())
	}
	return dx
}

// described names an operation: type, node and the line that made it.
func described(o tf.Op) string {
	what := o.Type()
	if name := o.Name(); name != "" {
		what += fmt.Sprintf(" %q", name)
	}
	if where := o.Where(); where != "" {
		what += " at " + where
	}
	return what
}

// fail sets an error that names o.
func fail(s *tf.Scope, o tf.Op, code tf.Code, format string, args ...any) []tf.Output {
	what := "gradient of " + described(o)
	s.SetErr(tf.Errorf(what, code, format, args...))
	return nil
}

// start checks the ends of a path, and fills in dys. It checks dys
// unless it is sure that they fit.
func start(s *tf.Scope, ys, xs, dys []tf.Output, sure bool) ([]tf.Output, bool) {
	bad := func(format string, args ...any) ([]tf.Output, bool) {
		s.Fail("gradients", tf.InvalidArgument, format, args...)
		return nil, false
	}
	if dys != nil && len(dys) != len(ys) {
		return bad("want as many dys as ys, or none; got %d and %d", len(dys), len(ys))
	}
	for i, x := range xs {
		if x.IsNil() {
			return bad("x %d is missing", i)
		}
		if !carries(x.DType()) {
			return bad("x %d, %s, is %v, which has no gradient", i, x.Name(), x.DType())
		}
	}
	all := make([]tf.Output, len(ys))
	for i, y := range ys {
		if y.IsNil() {
			return bad("y %d is missing", i)
		}
		if d := y.DType(); !d.IsFloating() && !d.IsComplex() {
			return bad("y %d, %s, is %v; want floating-point or complex numbers", i, y.Name(), y.DType())
		}
		if dys != nil && !dys[i].IsNil() {
			if all[i] = dys[i]; !sure {
				if got := mismatch(dys[i], y); got != "" {
					return bad("dy %d is %s, but y %d, %s, is %v %v", i, got, i, y.Name(), y.DType(), y.Shape())
				}
				all[i] = shaped(s, dys[i], y)
			}
			continue
		}
		all[i] = op.OnesLike(s, y)
	}
	return all, s.Err() == nil
}
