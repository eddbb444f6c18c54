package convert_test

import (
	"context"
	"fmt"

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
