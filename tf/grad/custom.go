package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Custom computes f(xs) with a gradient of your own: pullback gives the gradients
// of xs, of their shapes and types or the zero Output where there is none, from xs,
// the results ys and the gradients of those, dys, which are zeros where nothing
// depends on a result.
// It should use values given to it only, not others of f, so that it also works
// where the operations are those of a function. The handles of variables that f uses
// must be among xs. See [Recompute] for f whose
// gradient is only to be computed anew (tf.custom_gradient in Python).
func Custom(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) []tf.Output,
	pullback func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output, xs ...tf.Output) []tf.Output {
	if f == nil || pullback == nil {
		s.Fail("Custom", tf.InvalidArgument, "want a function and a pullback")
	}
	if s.Err() != nil {
		return nil
	}
	seen := tf.NewRecorder()
	seen.WatchVariables(true)
	ys := f(s.Recording(seen), xs)
	for _, v := range seen.Variables() {
		if !slices.Contains(xs, v) {
			s.Fail("Custom", tf.InvalidArgument, "f uses variable %s, whose Handle is not among the xs: its gradient would be missing", v.Name())
		}
	}
	return custom(s, ys, pullback, xs)
}

// custom gives ys the gradient pullback by xs.
func custom(s *tf.Scope, ys []tf.Output, pullback func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output, xs []tf.Output) []tf.Output {
	for i, y := range ys {
		if y.IsNil() {
			s.Fail("Custom", tf.InvalidArgument, "f returned no value for result %d", i)
		}
	}
	if s.Err() != nil || len(ys) == 0 {
		return nil
	}
	n := len(ys)
	outs := op.IdentityN(s, append(ys[:n:n], xs...))
	if s.Err() != nil {
		return nil
	}
	outs[0].Op().SetGradient(func(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
		dys := make([]tf.Output, n)
		for i := range dys {
			if dys[i] = dy[i]; dys[i].IsNil() {
				dys[i] = op.ZerosLike(s, o.Output(i))
			}
		}
		ins := o.Inputs()
		dxs := pullback(s, ins[n:], o.Outputs()[:n], dys)
		if s.Err() == nil && len(dxs) != len(ins)-n {
			return fail(s, o, tf.InvalidArgument, "the pullback returned %d gradients for %d xs", len(dxs), len(ins)-n)
		}
		for i, d := range dxs {
			x := ins[n+i]
			if d.IsNil() || !carries(x.DType()) || s.Err() != nil {
				continue
			}
			if got := mismatch(d, x); got != "" {
				return fail(s, o, tf.InvalidArgument, "the pullback returned %s for x %d, which is %v %v", got, i, x.DType(), x.Shape())
			}
		}
		return append(make([]tf.Output, n), dxs...)
	})
	return outs[:n]
}

// Recompute computes f(xs) and keeps nothing of its inside for the gradient, which
// computes f again: less memory for more time (tf.recompute_grad in Python). f may
// use variables; their gradients are found as if they were among xs. Other values
// that f depends on must be among xs. It is refused where f would not give the same
// again.
func Recompute(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) []tf.Output, xs ...tf.Output) []tf.Output {
	if f == nil {
		s.Fail("Recompute", tf.InvalidArgument, "want a function")
	}
	if s.Err() != nil {
		return nil
	}
	seen := tf.NewRecorder()
	seen.WatchVariables(true)
	seen.NoteAll(true)
	inside := s.Apart()
	ys := f(inside.Recording(seen), xs)
	s.SetErr(inside.Err())
	for _, o := range seen.Ops() {
		if !repeatable(o) {
			s.Fail("Recompute", tf.Unimplemented, "f runs %s, which would not give the same again; use stateless operations", described(o))
		}
	}
	n := len(xs)
	outs := custom(s, ys, func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output {
		return recomputed(s, f, xs, dys, n)
	}, append(xs[:n:n], seen.Variables()...))
	if s.Eager() {
		inside.Close()
	}
	return outs
}

// recomputed are the gradients of f, computed again, by xs, of which f takes n.
func recomputed(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) []tf.Output, xs, dys []tf.Output, n int) []tf.Output {
	inside := s
	if s.Eager() && !s.Recorded() {
		inside = s.Apart()
		defer inside.Close()
	}
	later := inside.After(dys...) // else a graph would find that it has computed this already
	again := slices.Clone(xs)
	for i := range n {
		again[i] = op.Identity(later, xs[i])
	}
	t, ts := NewTape(later)
	t.Watch(again...)
	dxs := t.Pullback(f(ts, again[:n]), dys, again...)
	s.SetErr(inside.Err())
	if inside != s {
		for i, d := range dxs {
			if !d.IsNil() {
				dxs[i] = op.Identity(s, d)
			}
		}
	}
	return dxs
}
