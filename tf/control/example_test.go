package control_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// eager gives an eager scope, and what ends it.
func eager() (*tf.Scope, func()) {
	e, err := tf.NewEager(nil)
	if err != nil {
		panic(err)
	}
	s := e.Scope()
	return s, func() {
		s.Close()
		e.Close()
	}
}

// show prints values, or the scope's error.
func show(s *tf.Scope, outs ...tf.Output) {
	for _, o := range outs {
		t, err := o.Value()
		if s.Err() != nil {
			err = s.Err()
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(t)
		t.Close()
	}
}

// The greatest common divisor, in a graph: how often the loop turns is known
// only when it runs.
func Example() {
	g, err := tf.NewGraph()
	if err != nil {
		panic(err)
	}
	defer g.Close()
	s := g.Scope()
	a, b := tf.Placeholder(s, tf.Int64, tf.Shape{}), tf.Placeholder(s, tf.Int64, tf.Shape{})
	gcd := control.While(s, []tf.Output{a, b},
		func(s *tf.Scope, v []tf.Output) tf.Output {
			return op.NotEqual(s, v[1], tf.ConstScalar(s, int64(0)), nil)
		},
		func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{v[1], op.FloorMod(s, v[0], v[1])}
		}, nil)
	if s.Err() != nil {
		panic(s.Err())
	}

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		panic(err)
	}
	defer sess.Close()
	x, _ := tf.NewScalar(int64(1071))
	defer x.Close()
	y, _ := tf.NewScalar(int64(462))
	defer y.Close()
	out, err := sess.Run(context.Background(), []tf.Feed{{Output: a, Tensor: x}, {Output: b, Tensor: y}}, gcd[:1])
	if err != nil {
		panic(err)
	}
	defer out[0].Close()
	fmt.Println(tf.Values[int64](out[0]))
	// Output: [21] <nil>
}

func ExampleWhile() {
	s, done := eager()
	defer done()
	out := control.While(s, []tf.Output{tf.ConstScalar(s, int32(0)), tf.ConstScalar(s, float32(1))},
		func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[0], tf.ConstScalar(s, int32(5))) },
		func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], tf.ConstScalar(s, int32(1))), op.Mul(s, v[1], tf.ConstScalar(s, float32(3)))}
		}, nil)
	show(s, out[1])
	// Output: float32 () [243]
}

func ExampleIf() {
	s, done := eager()
	defer done()
	x := tf.ConstScalar(s, float32(-2))
	y := control.If(s, op.Less(s, x, tf.ConstScalar(s, float32(0))),
		func(s *tf.Scope) []tf.Output { return []tf.Output{op.Neg(s, x)} },
		func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sqrt(s, x)} })
	show(s, y...)
	// Output: float32 () [2]
}

func ExampleCase() {
	s, done := eager()
	defer done()
	x := tf.ConstScalar(s, float32(9))
	y := control.Case(s, tf.ConstScalar(s, int32(1)),
		func(s *tf.Scope) []tf.Output { return []tf.Output{x} },
		func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sqrt(s, x)} },
		func(s *tf.Scope) []tf.Output { return []tf.Output{op.Square(s, x)} })
	show(s, y...)
	// Output: float32 () [3]
}

func ExampleMap() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{1, 2, 3, 4, 5, 6}, 3, 2)
	w := tf.Const(s, []float32{10, 1})
	y := control.Map(s, []tf.Output{x}, func(s *tf.Scope, row []tf.Output) []tf.Output {
		return []tf.Output{op.Sum(s, op.Mul(s, row[0], w), tf.ConstScalar(s, int32(0)), nil)}
	}, nil)
	show(s, y...)
	// Output: float32 (3,) [12 34 56]
}

// A running sum, and its gradient: the first element is in all four sums.
func ExampleScan() {
	s, done := eager()
	defer done()
	x := tf.Const(s, []float32{1, 2, 3, 4})
	t, ts := grad.NewTape(s)
	t.Watch(x)
	sums := control.Scan(ts, []tf.Output{x}, []tf.Output{tf.ConstScalar(s, float32(0))},
		func(s *tf.Scope, state, x []tf.Output) []tf.Output { return []tf.Output{op.AddV2(s, state[0], x[0])} }, nil)
	show(s, sums[0], t.Gradient(sums[0], x)[0])
	// Output:
	// float32 (4,) [1 3 6 10]
	// float32 (4,) [4 3 2 1]
}

// The digits of a number, from the right: 1 + 10*(2 + 10*3).
func ExampleFold() {
	s, done := eager()
	defer done()
	digits := tf.Const(s, []int32{1, 2, 3})
	number := control.Fold(s, []tf.Output{digits}, []tf.Output{tf.ConstScalar(s, int32(0))},
		func(s *tf.Scope, n, d []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, op.Mul(s, n[0], tf.ConstScalar(s, int32(10))), d[0])}
		}, &control.ScanOptions{Reverse: true})
	show(s, number...)
	// Output: int32 () [321]
}

// A list that grows while a loop turns.
func ExampleList() {
	s, done := eager()
	defer done()
	powers := control.NewList(s, tf.Int32, tf.Shape{})
	out := control.While(s, []tf.Output{tf.ConstScalar(s, int32(1)), powers.Handle},
		func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[0], tf.ConstScalar(s, int32(100))) },
		func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], v[0]), powers.With(v[1]).Push(s, v[0]).Handle}
		}, nil)
	all := powers.With(out[1]).Stack(s) // 1, 2, 4 ... 64
	show(s, all)
	// Output: int32 (7,) [1 2 4 8 16 32 64]
}
