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

// A model that Keras exported is trained on and saved again, for Go and Python.
func ExampleModel_Save() {
	ctx := context.Background()
	m, err := savedmodel.Load("testdata/gradients/gru", nil)
	if err != nil {
		panic(err)
	}
	defer m.Close()

	// The loss of the signature's output, and a step down its gradient.
	f, err := m.Endpoints(savedmodel.ServingDefault)
	if err != nil {
		panic(err)
	}
	x, y := f.Inputs["keras_tensor"], f.Outputs["output_0"]
	s := m.Session().Graph().Scope().Sub("training")
	target := tf.Placeholder(s.Named("target"), tf.Float32, y.Shape())
	loss := op.Mean(s, op.SquaredDifference(s, y, target), tf.Const(s, []int32{0, 1}), nil)
	var handles, steps []tf.Output
	for _, v := range m.Variables() {
		if !v.Frozen {
			handles = append(handles, v.Handle)
		}
	}
	rate := tf.ConstScalar(s, float32(0.05))
	for i, g := range grad.Gradients(s, []tf.Output{loss}, handles, nil) {
		steps = append(steps, op.ResourceApplyGradientDescent(s, handles[i], rate, g, nil))
	}
	if s.Err() != nil {
		panic(s.Err())
	}

	in, _ := tf.NewTensor(make([]float32, 4*6*3), 4, 6, 3) // [batch, time, features]
	want, _ := tf.NewTensor([]float32{1, 0, 0, 1, 1, 0, 0, 1}, 4, 2)
	defer in.Close()
	defer want.Close()
	feeds := []tf.Feed{{Output: x, Tensor: in}, {Output: target, Tensor: want}}
	var first, last float32
	for step := range 20 {
		out, err := m.Session().Run(ctx, feeds, []tf.Output{loss}, steps...)
		if err != nil {
			panic(err)
		}
		v, _ := tf.Values[float32](out[0])
		if last = v[0]; step == 0 {
			first = last
		}
		out[0].Close()
	}
	fmt.Println("the loss fell:", last < first)

	parent, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(parent)
	tuned := filepath.Join(parent, "tuned")
	fmt.Println(m.Save(ctx, tuned, nil))
	again, err := savedmodel.Load(tuned, nil)
	if err != nil {
		panic(err)
	}
	defer again.Close()
	out, err := again.Call(ctx, savedmodel.ServingDefault, map[string]*tf.Tensor{"keras_tensor": in})
	if err != nil {
		panic(err)
	}
	fmt.Println(out["output_0"].Shape())
	out["output_0"].Close()
	// Output:
	// the loss fell: true
	// <nil>
	// (4, 2)
}
