package grad_test

import (
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// straight rounds, with the gradient of the identity, doubled so that it shows.
func straight(s *tf.Scope, x tf.Output) tf.Output {
	return last(grad.Custom(s,
		func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{op.Rint(s, xs[0])} },
		func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output {
			return []tf.Output{op.Mul(s, dys[0], op.Square(s, xs[0]))}
		}, x))
}

func TestCustom(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1.2, 2.7})
		value := straight(l.Scope, x)
		d := l.gradients(func(s *tf.Scope) tf.Output { return op.Square(s, straight(s, x)) }, x)
		twice := l.gradients(func(s *tf.Scope) tf.Output {
			return lab{s, t, nil}.gradients(func(s *tf.Scope) tf.Output { return straight(s, x) }, x)[0]
		}, x)
		got := l.fetch(value, d[0], twice[0])
		near(t, "value", got[0], []float64{1, 3}, 1e-12)
		near(t, "gradient", got[1], []float64{2 * 1.44, 6 * 7.29}, 1e-12)
		near(t, "second", got[2], []float64{2.4, 5.4}, 1e-12)
	})
}

// TestCustomInFunction: the gradient goes along with a function's body.
func TestCustomInFunction(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1.2, 2.7})
		f := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{straight(s, in[0])} })
		defer f.Close()
		d := l.gradients(func(s *tf.Scope) tf.Output { return f.Call(s, x)[0] }, x)
		near(t, "gradient", l.fetch(d...)[0], []float64{1.44, 7.29}, 1e-12)
	})
}

func TestCustomRefused(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1.2, 2.7})
		l.gradients(func(s *tf.Scope) tf.Output {
			return last(grad.Custom(s,
				func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{op.Rint(s, xs[0])} },
				func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output { return nil }, x))
		}, x)
		wantError(t, l.Err(), tf.InvalidArgument, "IdentityN", "0 gradients for 1 xs")
	})
}

// TestRecompute: value and gradients, also of a variable, are those of f; in a graph
// f's operations are there twice.
func TestRecompute(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
		defer v.Close()
		s := l.After(v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))
		x := tf.Const(l.Scope, []float64{0.5, 1})
		f := func(s *tf.Scope, xs []tf.Output) []tf.Output {
			return []tf.Output{op.Mul(s, op.Exp(s, op.Mul(s, xs[0], v.Read(s))), xs[0])}
		}
		both := func(g func(s *tf.Scope) tf.Output) [][]float64 {
			return l.fetch(lab{s, t, nil}.gradients(g, x, v.Handle())...)
		}
		want := both(func(s *tf.Scope) tf.Output { return f(s, []tf.Output{x})[0] })
		got := both(func(s *tf.Scope) tf.Output { return grad.Recompute(s, f, x)[0] })
		near(t, "by x", got[0], want[0], 1e-12)
		near(t, "by v", got[1], want[1], 1e-12)
		if l.Eager() {
			return
		}
		exps := 0
		for _, o := range l.Graph().Ops() {
			if o.Type() == "Exp" {
				exps++
			}
		}
		if exps != 3 { // one of f itself, two of Recompute
			t.Errorf("the graph has %d Exp, want 3", exps)
		}
	})
}

// TestCustomShapes: a pullback that gives another shape or type than that of x.
func TestCustomShapes(t *testing.T) {
	for _, tc := range []struct {
		want     string
		pullback func(s *tf.Scope, dy tf.Output) tf.Output
	}{
		{"float64 ()", func(s *tf.Scope, dy tf.Output) tf.Output { return sumOf(s, dy) }},
		{"float64 (1, 2)", func(s *tf.Scope, dy tf.Output) tf.Output { return op.ExpandDims(s, dy, axis(s, 0)) }},
		{"float32 (2,)", func(s *tf.Scope, dy tf.Output) tf.Output { return op.Cast(s, dy, tf.Float32, nil) }},
	} {
		inBothModes(t, func(t *testing.T, l lab) {
			x, z := tf.Const(l.Scope, []float64{1, 2, 3}), tf.Const(l.Scope, []float64{1.2, 2.7})
			l.gradients(func(s *tf.Scope) tf.Output {
				return last(grad.Custom(s,
					func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{op.Rint(s, xs[1])} },
					func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output {
						return []tf.Output{{}, tc.pullback(s, dys[0])}
					}, x, z))
			}, z)
			wantError(t, l.Err(), tf.InvalidArgument, "IdentityN", "the pullback returned "+tc.want+" for x 1, which is float64 (2,)")
		})
	}
}

// TestRecomputeFrees: an eager scope keeps the results only.
func TestRecomputeFrees(t *testing.T) {
	l := eagerLab(t)
	x := tf.Const(l.Scope, []float64{0.5, 1})
	tape, s := grad.NewTape(l.Scope)
	tape.Watch(x)
	before := handle.Live()
	y := grad.Recompute(s, func(s *tf.Scope, xs []tf.Output) []tf.Output {
		v := xs[0]
		for range 20 {
			v = op.Sin(s, v)
		}
		return []tf.Output{v}
	}, x)[0]
	d := tape.Gradient(y, x)[0]
	if l.Err() != nil || d.IsNil() {
		t.Fatal(l.Err())
	}
	if more := handle.Live() - before; more > 6 {
		t.Errorf("%d more values are alive", more)
	}
}

func TestRecomputeRefused(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{0.5, 1})
		grad.Recompute(l.Scope, func(s *tf.Scope, xs []tf.Output) []tf.Output {
			return []tf.Output{op.Mul(s, xs[0], op.RandomUniform(s, tf.Const(s, []int32{2}), tf.Float64, nil))}
		}, x)
		wantError(t, l.Err(), tf.Unimplemented, "RandomUniform", "custom_test.go:", "stateless")
	})
}

func TestCustomVariables(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
		defer v.Close()
		s := l.After(v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))
		x := tf.Const(l.Scope, []float64{0.5, 1})
		grad.Custom(s,
			func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{op.Mul(s, xs[0], v.Read(s))} },
			func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output { return dys }, x)
		wantError(t, l.Err(), tf.InvalidArgument, "Custom", "variable", "Handle")
	})
}
