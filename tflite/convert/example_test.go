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
