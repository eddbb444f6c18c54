package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Custom computes f(xs) with a gradient of your own: pullback gives the gradients
// of xs, of their shapes and types or the zero Output where there is none, from xs,
// the results ys and the gradients of those, dys, which are zeros where nothing
// depends on a result.
// It should use values given to it only, not others of f, so that it also works
// where the operations are those of a function. Variables that f uses get no
// gradient, unless their handles are among xs. See [Recompute] for f whose
// gradient is only to be computed anew (tf.custom_gradient in Python).
func Custom(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) []tf.Output,
	pullback func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output, xs ...tf.Output) []tf.Output {
	ys := f(s, xs)
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
// use variables; their gradients are found as if they were among xs.
func Recompute(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) []tf.Output, xs ...tf.Output) []tf.Output {
	seen := tf.NewRecorder()
	seen.WatchVariables(true)
	n := len(xs)
	var ys []tf.Output
	all := xs[:n:n]
	keep := func(*tf.Scope, []tf.Output) []tf.Output { return ys }
	ys = f(s.Recording(seen), xs)
	if s.Err() != nil {
		return nil
	}
	all = append(all, seen.Variables()...)
	return Custom(s, keep, func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output {
		later := s.After(dys...) // else a graph would find that it has computed this already
		again := make([]tf.Output, len(xs))
		for i, x := range xs {
			again[i] = x
			if i < n {
				again[i] = op.Identity(later, x)
			}
		}
		t, ts := NewTape(later)
		t.Watch(again...)
		return t.Pullback(f(ts, again[:n]), dys, again...)
	}, all...)
}
