package control

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// WhileOptions refine a loop. Nil and the zero value are the defaults.
type WhileOptions struct {
	// ShapeInvariants are what stays true of the shapes of the variables, one for
	// each; nil: the shapes they begin with. A variable that grows needs one with
	// -1 where it does. An eager loop checks them only where they are given.
	ShapeInvariants []tf.Shape

	MaxIterations      int64 // the most turns; 0: no limit
	ParallelIterations int64 // the most turns under way at a time, where they do not wait for each other; 0: 10
}

// While repeats body as long as cond, a bool scalar, holds. vars are the loop's
// variables as they begin; body returns what follows them, as many, of the same
// types. The result is their last values: vars itself if cond never held.
//
// https://www.tensorflow.org/api_docs/python/tf/while_loop
func While(s *tf.Scope, vars []tf.Output, cond func(s *tf.Scope, vars []tf.Output) tf.Output,
	body func(s *tf.Scope, vars []tf.Output) []tf.Output, o *WhileOptions) []tf.Output {
	if o == nil {
		o = &WhileOptions{}
	}
	w := &while{s, cond, body, *o}
	none := make([]tf.Output, len(vars))
	if !w.check(vars) {
		return none
	}
	var out []tf.Output
	if s.Eager() {
		out = w.eager(vars)
	} else {
		out = w.graph(vars)
	}
	if s.Err() != nil {
		return none
	}
	return out
}

type while struct {
	s    *tf.Scope
	cond func(s *tf.Scope, vars []tf.Output) tf.Output
	body func(s *tf.Scope, vars []tf.Output) []tf.Output
	WhileOptions
}

// check refuses what no loop can begin with.
func (w *while) check(vars []tf.Output) bool {
	if w.cond == nil || w.body == nil {
		fail(w.s, "While", "cond or body is nil")
	}
	if n := len(w.ShapeInvariants); n != 0 && n != len(vars) {
		fail(w.s, "While", "%d ShapeInvariants for %d variables", n, len(vars))
		return false
	}
	if w.MaxIterations < 0 || w.ParallelIterations < 0 {
		fail(w.s, "While", "MaxIterations and ParallelIterations may not be negative, got %d and %d", w.MaxIterations, w.ParallelIterations)
	}
	for i, v := range vars {
		switch {
		case v.DType() == 0:
			fail(w.s, "While", "variable %d has no value to begin with", i)
		case w.ShapeInvariants != nil && !w.ShapeInvariants[i].Accepts(v.Shape()):
			fail(w.s, "While", "variable %d begins with shape %v, which its invariant %v excludes", i, v.Shape(), w.ShapeInvariants[i])
		}
	}
	return w.s.Err() == nil
}

func (w *while) eager(vars []tf.Output) []tf.Output {
	for i := int64(0); w.MaxIterations == 0 || i < w.MaxIterations; i++ {
		more := w.cond(w.s, slices.Clone(vars))
		if !isBool(w.s, "While", "cond must give", more) {
			return nil
		}
		turn, err := scalar[bool](more)
		if w.s.SetErr(err); err != nil || !turn {
			break
		}
		next := w.body(w.s, slices.Clone(vars))
		if !same(w.s, "While", "body", "variable", vars, next) {
			return nil
		}
		for k, v := range next {
			if w.ShapeInvariants != nil && !w.ShapeInvariants[k].Accepts(v.Shape()) {
				fail(w.s, "While", "variable %d has shape %v after turn %d, which its invariant %v excludes", k, v.Shape(), i+1, w.ShapeInvariants[k])
				return nil
			}
		}
		vars = next
	}
	return vars
}

// graph adds a loop; one with a limit, or without a variable that each turn
// makes anew, counts its turns in front of the variables.
func (w *while) graph(vars []tf.Output) []tf.Output {
	specs := make([]tf.TensorSpec, len(vars))
	fresh := false
	for i, v := range vars {
		specs[i] = tf.TensorSpec{DType: v.DType(), Shape: v.Shape()}
		if w.ShapeInvariants != nil {
			specs[i].Shape = w.ShapeInvariants[i]
		}
		fresh = fresh || v.DType() != tf.Resource
	}
	l := &loop{s: w.s, what: "While", specs: specs, cond: w.cond, parallel: w.ParallelIterations}
	l.body = func(s *tf.Scope, vars []tf.Output) ([]tf.Output, map[tf.Output]tf.Output) {
		return w.body(s, vars), nil
	}
	if fresh && w.MaxIterations == 0 {
		return l.run(vars)
	}
	out := l.counted(w.MaxIterations).run(append([]tf.Output{tf.ConstScalar(w.s.Sub("while"), int64(0))}, vars...))
	if len(out) == 0 {
		return nil
	}
	return out[1:]
}

// counted is l with a counter in front of its variables, and a limit if that is
// not 0.
func (l *loop) counted(limit int64) *loop {
	c, cond, body := *l, l.cond, l.body
	c.specs = append([]tf.TensorSpec{{Name: "turn", DType: tf.Int64, Shape: tf.Shape{}}}, l.specs...)
	c.hidden, c.most = 1, limit
	c.cond = func(s *tf.Scope, vars []tf.Output) tf.Output {
		more := cond(s, vars[1:])
		if limit == 0 || !isBool(s, l.what, "cond must give", more) {
			return more
		}
		return op.LogicalAnd(s, more, op.Less(s, vars[0], tf.ConstScalar(s, limit)))
	}
	c.body = func(s *tf.Scope, vars []tf.Output) ([]tf.Output, map[tf.Output]tf.Output) {
		out, replaced := body(s, vars[1:])
		return append([]tf.Output{op.AddV2(s, vars[0], tf.ConstScalar(s, int64(1)))}, out...), replaced
	}
	return &c
}
