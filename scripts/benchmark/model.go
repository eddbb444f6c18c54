package main

import (
	"runtime"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// workload is a model with the settings of its comparisons. scripts/peers has
// the same models.
type workload struct {
	name    string
	shape   tf.Shape // of a sample
	layers  func() []core.Layer
	batch   int
	samples int // of an epoch
	threads int // with which Python is fastest; gotf finds the same by itself
}

var (
	mlp = workload{
		name: "mlp", shape: tf.Shape{784}, batch: 32, samples: 60000, threads: 1,
		layers: func() []core.Layer {
			return []core.Layer{
				&layers.Dense{Units: 128, Activation: activations.Relu},
				&layers.Dense{Units: 10},
			}
		},
	}
	cnn = workload{
		name: "cnn", shape: tf.Shape{28, 28, 1}, batch: 64, samples: 6400, threads: runtime.NumCPU(),
		layers: func() []core.Layer {
			return []core.Layer{
				&layers.Conv2D{Filters: 32, KernelSize: layers.Square(3), Activation: activations.Relu},
				&layers.MaxPooling2D{},
				&layers.Conv2D{Filters: 64, KernelSize: layers.Square(3), Activation: activations.Relu},
				&layers.MaxPooling2D{},
				&layers.Flatten{},
				&layers.Dense{Units: 128, Activation: activations.Relu},
				&layers.Dense{Units: 10},
			}
		},
	}
)

func (w workload) build() (*keras.Model, error) {
	in := &layers.Input{Shape: w.shape}
	return keras.Sequential{Layers: append([]core.Layer{in}, w.layers()...), Seed: 1}.Build()
}
