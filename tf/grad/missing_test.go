package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// What docs/gradients.md says of gradients that are missing.
func TestMissingGradient(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		s := l.Scope
		v := tf.NewVariable(s, "v", tf.Float32, tf.Shape{2})
		t.Cleanup(func() { v.Close() })
		v.Assign(s, tf.Const(s, []float32{1, 2}))
		for _, tc := range []struct {
			name  string
			wrong func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output
			right func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output
		}{
			{"not watched", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				return t.Gradient(op.Square(ts, x), x)
			}, func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				return t.Gradient(op.Square(ts, x), x)
			}},
			{"watched too late", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				y := op.Square(ts, x)
				t.Watch(x)
				return t.Gradient(y, x)
			}, func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				y := op.Square(ts, x)
				return t.Gradient(y, x)
			}},
			{"computed on s", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				return t.Gradient(op.Exp(ts, op.Square(s, x)), x)
			}, func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				return t.Gradient(op.Exp(ts, op.Square(ts, x)), x)
			}},
			{"by another read", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				return t.Gradient(op.Square(ts, v.Read(ts)), v.Read(ts))
			}, func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				return t.Gradient(op.Square(ts, v.Read(ts)), v.Handle())
			}},
			{"flat", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				return t.Gradient(op.Floor(ts, x), x)
			}, nil},
			{"through a comparison", func(t *grad.Tape, s, ts *tf.Scope, x tf.Output) []tf.Output {
				t.Watch(x)
				return t.Gradient(op.Cast(ts, op.Greater(ts, x, op.ZerosLike(ts, x)), tf.Float32, nil), x)
			}, nil},
		} {
			t.Run(tc.name, func(t *testing.T) {
				x := tf.Const(s, []float32{1, 2})
				tape, ts := grad.NewTape(s)
				if d := tc.wrong(tape, s, ts, x); !d[0].IsNil() || s.Err() != nil {
					t.Errorf("there is a gradient, %v, or an error, %v", d, s.Err())
				}
				if tc.right == nil {
					return
				}
				tape, ts = grad.NewTape(s)
				if d := tc.right(tape, s, ts, x); d[0].IsNil() || s.Err() != nil {
					t.Errorf("there is no gradient, %v", s.Err())
				}
			})
		}
		tape, ts := grad.NewTape(s)
		x := tf.Const(s, []float32{1, 2})
		tape.Watch(x)
		whole := op.Cast(ts, op.Cast(ts, x, tf.Int32, nil), tf.Float32, nil)
		if tape.Gradient(whole, x); s.Err() == nil {
			t.Error("a path through integers is no error")
		}
	})
}

// An operation on a gradient that is missing fails the scope.
func TestUseOfMissingGradient(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		if op.Square(l.Scope, tf.Output{}); l.Err() == nil {
			t.Error("the square of nothing is no error")
		}
	})
}
