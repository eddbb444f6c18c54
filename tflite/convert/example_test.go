package convert_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

func Example() {
	model, err := convert.Convert(context.Background(), "testdata/models/mlp", &convert.Options{Quantize: convert.Float16})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", model[4:8]) // what a TFLite file has there
	// Output: TFL3
}

// An int8 model, calibrated on the samples in a file and checked on some of them.
func ExampleCheck() {
	ctx, dir := context.Background(), "testdata/models/cnn"
	samples, err := convert.Open("testdata/calibration.npy", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := convert.Convert(ctx, dir, &convert.Options{Quantize: convert.Int8, Calibration: samples})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := convert.Check(ctx, dir, model, &convert.CheckOptions{Samples: samples})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Outputs {
		fmt.Println(d.Output, d.Worst < 0.02, report.Samples)
	}
	// Output: output_0 true 10
}

// A traced function, with the variable that it reads.
func ExampleFunctions() {
	ctx := context.Background()
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	factor := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	defer factor.Close()
	factor.Assign(s, tf.ConstScalar(s, float32(3)))
	scale := tf.Trace("scale", func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Mul(s, x, factor.Read(s))
	}, nil)
	defer scale.Close()
	f, err := scale.Concrete(s, tf.Output{}, tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := convert.Functions(ctx, s, map[string]*tf.Function{"scale": f}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := tflite.NewModel(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	it, err := tflite.NewInterpreter(model, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()
	signature, err := it.Signature("scale")
	if err != nil {
		fmt.Println(err)
		return
	}
	y := make([]float32, 2)
	if err := tflite.RunInto(ctx, signature, []float32{1, 2}, y); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y)
	// Output: [3 6]
}
