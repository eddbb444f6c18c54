package layers_test

import (
	"testing"

	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/keras/internal/layertest"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

func named(name string) core.Base { return core.Named(name) }

func TestDense(t *testing.T) {
	for _, tc := range []layertest.Case{
		{Name: "plain", Layer: &layers.Dense{Units: 4}, In: tf.Shape{-1, 3}, Out: tf.Shape{-1, 4}, Weights: 2},
		{Name: "no bias", Layer: &layers.Dense{Units: 4, NoBias: true}, In: tf.Shape{-1, 3}, Out: tf.Shape{-1, 4}, Weights: 1},
		{Name: "sequence", Layer: &layers.Dense{Units: 4, Activation: activations.Tanh}, In: tf.Shape{-1, 7, 3}, Out: tf.Shape{-1, 7, 4}, Weights: 2},
		{Name: "open sequence", Layer: &layers.Dense{Units: 4}, In: tf.Shape{-1, -1, 3}, Out: tf.Shape{-1, -1, 4}, Weights: 2},
		{Name: "initializers", Layer: &layers.Dense{Base: named("d"), Units: 2, KernelInit: initializers.HeNormal.Seeded(3), BiasInit: initializers.Ones},
			In: tf.Shape{-1, 3}, Out: tf.Shape{-1, 2}, Weights: 2},
		{Name: "no units", Layer: &layers.Dense{}, In: tf.Shape{-1, 3}, Fails: "dense: units must be positive, got 0"},
		{Name: "vector", Layer: &layers.Dense{Base: named("d"), Units: 4}, In: tf.Shape{-1}, Fails: `dense "d": input must have rank 2 or more (batch, ..., features), got shape (None,)`},
		{Name: "unknown width", Layer: &layers.Dense{Units: 4}, In: tf.Shape{-1, -1}, Fails: "dense: the last dimension of the input must be known, got shape (None, None)"},
		{Name: "bad activation", Layer: &layers.Dense{Units: 4, Activation: "tan"}, In: tf.Shape{-1, 3}, Fails: `dense: unknown activation "tan", did you mean "tanh"?`},
	} {
		tc.Run(t)
	}
}

func TestConv2D(t *testing.T) {
	image := tf.Shape{-1, 6, 5, 2}
	for _, tc := range []layertest.Case{
		{Name: "plain", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3)}, In: image, Out: tf.Shape{-1, 4, 3, 3}, Weights: 2},
		{Name: "open size", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(2), Padding: layers.Same}, In: tf.Shape{-1, -1, -1, 2}, Out: tf.Shape{-1, -1, -1, 3}, Weights: 2},
		{Name: "strides", Layer: &layers.Conv2D{Filters: 2, KernelSize: layers.Size{3, 2}, Strides: layers.Size{2, 1}, Padding: layers.Same, NoBias: true},
			In: image, Out: tf.Shape{-1, 3, 5, 2}, Weights: 1},
		{Name: "groups", Layer: &layers.Conv2D{Filters: 4, KernelSize: layers.Square(2), Groups: 2, Activation: activations.Sigmoid}, In: image, Out: tf.Shape{-1, 5, 4, 4}, Weights: 2},
		{Name: "channels first", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3), DataFormat: layers.ChannelsFirst},
			In: tf.Shape{-1, 2, 6, 5}, Out: tf.Shape{-1, 3, 4, 3}, Weights: 2},
		{Name: "no channel axis", Layer: &layers.Conv2D{Base: named("conv2d_1"), Filters: 3, KernelSize: layers.Square(3)}, In: tf.Shape{-1, 28, 28},
			Fails: `conv2d "conv2d_1": input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)`},
		{Name: "no filters", Layer: &layers.Conv2D{KernelSize: layers.Square(3)}, In: image, Fails: "conv2d: filters must be positive, got 0"},
		{Name: "no kernel", Layer: &layers.Conv2D{Filters: 3}, In: image, Fails: "conv2d: kernel_size must be positive, got (0, 0)"},
		{Name: "too large", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(6)}, In: image, Fails: "conv2d: kernel (6, 6) does not fit into the input, got shape (None, 6, 5, 2)"},
		{Name: "open channels", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3)}, In: tf.Shape{-1, 6, 5, -1},
			Fails: "conv2d: the number of channels of the input must be known, got shape (None, 6, 5, None)"},
		{Name: "padding", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3), Padding: "causal"}, In: image, Fails: `conv2d: padding must be "valid" or "same", got "causal"`},
		{Name: "groups do not divide", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3), Groups: 2}, In: image,
			Fails: "conv2d: groups must divide the 2 channels of the input and the 3 filters, got 2"},
		{Name: "strides and dilation", Layer: &layers.Conv2D{Filters: 3, KernelSize: layers.Square(2), Strides: layers.Square(2), Dilation: layers.Square(2)}, In: image,
			Fails: "conv2d: strides (2, 2) and dilation_rate (2, 2) cannot both be more than 1"},
	} {
		tc.Run(t)
	}
}

