package layers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Flatten lays out each sample in one dimension, row by row: [batch, ...] becomes
// [batch, n], a vector [batch] becomes [batch, 1]. Channels that come first are
// moved last before that.
// https://keras.io/api/layers/reshaping_layers/flatten/
type Flatten struct {
	core.Base
	DataFormat DataFormat `json:"data_format"` // empty: ChannelsLast
}

// Build checks the configuration and the input.
func (f *Flatten) Build(_ *core.Builder, in tf.Shape) error {
	if in != nil && len(in) == 0 {
		return invalid(f, "input must have rank 1 or more (batch, ...), got shape %v", in)
	}
	return f.DataFormat.check(f)
}

// Call reshapes x.
func (f *Flatten) Call(c *core.Context, x tf.Output) tf.Output {
	s, shape := c.Scope, x.Shape()
	if len(shape) == 0 && shape != nil {
		s.SetErr(invalid(f, "input must have rank 1 or more (batch, ...), got shape %v", shape))
		return tf.Output{}
	}
	if f.DataFormat == ChannelsFirst && len(shape) >= 3 {
		x = transpose(s, x, toLast(len(shape)))
	}
	if shape != nil {
		if n := shape[1:].NumElements(); n > 0 {
			return op.Reshape(s, x, dims(s, -1, n))
		}
	}
	batch := part(s, op.Shape(s, x, nil), 0, 1)
	return op.Reshape(s, x, op.ConcatV2(s, []tf.Output{batch, dims(s, -1)}, tf.ConstScalar(s, int32(0))))
}

// OutputShape is [batch, n].
func (f *Flatten) OutputShape(in tf.Shape) tf.Shape {
	if len(in) == 0 {
		return nil
	}
	return tf.Shape{in[0], in[1:].NumElements()}
}

// MarshalJSON writes Keras's configuration.
func (f *Flatten) MarshalJSON() ([]byte, error) {
	type config Flatten
	return json.Marshal(config{f.Base, f.DataFormat.or()})
}
