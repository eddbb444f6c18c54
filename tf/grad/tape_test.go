package grad_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func TestJacobian(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x, w := tf.Const(l.Scope, []float64{1, 2, 3}), tf.Const(l.Scope, []float64{2, 5})
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x, w)
		y := op.Mul(s, op.ExpandDims(s, w, axis(s, 1)), op.Square(s, x)) // [2 3]
		d := tape.Jacobian(y, x, w, tf.Const(l.Scope, []float64{1}))
		if !d[2].IsNil() {
			t.Errorf("Jacobian of what y does not depend on = %v, want none", d[2])
		}
		got := l.fetch(d...)
		near(t, "by x", got[0], []float64{4, 0, 0, 0, 8, 0, 0, 0, 12, 10, 0, 0, 0, 20, 0, 0, 0, 30}, 1e-12)
		near(t, "by w", got[1], []float64{1, 0, 4, 0, 9, 0, 0, 1, 0, 4, 0, 9}, 1e-12)
		if want := (tf.Shape{2, 3, 3}); l.Eager() && !d[0].Shape().Equal(want) {
			t.Errorf("shape %v, want %v", d[0].Shape(), want)
		}
	})
}

func TestBatchJacobian(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2, 3, 4}, 2, 2)
		m := tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x)
		y := op.MatMul(s, op.Square(s, x), m, nil) // [2 3]
		d := tape.BatchJacobian(y, x)              // [2 3 2]
		near(t, "batch Jacobian", l.fetch(d)[0], []float64{2, 16, 4, 20, 6, 24, 6, 32, 12, 40, 18, 48}, 1e-12)
	})
}

func TestForwardMode(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x, z := tf.Const(l.Scope, []float64{1, 2}), tf.Const(l.Scope, []float64{3, 5})
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x, z)
		ys := []tf.Output{op.Mul(s, x, z), op.Exp(s, x), op.Neg(s, tf.Const(s, []float64{1}))}
		d := tape.JVP(ys, []tf.Output{x, z}, []tf.Output{tf.Const(l.Scope, []float64{10, 1}), tf.Const(l.Scope, []float64{0, 1})})
		if !d[2].IsNil() {
			t.Errorf("change of a constant = %v, want none", d[2])
		}
		got, e := l.fetch(d[0], d[1]), l.fetch(op.Exp(l.Scope, x))[0]
		near(t, "of x*z", got[0], []float64{30, 5 + 2}, 1e-12)
		near(t, "of exp(x)", got[1], []float64{10 * e[0], e[1]}, 1e-12)
	})
}

func TestHessianVectorProduct(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2, 3})
		v := tf.Const(l.Scope, []float64{1, 0, 2})
		f := func(s *tf.Scope, xs []tf.Output) tf.Output { // (sum x^2)^2: H = 8 x x' + 4 |x|^2 I
			return op.Square(s, op.Sum(s, op.Square(s, xs[0]), axis(s, 0), nil))
		}
		y, d := grad.HVP(l.Scope, f, []tf.Output{x}, []tf.Output{v})
		got := l.fetch(y, d[0])
		near(t, "value", got[0], []float64{196}, 1e-12)
		near(t, "product", got[1], []float64{8*7 + 56, 16 * 7, 24*7 + 112}, 1e-12)
	})
}

func TestTapeStops(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{3})
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x)
		y := op.Square(s, x)
		var z tf.Output
		tape.Stop(func() { z = op.Mul(s, y, y) })
		y = op.AddV2(s, y, z)
		got := l.fetch(tape.Gradient(y, x)...)
		near(t, "gradient", got[0], []float64{6}, 1e-12)
		tape.Reset()
		if d := tape.Gradient(op.Square(s, x), x); !d[0].IsNil() {
			t.Errorf("gradient after Reset = %v, want none", d[0])
		}
	})
}

// TestVariablesWatched: variables are watched without being told, unless that is
// switched off.
func TestVariablesWatched(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
		defer v.Close()
		s := l.After(v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))
		tape, ts := grad.NewTape(s)
		y := op.Square(ts, v.Read(ts))
		tape.WatchVariables(false)
		w := tf.NewVariable(l.Scope, "w", tf.Float64, tf.Shape{2})
		defer w.Close()
		z := op.Square(ts.After(w.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3}))), w.Read(ts.After(w.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))))
		if got := tape.Variables(); !slices.Equal(got, []tf.Output{v.Handle()}) {
			t.Errorf("variables = %v, want %v", got, v.Handle())
		}
		d := tape.Gradient(op.AddV2(ts, y, z), v.Handle(), w.Handle())
		if len(d) != 2 || !d[1].IsNil() {
			t.Fatalf("gradients = %v, %v, want one", d, l.Err())
		}
		near(t, "gradient", l.fetch(d[0])[0], []float64{4, 6}, 1e-12)
	})
}

func TestUnconnected(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x, z := tf.Const(l.Scope, []float64{3, 4}), tf.Const(l.Scope, []float64{1})
		xs := []tf.Output{x, z}
		d := l.gradients(func(s *tf.Scope) tf.Output { return op.Square(s, x) }, xs...)
		got := l.fetch(grad.OrZeros(l.Scope, d, xs)...)
		if !slices.Equal(got[0], []float64{6, 8}) || !slices.Equal(got[1], []float64{0}) {
			t.Errorf("gradients = %v, want [6 8] and [0]", got)
		}
		grad.OrFail(l.Scope, d, xs)
		wantError(t, l.Err(), tf.NotFound, "no y depends on x 1, Const")
	})
}

func TestBatchJacobianRefused(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2, 3, 4}, 2, 2)
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x)
		tape.BatchJacobian(sumOf(s, x), x)
		wantError(t, l.Err(), tf.InvalidArgument, "BatchJacobian at tape_test.go:", "want y and x of shapes (b, ...)", "is () and x", "is (2, 2)")
	})
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x)
		tape.BatchJacobian(op.Transpose(s, x, tf.Const(s, []int32{1, 0})), x)
		wantError(t, l.Err(), tf.InvalidArgument, "with the same b", "is (3, 2) and x", "is (2, 3)")
	})
}
