package grad_test

import (
	"context"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// TestGradientOrFail: why a gradient is missing.
func TestGradientOrFail(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output)
		want string // empty: there is a gradient
	}{
		{"there", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			tape.Watch(x)
			return op.Square(ts, x), x
		}, ""},
		{"not watched", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			return op.Square(ts, x), x
		}, "it was not watched; call Watch before y is computed"},
		{"watched too late", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			y = op.Square(ts, x)
			tape.Watch(x)
			return y, x
		}, "nothing used it on the tape's scope after it was watched"},
		{"computed on another scope", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			tape.Watch(x)
			return op.Square(s, x), x
		}, "nothing used it on the tape's scope after it was watched"},
		{"ended on another scope", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			tape.Watch(x)
			return op.Square(s, op.Neg(ts, x)), x
		}, "y depends on nothing that the tape watched; compute it on the tape's scope"},
		{"flat", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			tape.Watch(x)
			return op.Floor(ts, x), x
		}, "only through operations that have no slope"},
		{"a read of a variable", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			return op.Square(ts, v.Read(ts)), v.Read(s)
		}, "ask for the gradient by the variable's Handle"},
		{"a variable", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			return op.Square(ts, v.Read(ts)), v.Handle()
		}, ""},
		{"a variable read on another scope", func(tape *grad.Tape, s, ts *tf.Scope, x tf.Output, v *tf.Variable) (y, by tf.Output) {
			return op.Square(ts, v.Read(s)), v.Handle()
		}, "nothing on the tape's scope used this variable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
				defer v.Close()
				x := tf.Const(l.Scope, []float64{1, 2})
				s := l.After(v.Assign(l.Scope, x))
				tape, ts := grad.NewTape(s)
				y, by := tc.f(tape, s, ts, x, v)
				got := tape.GradientOrFail(y, by)
				if tc.want == "" {
					near(t, "gradient", l.fetch(got...)[0], []float64{2, 4}, 0)
					return
				}
				wantError(t, l.Err(), tf.NotFound, "gradients at connected_test.go:", "does not depend on x 0, "+by.Name(), tc.want)
			})
		})
	}
}

// TestOrFailVariable: in a graph, each Read is another value.
func TestOrFailVariable(t *testing.T) {
	l := graphLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
	y, xs := op.Square(l.Scope, v.Read(l.Scope)), []tf.Output{v.Read(l.Scope)}
	grad.OrFail(l.Scope, grad.Gradients(l.Scope, []tf.Output{y}, xs, nil), xs)
	wantError(t, l.Err(), tf.NotFound, "gradients at connected_test.go:", "no y depends on x 0, ReadVariableOp", "the variable's Handle")
}

// TestOrZerosVariable: zeros of the shape of a variable, also captured by a function.
func TestOrZerosVariable(t *testing.T) {
	l := graphLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2, 2})
	x := tf.Const(l.Scope, []float64{3})
	set := v.Assign(l.Scope, tf.Const(l.Scope, []float64{1, 2, 3, 4}, 2, 2))
	zeros := func(s *tf.Scope) []tf.Output {
		xs := []tf.Output{x, v.Handle()}
		return grad.OrZeros(s, grad.Gradients(s, []tf.Output{op.Square(s, x)}, xs, nil), xs)
	}
	f := function(l.Scope, 0, func(s *tf.Scope, _ []tf.Output) []tf.Output { return zeros(s) })
	defer f.Close()
	later := l.After(set)
	fetches := append(zeros(later), f.Call(later)...)
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	sess, err := tf.NewSession(l.Graph(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	got, err := sess.Run(context.Background(), nil, fetches)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]float64{{6}, {0, 0, 0, 0}, {6}, {0, 0, 0, 0}} {
		defer got[i].Close()
		if v := wide(t, got[i]); !slices.Equal(v, want) {
			t.Errorf("gradient %d = %v, want %v", i, v, want)
		}
	}
}

// TestNumberOfGradients: OrZeros and OrFail need the gradient of each x.
func TestNumberOfGradients(t *testing.T) {
	for name, f := range map[string]func(s *tf.Scope, dxs, xs []tf.Output) []tf.Output{"OrZeros": grad.OrZeros, "OrFail": grad.OrFail} {
		l := graphLab(t)
		f(l.Scope, make([]tf.Output, 2), []tf.Output{tf.Const(l.Scope, []float64{1})})
		wantError(t, l.Err(), tf.InvalidArgument, name+" at connected_test.go:", "2 gradients and 1 xs")
	}
}
