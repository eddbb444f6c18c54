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

// A model of TensorFlow 1, whose variables are references in the file, is trained
// like any other, and saved for the programs that have the references.
func ExampleModel_Variables_tensorFlow1() {
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
	var handles, steps []tf.Output
	for _, v := range m.Variables() {
		fmt.Println(v.Name, v.Handle.DType())
		if !v.Frozen {
			handles = append(handles, v.Handle)
		}
	}
	for i, g := range grad.Gradients(s, []tf.Output{loss}, handles, nil) {
		steps = append(steps, op.ResourceApplyGradientDescent(s, handles[i], tf.ConstScalar(s, float32(0.1)), g, nil))
	}
	if s.Err() != nil {
		panic(s.Err())
	}
	x, _ := tf.NewTensor([]float32{1, 2, 3}, 1, 3)
	defer x.Close()
	if _, err := m.Session().Run(ctx, []tf.Feed{{Output: f.Inputs["x"], Tensor: x}}, nil, steps...); err != nil {
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
	y := func(m *savedmodel.Model) []float32 {
		out, err := m.Call(ctx, "predict", map[string]*tf.Tensor{"x": x})
		if err != nil {
			panic(err)
		}
		defer out["y"].Close()
		v, _ := tf.Values[float32](out["y"])
		return v
	}
	fmt.Println("saved as trained:", y(again)[0] == y(m)[0])
	// Output:
	// w resource
	// saved as trained: true
}
