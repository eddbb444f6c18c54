package train

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// presets are the models that gotf train knows by name. They tell 10 classes of
// 28x28 grey pictures apart.
var presets = map[string]func() []core.Layer{
	"mnist-cnn": mnistCNN,
	"mnist-mlp": mnistMLP,
	"lenet5":    lenet5,
}

// PresetNames are what --model may be, sorted.
func PresetNames() []string { return slices.Sorted(maps.Keys(presets)) }

// preset describes a model of presets.
func preset(name string) keras.Sequential {
	return keras.Sequential{Layers: append([]core.Layer{&layers.Input{Shape: tf.Shape{28, 28, 1}}}, presets[name]()...)}
}

func mnistCNN() []core.Layer {
	return []core.Layer{
		&layers.Conv2D{Filters: 32, KernelSize: layers.Square(3), Activation: activations.Relu},
		&layers.MaxPooling2D{PoolSize: layers.Square(2)},
		&layers.Flatten{},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}

func mnistMLP() []core.Layer {
	return []core.Layer{
		&layers.Flatten{},
		&layers.Dense{Units: 128, Activation: activations.Relu},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}

// lenet5 is LeCun's network of 1998 with softmax at its end.
func lenet5() []core.Layer {
	return []core.Layer{
		&layers.Conv2D{Filters: 6, KernelSize: layers.Square(5), Padding: layers.Same, Activation: activations.Tanh},
		&layers.AveragePooling2D{PoolSize: layers.Square(2)},
		&layers.Conv2D{Filters: 16, KernelSize: layers.Square(5), Activation: activations.Tanh},
		&layers.AveragePooling2D{PoolSize: layers.Square(2)},
		&layers.Flatten{},
		&layers.Dense{Units: 120, Activation: activations.Tanh},
		&layers.Dense{Units: 84, Activation: activations.Tanh},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}
