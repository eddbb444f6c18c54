package layers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// MaxPooling2D takes the largest value of each window of each channel. An input
// of shape [batch, height, width, channels] makes an output of shape
// [batch, rows, columns, channels].
// https://keras.io/api/layers/pooling_layers/max_pooling2d/
type MaxPooling2D struct {
	core.Base
	PoolSize   Size       `json:"pool_size"`   // zero: (2, 2)
	Padding    Padding    `json:"padding"`     // empty: Valid
	Strides    Size       `json:"strides"`     // zero: PoolSize
	DataFormat DataFormat `json:"data_format"` // empty: ChannelsLast
}

// Build checks the configuration and the input.
func (p *MaxPooling2D) Build(_ *core.Builder, in tf.Shape) error { return p.window().check(in) }

// Call takes the maxima.
func (p *MaxPooling2D) Call(c *core.Context, x tf.Output) tf.Output {
	return p.window().call(c, x, func(x tf.Output, size, strides []int64, padding string) tf.Output {
		return op.MaxPool(c.Scope, x, size, strides, padding, nil)
	})
}

// OutputShape is the shape of the places that the window takes.
func (p *MaxPooling2D) OutputShape(in tf.Shape) tf.Shape { return p.window().shape(in) }

func (p *MaxPooling2D) window() *window {
	return newWindow(p, p.PoolSize, p.Strides, p.Padding, p.DataFormat)
}

// MarshalJSON writes Keras's configuration.
func (p *MaxPooling2D) MarshalJSON() ([]byte, error) {
	type config MaxPooling2D
	w := p.window()
	return json.Marshal(config{p.Base, w.size, w.padding, w.strides, w.format})
}

// AveragePooling2D takes the mean of each window of each channel; places that
// padding added do not count. Shapes are those of MaxPooling2D.
// https://keras.io/api/layers/pooling_layers/average_pooling2d/
type AveragePooling2D struct {
	core.Base
	PoolSize   Size       `json:"pool_size"`   // zero: (2, 2)
	Padding    Padding    `json:"padding"`     // empty: Valid
	Strides    Size       `json:"strides"`     // zero: PoolSize
	DataFormat DataFormat `json:"data_format"` // empty: ChannelsLast
}

// Build checks the configuration and the input.
func (p *AveragePooling2D) Build(_ *core.Builder, in tf.Shape) error { return p.window().check(in) }

// Call takes the means.
func (p *AveragePooling2D) Call(c *core.Context, x tf.Output) tf.Output {
	return p.window().call(c, x, func(x tf.Output, size, strides []int64, padding string) tf.Output {
		return op.AvgPool(c.Scope, x, size, strides, padding, nil)
	})
}

// OutputShape is the shape of the places that the window takes.
func (p *AveragePooling2D) OutputShape(in tf.Shape) tf.Shape { return p.window().shape(in) }

func (p *AveragePooling2D) window() *window {
	return newWindow(p, p.PoolSize, p.Strides, p.Padding, p.DataFormat)
}

// MarshalJSON writes Keras's configuration.
func (p *AveragePooling2D) MarshalJSON() ([]byte, error) {
	type config AveragePooling2D
	w := p.window()
	return json.Marshal(config{p.Base, w.size, w.padding, w.strides, w.format})
}
