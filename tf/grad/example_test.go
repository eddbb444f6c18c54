package grad_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func Example() {
	g, err := tf.NewGraph()
	if err != nil {
		panic(err)
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float64, tf.Shape{})
	y := op.Mul(s, x, op.Square(s, x)) // x^3
	dy := grad.Gradients(s, []tf.Output{y}, []tf.Output{x}, nil)
	d2y := grad.Gradients(s, dy, []tf.Output{x}, nil)
	if s.Err() != nil {
		panic(s.Err())
	}

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		panic(err)
	}
	defer sess.Close()
	two, _ := tf.NewScalar(2.0)
	defer two.Close()
	got, err := sess.Run(context.Background(), []tf.Feed{{Output: x, Tensor: two}}, []tf.Output{y, dy[0], d2y[0]})
	if err != nil {
		panic(err)
	}
	for _, t := range got {
		v, _ := tf.Values[float64](t)
		fmt.Println(v[0])
		t.Close()
	}
	// Output:
	// 8
	// 12
	// 12
}

func ExampleTape() {
	if err := slope(); err != nil {
		panic(err)
	}
	// Output: [2 4 6] <nil>
}

// slope prints the gradient of the sum of squares.
func slope() error {
	e, err := tf.NewEager(nil)
	if err != nil {
		return err
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	x := tf.Const(s, []float32{1, 2, 3})
	t, ts := grad.NewTape(s)
	t.Watch(x)
	y := op.Sum(ts, op.Square(ts, x), tf.Const(ts, []int32{0}), nil)
	dx := t.Gradient(y, x)[0]
	if s.Err() != nil {
		return s.Err()
	}
	v, err := dx.Value()
	if err != nil {
		return err
	}
	defer v.Close()
	fmt.Println(tf.Values[float32](v)) // [2 4 6] <nil>
	return nil
}

// AdjustContrast moves each pixel away from its channel's mean.
func ExampleRegister() {
	err := grad.Register("AdjustContrastv2", func(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
		factor, plane := o.Input(1), tf.Const(s, []int32{-3, -2})
		mean := op.Mean(s, dy[0], plane, &op.MeanAttrs{KeepDims: true})
		return []tf.Output{op.AddV2(s, op.Mul(s, factor, op.Sub(s, dy[0], mean)), mean)}
	})
	if err != nil {
		panic(err)
	}
	e, err := tf.NewEager(nil)
	if err != nil {
		panic(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	contrast := func(s *tf.Scope, x []tf.Output) tf.Output {
		return op.AdjustContrastv2(s, x[0], tf.ConstScalar(s, float32(0.5)))
	}
	fmt.Println(grad.Check(s, contrast, tf.Const(s, []float32{1, 3, 2, 5}, 2, 2, 1)))
	// Output: <nil>
}
