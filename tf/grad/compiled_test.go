package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// TestCompiled: a gradient through a compiled function, and one compiled whole.
func TestCompiled(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{0.5, 2})
		f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return op.Mul(s, x, op.Exp(s, x)) }, &tf.TraceOptions{JIT: true})
		defer f.Close()
		slope := tf.Trace("slope", func(s *tf.Scope, x tf.Output) tf.Output {
			tape, ts := grad.NewTape(s)
			tape.Watch(x)
			return tape.Gradient(op.Mul(ts, x, op.Exp(ts, x)), x)[0]
		}, &tf.TraceOptions{JIT: true})
		defer slope.Close()
		through := l.gradients(func(s *tf.Scope) tf.Output { return f.Call(s, x) }, x)[0]
		got := l.fetch(through, slope.Call(l.Scope, x), op.Exp(l.Scope, x))
		want := []float64{1.5 * got[2][0], 3 * got[2][1]}
		near(t, "through", got[0], want, 1e-12)
		near(t, "whole", got[1], want, 1e-12)
	})
}
