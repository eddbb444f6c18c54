package layers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Conv2D slides Filters kernels over an image. An input of shape
// [batch, height, width, channels] makes an output of shape
// [batch, rows, columns, Filters].
// https://keras.io/api/layers/convolution_layers/convolution2d/
type Conv2D struct {
	core.Base
	Filters    int                      `json:"filters"`
	KernelSize Size                     `json:"kernel_size"`
	Strides    Size                     `json:"strides"`       // zero: (1, 1)
	Padding    Padding                  `json:"padding"`       // empty: Valid
	DataFormat DataFormat               `json:"data_format"`   // empty: ChannelsLast
	Dilation   Size                     `json:"dilation_rate"` // zero: (1, 1); not together with strides
	Groups     int                      `json:"groups"`        // zero: 1; channels are split into so many parts, each with its own filters
	Activation activations.Activation   `json:"activation"`
	NoBias     core.Not                 `json:"use_bias"`
	KernelInit initializers.Initializer `json:"kernel_initializer"` // zero: GlorotUniform
	BiasInit   initializers.Initializer `json:"bias_initializer"`   // zero: Zeros
	conv2dUnsupported

	kernel, bias *core.Variable
}

type conv2dUnsupported struct {
	KernelRegularizer   core.Null `json:"kernel_regularizer"`
	BiasRegularizer     core.Null `json:"bias_regularizer"`
	ActivityRegularizer core.Null `json:"activity_regularizer"`
	KernelConstraint    core.Null `json:"kernel_constraint"`
	BiasConstraint      core.Null `json:"bias_constraint"`
}

// settings is d with defaults in the place of zeros.
func (d *Conv2D) settings() Conv2D {
	c := *d
	c.Strides = d.Strides.or(Square(1))
	c.Dilation = d.Dilation.or(Square(1))
	c.Padding = d.Padding.or()
	c.DataFormat = d.DataFormat.or()
	if d.Groups == 0 {
		c.Groups = 1
	}
	c.KernelInit = d.KernelInit.Or(initializers.GlorotUniform)
	c.BiasInit = d.BiasInit.Or(initializers.Zeros)
	return c
}

// Build makes the kernel, [height, width, channels/Groups, Filters], and the bias,
// [Filters].
func (d *Conv2D) Build(b *core.Builder, in tf.Shape) error {
	c := d.settings()
	if err := d.check(&c, in); err != nil {
		return err
	}
	channels := c.DataFormat.last(in)[3]
	if out := d.OutputShape(in); out[1] == 0 || out[2] == 0 || out[3] == 0 {
		return invalid(d, "kernel %v does not fit into the input, got shape %v", c.KernelSize, in)
	}
	shape := tf.Shape{int64(c.KernelSize[0]), int64(c.KernelSize[1]), channels / int64(c.Groups), int64(c.Filters)}
	d.kernel = b.Weight(core.Weight{Name: "kernel", Shape: shape, Init: c.KernelInit})
	d.bias = nil
	if !d.NoBias {
		d.bias = b.Weight(core.Weight{Name: "bias", Shape: tf.Shape{int64(c.Filters)}, Init: c.BiasInit})
	}
	return nil
}

// check is an error if the settings c contradict each other or the input.
func (d *Conv2D) check(c *Conv2D, in tf.Shape) error {
	if c.Filters <= 0 {
		return invalid(d, "filters must be positive, got %d", c.Filters)
	}
	for _, err := range []error{
		c.KernelSize.check(d, "kernel_size"), c.Strides.check(d, "strides"), c.Dilation.check(d, "dilation_rate"),
		c.Padding.check(d), c.DataFormat.check(d), checkRank(d, in, 4, c.DataFormat.axes()),
	} {
		if err != nil {
			return err
		}
	}
	if err := c.Activation.Check(); err != nil {
		return invalid(d, "%v", err)
	}
	if c.Strides != Square(1) && c.Dilation != Square(1) {
		return invalid(d, "strides %v and dilation_rate %v cannot both be more than 1", c.Strides, c.Dilation)
	}
	if in == nil || c.DataFormat.last(in)[3] < 0 {
		return invalid(d, "the number of channels of the input must be known, got shape %v", in)
	}
	if channels := c.DataFormat.last(in)[3]; c.Groups < 0 || channels%int64(c.Groups) != 0 || c.Filters%c.Groups != 0 {
		return invalid(d, "groups must divide the %d channels of the input and the %d filters, got %d", channels, c.Filters, c.Groups)
	}
	return nil
}

// Call computes activation(x*kernel + bias).
func (d *Conv2D) Call(ctx *core.Context, x tf.Output) tf.Output {
	c, s := d.settings(), ctx.Scope
	if !ready(ctx, d, d.kernel) || !accepts(ctx, d, x, 4, c.DataFormat.axes()) {
		return tf.Output{}
	}
	y := c.DataFormat.channelsLast(s, x, func(x tf.Output) tf.Output {
		y := c.convolve(s, x, ctx.Value(d.kernel))
		if d.bias != nil {
			y = op.BiasAdd(s, y, ctx.Value(d.bias), nil)
		}
		return y
	})
	return d.Activation.Apply(s, y)
}

// convolve goes group by group: TensorFlow's kernel for a CPU has no gradient for
// groups.
func (d *Conv2D) convolve(s *tf.Scope, x, kernel tf.Output) tf.Output {
	attrs := &op.Conv2DAttrs{}
	if d.Dilation != Square(1) {
		attrs.Dilations = d.Dilation.spatial()
	}
	if d.Groups == 1 {
		return op.Conv2D(s, x, kernel, d.Strides.spatial(), d.Padding.op(), attrs)
	}
	axis := tf.ConstScalar(s, int32(3))
	xs := op.Split(s, axis, x, int64(d.Groups))
	kernels := op.Split(s, axis, kernel, int64(d.Groups))
	ys := make([]tf.Output, len(xs))
	for i := range ys {
		ys[i] = op.Conv2D(s, xs[i], kernels[i], d.Strides.spatial(), d.Padding.op(), attrs)
	}
	return op.ConcatV2(s, ys, axis)
}

// OutputShape is the shape of the places that the kernel takes, and Filters.
func (d *Conv2D) OutputShape(in tf.Shape) tf.Shape {
	if len(in) != 4 {
		return nil
	}
	c := d.settings()
	in = c.DataFormat.last(in)
	out := tf.Shape{in[0], 0, 0, int64(c.Filters)}
	for i := range 2 {
		extent := int64((c.KernelSize[i]-1)*c.Dilation[i] + 1)
		out[i+1] = c.Padding.size(in[i+1], extent, int64(c.Strides[i]))
	}
	return c.DataFormat.back(out)
}

// MarshalJSON writes Keras's configuration.
func (d *Conv2D) MarshalJSON() ([]byte, error) {
	type config Conv2D
	return json.Marshal(config(d.settings()))
}
