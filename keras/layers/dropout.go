package layers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Dropout sets each value to zero with probability Rate and scales the others by
// 1/(1-Rate), in training only.
// https://keras.io/api/layers/regularization_layers/dropout/
type Dropout struct {
	core.Base
	Rate float64   `json:"rate"` // from 0 to 1
	Seed core.Seed `json:"seed"` // takes the place of the model's seed
	dropoutUnsupported
}

type dropoutUnsupported struct {
	NoiseShape core.Null `json:"noise_shape"`
}

// Build checks the rate.
func (d *Dropout) Build(*core.Builder, tf.Shape) error {
	if !(d.Rate >= 0 && d.Rate <= 1) {
		return invalid(d, "rate must be from 0 to 1, got %g", d.Rate)
	}
	return nil
}

// Call drops values of x in training.
func (d *Dropout) Call(c *core.Context, x tf.Output) tf.Output {
	s := c.Scope
	switch {
	case !c.Training || d.Rate == 0:
		return x
	case d.Rate == 1:
		return op.ZerosLike(s, x)
	}
	drawn := op.StatelessRandomUniform(s, op.Shape(s, x, nil), c.Key(d.Seed), nil)
	keep := op.GreaterEqual(s, drawn, tf.ConstScalar(s, float32(d.Rate)))
	scaled := op.Mul(s, x, scalar(s, 1/(1-d.Rate), x.DType()))
	return op.SelectV2(s, keep, scaled, scalar(s, 0, x.DType()))
}

// OutputShape is in.
func (d *Dropout) OutputShape(in tf.Shape) tf.Shape { return in }
