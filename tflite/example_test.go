package tflite_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// A model is run by the name of one of its signatures.
func Example() {
	m, err := tflite.LoadModel("../testdata/tflite/signatures.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	x, _ := tf.NewTensor([]float32{1, 2, 3})
	defer x.Close()
	factor, _ := tf.NewScalar[float32](10)
	defer factor.Close()
	out, err := it.Run(context.Background(), "scale", map[string]*tf.Tensor{"x": x, "factor": factor})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out["y"].Close()
	defer out["total"].Close()
	y, _ := tf.Values[float32](out["y"])
	fmt.Println(it.Signatures(), y)
	// Output: [add scale] [10 20 30]
}

// Set and Read need no TensorFlow, only the TFLite library.
func ExampleSet() {
	m, err := tflite.LoadModel("../testdata/tflite/loop.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, &tflite.Options{Threads: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	if err := tflite.Set(it, it.Inputs()[0].Name, []int32{101}); err != nil {
		fmt.Println(err)
		return
	}
	if err := it.Invoke(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	sum, err := tflite.Read[float32](it, it.Outputs()[0].Name)
	fmt.Println(sum, err)
	// Output: [5050] <nil>
}

func ExampleInterpreter_Signature() {
	m, err := tflite.LoadModel("../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	s, err := it.Signature("serving_default")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, in := range s.Inputs() {
		fmt.Println(in.Name, in.DType, in.ShapeSignature)
	}
	_, err = it.Signature("serving")
	fmt.Println(err)
	// Output:
	// x float32 (None, 8)
	// tflite: signature serving: not found: no signature "serving" (there is "serving_default")
}
