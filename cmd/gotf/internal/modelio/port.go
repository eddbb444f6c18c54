// Package modelio reads the values that go into a model from the command line
// and from files.
package modelio

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// Port is an input or output.
type Port struct {
	Name         string
	DType        tf.DType
	Shape        tf.Shape
	Quantization tflite.Quantization
}

// CloseTensors frees what went into a model or came out.
func CloseTensors(m map[string]*tf.Tensor) {
	for _, t := range m {
		t.Close()
	}
}
