package op_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// On an eager scope an operation runs at once.
func Example_eager() {
	e, err := tf.NewEager(nil)
	if err != nil {
		panic(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	x := tf.Const(s, []float32{1, -2, 3, -4}, 2, 2)
	y := op.Relu(s, op.MatMul(s, x, x, &op.MatMulAttrs{TransposeB: true}))
	total := op.Sum(s, y, tf.ConstScalar(s, int32(1)), nil)

	t, err := total.Value()
	if err != nil {
		panic(err)
	}
	defer t.Close()
	fmt.Println(tf.Values[float32](t))
	// Output: [16 36] <nil>
}

// On a graph scope it becomes a node, which a session runs.
func Example_graph() {
	g, err := tf.NewGraph()
	if err != nil {
		panic(err)
	}
	defer g.Close()
	s := g.Scope()
	x := op.Placeholder(s.Named("x"), tf.Float32, &op.PlaceholderAttrs{Shape: tf.Shape{-1}})
	values, indices := op.TopKV2(s.Named("top"), x, tf.ConstScalar(s, int32(2)), nil)
	if s.Err() != nil {
		panic(s.Err())
	}
	fmt.Println(values.Name(), values.Shape(), indices.Name(), indices.DType())

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		panic(err)
	}
	defer sess.Close()
	in, err := tf.NewTensor([]float32{3, 9, 5})
	if err != nil {
		panic(err)
	}
	defer in.Close()
	out, err := sess.Run(context.Background(), []tf.Feed{{Output: x, Tensor: in}}, []tf.Output{values, indices})
	if err != nil {
		panic(err)
	}
	defer out[0].Close()
	defer out[1].Close()
	fmt.Println(tf.Values[float32](out[0]))
	fmt.Println(tf.Values[int32](out[1]))
	// Output:
	// top:0 (2,) top:1 int32
	// [9 5] <nil>
	// [1 2] <nil>
}