func TestPooling(t *testing.T) {
	image := tf.Shape{-1, 6, 5, 2}
	for _, tc := range []layertest.Case{
		{Name: "max", Layer: &layers.MaxPooling2D{}, In: image, Out: tf.Shape{-1, 3, 2, 2}},
		{Name: "max same", Layer: &layers.MaxPooling2D{PoolSize: layers.Square(3), Strides: layers.Square(2), Padding: layers.Same}, In: image, Out: tf.Shape{-1, 3, 3, 2}},
		{Name: "max channels first", Layer: &layers.MaxPooling2D{DataFormat: layers.ChannelsFirst}, In: tf.Shape{-1, 2, 6, 5}, Out: tf.Shape{-1, 2, 3, 2}},
		{Name: "average", Layer: &layers.AveragePooling2D{PoolSize: layers.Size{2, 3}}, In: image, Out: tf.Shape{-1, 3, 1, 2}},
		{Name: "average open", Layer: &layers.AveragePooling2D{Strides: layers.Square(1)}, In: tf.Shape{-1, -1, -1, 2}, Out: tf.Shape{-1, -1, -1, 2}},
		{Name: "average same", Layer: &layers.AveragePooling2D{PoolSize: layers.Square(3), Padding: layers.Same}, In: image, Out: tf.Shape{-1, 2, 2, 2}},
		{Name: "no channel axis", Layer: &layers.MaxPooling2D{Base: named("pool")}, In: tf.Shape{-1, 28, 28},
			Fails: `max_pooling2d "pool": input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)`},
		{Name: "too large", Layer: &layers.AveragePooling2D{PoolSize: layers.Square(6)}, In: image, Fails: "average_pooling2d: pool_size (6, 6) does not fit into the input, got shape (None, 6, 5, 2)"},
		{Name: "strides", Layer: &layers.MaxPooling2D{Strides: layers.Size{-1, 1}}, In: image, Fails: "max_pooling2d: strides must be positive, got (-1, 1)"},
		{Name: "format", Layer: &layers.MaxPooling2D{DataFormat: "NCHW"}, In: image, Fails: `max_pooling2d: data_format must be "channels_last" or "channels_first", got "NCHW"`},
	} {
		tc.Run(t)
	}
}

func TestFlatten(t *testing.T) {
	for _, tc := range []layertest.Case{
		{Name: "image", Layer: &layers.Flatten{}, In: tf.Shape{-1, 3, 4, 2}, Out: tf.Shape{-1, 24}},
		{Name: "open size", Layer: &layers.Flatten{}, In: tf.Shape{-1, -1, 4}, Out: tf.Shape{-1, -1}},
		{Name: "fixed batch", Layer: &layers.Flatten{}, In: tf.Shape{5, 3, 4}, Out: tf.Shape{5, 12}},
		{Name: "vector", Layer: &layers.Flatten{}, In: tf.Shape{-1}, Out: tf.Shape{-1, 1}},
		{Name: "channels first", Layer: &layers.Flatten{DataFormat: layers.ChannelsFirst}, In: tf.Shape{-1, 2, 3, 4}, Out: tf.Shape{-1, 24}},
		{Name: "scalar", Layer: &layers.Flatten{}, In: tf.Shape{}, Fails: "flatten: input must have rank 1 or more (batch, ...), got shape ()"},
	} {
		tc.Run(t)
	}
}

