package grad_test

import (
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// The snippets of docs/gradients.md.

// eager gives an eager scope, and what ends it.
func eager() (*tf.Scope, func()) {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	s := e.Scope()
	return s, func() {
		s.Close()
		e.Close()
	}
}

// show prints values, or what failed.
func show(s *tf.Scope, outs ...tf.Output) {
	for _, o := range outs {
		v, err := o.Value()
		if s.Err() != nil {
			err = s.Err()
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v)
		v.Close()
	}
}

func ExampleTape_Jacobian() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{1, 2, 3, 4}, 2, 2)
	t, ts := grad.NewTape(s)
	t.Watch(x)
	y := op.Softmax(ts, op.Square(ts, x))
	all := t.Jacobian(y, x)[0]    // (2, 2, 2, 2): each of y by each of x
	each := t.BatchJacobian(y, x) // (2, 2, 2): row by row
	show(s, op.Shape(s, all, nil), op.Shape(s, each, nil))
	// Output:
	// int32 (4,) [2 2 2 2]
	// int32 (3,) [2 2 2]
}

func ExampleTape_JVP() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{1, 2, 3})
	t, ts := grad.NewTape(s)
	t.Watch(x)
	y := op.Square(ts, x)
	along := tf.Const(s, []float32{1, 0, 10})
	dy := t.JVP([]tf.Output{y}, []tf.Output{x}, []tf.Output{along})
	show(s, dy...)
	// Output: float32 (3,) [2 0 60]
}

func ExampleHVP() {
	s, done := eager()
	defer done()
	x, v := tf.Const(s, []float32{1, 2, 3}), tf.Const(s, []float32{1, 0, 1})
	y, hv := grad.HVP(s, func(s *tf.Scope, xs []tf.Output) tf.Output {
		return op.Sum(s, op.Mul(s, xs[0], op.Square(s, xs[0])), tf.ConstScalar(s, int32(0)), nil) // x³
	}, []tf.Output{x}, []tf.Output{v})
	show(s, y, hv[0])
	// Output:
	// float32 () [36]
	// float32 (3,) [6 0 18]
}

// The gradient is that of the values before they were rounded.
func ExampleCustom() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{0.2, 0.7})
	t, ts := grad.NewTape(s)
	t.Watch(x)
	y := grad.Custom(ts,
		func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{op.Round(s, xs[0])} },
		func(s *tf.Scope, xs, ys, dys []tf.Output) []tf.Output { return dys }, // as if nothing were rounded
		x)
	show(s, y[0], t.Gradient(y[0], x)[0])
	// Output:
	// float32 (2,) [0 1]
	// float32 (2,) [1 1]
}

func ExampleRecompute() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{0, 1})
	t, ts := grad.NewTape(s)
	t.Watch(x)
	block := func(s *tf.Scope, xs []tf.Output) []tf.Output {
		return []tf.Output{op.Tanh(s, op.Square(s, xs[0]))}
	}
	y := grad.Recompute(ts, block, x)[0]
	z := block(ts, []tf.Output{x})[0]
	show(s, op.Sub(s, t.Gradient(y, x)[0], t.Gradient(z, x)[0]))
	// Output: float32 (2,) [0 0]
}

// The gradient of a table of a million rows, of which two are looked up.
func ExampleTape_Sparse() {
	s, done := eager()
	defer done()
	table := tf.NewVariable(s, "table", tf.Float32, tf.Shape{1_000_000, 2})
	defer table.Close()
	table.Assign(s, op.Fill(s, tf.Const(s, []int32{1_000_000, 2}), tf.ConstScalar(s, float32(1))))
	words := tf.Const(s, []int32{7, 123_456, 7})

	t, ts := grad.NewTape(s)
	rows := op.ResourceGather(ts, table.Handle(), words, tf.Float32, nil)
	loss := op.L2Loss(ts, rows)
	d := t.Sparse(loss, table.Handle())[0].Unique(s) // rows for the same place added up
	show(s, d.Indices, d.Values)

	op.ResourceScatterSub(s, table.Handle(), d.Indices, op.Mul(s, d.Values, tf.ConstScalar(s, float32(0.1))))
	show(s, op.ResourceGather(s, table.Handle(), d.Indices, tf.Float32, nil))
	// Output:
	// int32 (2,) [7 123456]
	// float32 (2, 2) [2 2 1 1]
	// float32 (2, 2) [0.8 0.8 0.9 0.9]
}

func ExampleSparseGradients() {
	g, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	table := tf.NewVariable(s, "table", tf.Float32, tf.Shape{1_000_000, 2})
	words := tf.Placeholder(s, tf.Int32, tf.Shape{-1})
	rows := op.ResourceGather(s, table.Handle(), words, tf.Float32, nil)
	d := grad.SparseGradients(s, []tf.Output{op.L2Loss(s, rows)}, []tf.Output{table.Handle()}, nil)
	fmt.Println(d[0].IsSparse(), d[0].Values.Shape(), s.Err())
	// Output: true (None, 2) <nil>
}

func ExampleClipByGlobalNorm() {
	s, done := eager()
	defer done()
	grads := []tf.Output{tf.Const(s, []float32{3, 0}), tf.Const(s, []float32{0, 4})}
	clipped, norm := grad.ClipByGlobalNorm(s, grads, 1)
	show(s, norm, clipped[0], clipped[1])
	// Output:
	// float32 () [5]
	// float32 (2,) [0.6 0]
	// float32 (2,) [0 0.8]
}

func ExampleOrZeros() {
	s, done := eager()
	defer done()
	x, z := tf.Const(s, []float32{1, 2}), tf.Const(s, []float32{3, 4})
	t, ts := grad.NewTape(s)
	xs := []tf.Output{x, z}
	t.Watch(xs...)
	y := op.Square(ts, x)
	ds := grad.OrZeros(s, t.Gradient(y, xs...), xs) // zeros for z
	show(s, ds...)
	grad.OrFail(s, t.Gradient(y, xs...), xs) // an error in s.Err()
	fmt.Println(s.Err() != nil)
	// Output:
	// float32 (2,) [2 4]
	// float32 (2,) [0 0]
	// true
}

func ExampleTape_GradientOrFail() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{1, 2})
	t, ts := grad.NewTape(s)
	y := op.Square(ts, x) // before Watch
	t.GradientOrFail(y, x)
	fmt.Println(errors.Is(s.Err(), tf.NotFound))
	// Output: true
}

func ExampleCheck() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float64{-1, 0.5, 2})
	err := grad.Check(s, func(s *tf.Scope, xs []tf.Output) tf.Output {
		return op.Mul(s, op.Exp(s, xs[0]), op.StopGradient(s, xs[0])) // half of the gradient is lost
	}, x)
	fmt.Println(strings.Contains(err.Error(), "x 0, element [2] of shape (3,): the gradient is 10.86"))
	// Output: true
}
