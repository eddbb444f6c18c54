package savedmodel_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// A variable of TensorFlow 1 that is no resource is its operation's output.
func ExampleModel_Save_references() {
	ctx := context.Background()
	m, err := savedmodel.Load("testdata/tf1", nil)
	if err != nil {
		panic(err)
	}
	defer m.Close()
	f, err := m.Endpoints("predict")
	if err != nil {
		panic(err)
	}
	s := m.Session().Graph().Scope().Sub("training")
	loss := op.Mean(s, op.Square(s, f.Outputs["y"]), tf.Const(s, []int32{0, 1}), nil)

	w, err := m.Session().Graph().Output("w:0")
	if err != nil {
		panic(err)
	}
	g := grad.Gradients(s, []tf.Output{loss}, []tf.Output{w}, nil)
	step := op.ApplyGradientDescent(s, w, tf.ConstScalar(s, float32(0.1)), g[0], nil)
	if s.Err() != nil {
		panic(s.Err())
	}
	x, _ := tf.NewTensor([]float32{1, 2, 3}, 1, 3)
	defer x.Close()
	feeds := []tf.Feed{{Output: f.Inputs["x"], Tensor: x}}
	lossOf := func(m *savedmodel.Model) float32 {
		out, err := m.Call(ctx, "predict", map[string]*tf.Tensor{"x": x})
		if err != nil {
			panic(err)
		}
		defer out["y"].Close()
		y, _ := tf.Values[float32](out["y"])
		return (y[0]*y[0] + y[1]*y[1]) / 2
	}
	before := lossOf(m)
	if _, err := m.Session().Run(ctx, feeds, nil, step); err != nil {
		panic(err)
	}

	parent, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(parent)
	tuned := filepath.Join(parent, "tuned")
	if err := m.Save(ctx, tuned, nil); err != nil {
		panic(err)
	}
	again, err := savedmodel.Load(tuned, nil)
	if err != nil {
		panic(err)
	}
	defer again.Close()
	fmt.Println("saved as trained:", lossOf(again) == lossOf(m), lossOf(again) < before)
	// Output: saved as trained: true true
}