func TestBatchNormalization(t *testing.T) {
	for _, tc := range []layertest.Case{
		{Name: "matrix", Layer: &layers.BatchNormalization{}, In: tf.Shape{-1, 4}, Out: tf.Shape{-1, 4}, Weights: 4},
		{Name: "image", Layer: &layers.BatchNormalization{}, In: tf.Shape{-1, 3, 2, 4}, Out: tf.Shape{-1, 3, 2, 4}, Weights: 4},
		{Name: "axis", Layer: &layers.BatchNormalization{Axis: 1, Epsilon: 0.1, Momentum: -1}, In: tf.Shape{-1, 4, 3}, Out: tf.Shape{-1, 4, 3}, Weights: 4},
		{Name: "neither", Layer: &layers.BatchNormalization{NoCenter: true, NoScale: true}, In: tf.Shape{-1, 4}, Out: tf.Shape{-1, 4}, Weights: 2},
		{Name: "frozen", Layer: &layers.BatchNormalization{Base: core.Base{Frozen: true}}, In: tf.Shape{-1, 4}, Out: tf.Shape{-1, 4}, Weights: 4},
		{Name: "axis outside", Layer: &layers.BatchNormalization{Axis: 2}, In: tf.Shape{-1, 4}, Fails: "batch_normalization: axis must be within the input's 2 dimensions, got 2"},
		{Name: "open channels", Layer: &layers.BatchNormalization{}, In: tf.Shape{-1, -1}, Fails: "batch_normalization: dimension -1 of the input must be known, got shape (None, None)"},
		{Name: "momentum", Layer: &layers.BatchNormalization{Momentum: 2}, In: tf.Shape{-1, 4}, Fails: "batch_normalization: momentum must be from 0 to 1, got 2"},
		{Name: "vector", Layer: &layers.BatchNormalization{}, In: tf.Shape{-1}, Fails: "batch_normalization: input must have rank 2 or more (batch, ..., channels), got shape (None,)"},
	} {
		tc.Run(t)
	}
}

func TestOthers(t *testing.T) {
	for _, tc := range []layertest.Case{
		{Name: "activation", Layer: &layers.Activation{Activation: activations.Softmax}, In: tf.Shape{-1, 4}, Out: tf.Shape{-1, 4}},
		{Name: "bad activation", Layer: &layers.Activation{Activation: "soft"}, In: tf.Shape{-1, 4}, Fails: `activation: unknown activation "soft"`},
		{Name: "dropout", Layer: &layers.Dropout{Rate: 0.5, Seed: 3}, In: tf.Shape{-1, 4}, Out: tf.Shape{-1, 4}},
		{Name: "dropout of nothing", Layer: &layers.Dropout{}, In: tf.Shape{-1, -1}, Out: tf.Shape{-1, -1}},
		{Name: "dropout of too much", Layer: &layers.Dropout{Rate: 1.5}, In: tf.Shape{-1, 4}, Fails: "dropout: rate must be from 0 to 1, got 1.5"},
		{Name: "input", Layer: &layers.Input{Shape: tf.Shape{4, 3}}, In: tf.Shape{-1, 4, 3}, Out: tf.Shape{-1, 4, 3}},
		{Name: "input of another shape", Layer: &layers.Input{Base: named("pixels"), Shape: tf.Shape{4}}, In: tf.Shape{-1, 3},
			Fails: `input_layer "pixels": input must have shape (None, 4), got shape (None, 3)`},
		{Name: "input of a fixed batch", Layer: &layers.Input{Shape: tf.Shape{4}, BatchSize: 2}, In: tf.Shape{3, 4}, Fails: "input_layer: input must have shape (2, 4), got shape (3, 4)"},
	} {
		tc.Run(t)
	}
}
