package tflite_test

import (
	"fmt"

	"github.com/gotf/gotf/tflite"
)

// The structure of a file is read without any library.
func ExampleInspectFile() {
	s, err := tflite.InspectFile("../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	main := s.Subgraphs[0]
	for _, d := range s.Signatures {
		in := main.Tensors[d.Inputs[0].Tensor]
		fmt.Println(d.Key, d.Inputs[0].Name, in.DType, in.ShapeSignature)
	}
	for _, o := range s.OperatorCounts() {
		fmt.Println(o.Count, o.Name)
	}
	// Output:
	// serving_default x float32 (None, 8)
	// 2 FULLY_CONNECTED
	// 1 SOFTMAX
}
