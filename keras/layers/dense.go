package layers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Dense is a fully connected layer: y = activation(x·kernel + bias).
// An input of shape [..., n] makes an output of shape [..., Units].
// https://keras.io/api/layers/core_layers/dense/
type Dense struct {
	core.Base
	Units      int                      `json:"units"`
	Activation activations.Activation   `json:"activation"`
	NoBias     core.Not                 `json:"use_bias"`
	KernelInit initializers.Initializer `json:"kernel_initializer"` // zero: GlorotUniform
	BiasInit   initializers.Initializer `json:"bias_initializer"`   // zero: Zeros
	denseUnsupported

	kernel, bias *core.Variable
}

type denseUnsupported struct {
	KernelRegularizer core.Null `json:"kernel_regularizer"`
	BiasRegularizer   core.Null `json:"bias_regularizer"`
	KernelConstraint  core.Null `json:"kernel_constraint"`
	BiasConstraint    core.Null `json:"bias_constraint"`
	Quantization      core.Null `json:"quantization_config"`
}

// Build makes the kernel, [n, Units], and the bias, [Units].
func (d *Dense) Build(b *core.Builder, in tf.Shape) error {
	if d.Units <= 0 {
		return invalid(d, "units must be positive, got %d", d.Units)
	}
	if err := d.Activation.Check(); err != nil {
		return invalid(d, "%v", err)
	}
	if len(in) < 2 {
		return invalid(d, "input must have rank 2 or more (batch, ..., features), got shape %v", in)
	}
	n, units := in[len(in)-1], int64(d.Units)
	if n < 0 {
		return invalid(d, "the last dimension of the input must be known, got shape %v", in)
	}
	d.kernel = b.Weight(core.Weight{Name: "kernel", Shape: tf.Shape{n, units}, Init: d.KernelInit.Or(initializers.GlorotUniform)})
	d.bias = nil
	if !d.NoBias {
		d.bias = b.Weight(core.Weight{Name: "bias", Shape: tf.Shape{units}, Init: d.BiasInit.Or(initializers.Zeros)})
	}
	return nil
}

// Call computes activation(x·kernel + bias).
func (d *Dense) Call(c *core.Context, x tf.Output) tf.Output {
	if !ready(c, d, d.kernel) {
		return tf.Output{}
	}
	s, shape, n := c.Scope, x.Shape(), d.kernel.Shape()[0]
	if shape != nil && (len(shape) < 2 || !(tf.Shape{n}).Accepts(shape[len(shape)-1:])) {
		s.SetErr(invalid(d, "input must have %d features (batch, ..., features), got shape %v", n, shape))
		return tf.Output{}
	}
	flat := len(shape) == 2
	y := x
	if !flat {
		y = op.Reshape(s, x, dims(s, -1, n))
	}
	y = op.MatMul(s, y, c.Value(d.kernel), nil)
	if d.bias != nil {
		y = op.BiasAdd(s, y, c.Value(d.bias), nil)
	}
	if !flat {
		y = op.Reshape(s, y, replaceLast(s, x, int64(d.Units)))
	}
	return d.Activation.Apply(s, y)
}

// OutputShape replaces the last dimension by Units.
func (d *Dense) OutputShape(in tf.Shape) tf.Shape {
	if len(in) == 0 {
		return nil
	}
	return append(in[:len(in)-1:len(in)-1], int64(d.Units))
}

// MarshalJSON writes Keras's configuration.
func (d *Dense) MarshalJSON() ([]byte, error) {
	type config Dense
	c := config(*d)
	c.KernelInit = d.KernelInit.Or(initializers.GlorotUniform)
	c.BiasInit = d.BiasInit.Or(initializers.Zeros)
	return json.Marshal(c)
}
