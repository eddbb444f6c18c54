package layers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/tf"
)

// BatchNormalization moves each channel to mean Beta and deviation Gamma:
// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. Training takes mean and
// variance (divided by n) of the batch, and lets moving averages follow them;
// otherwise, and when the layer is Frozen, those averages are taken.
// https://keras.io/api/layers/normalization_layers/batch_normalization/
type BatchNormalization struct {
	core.Base
	Axis               int                      `json:"axis"`                        // of the channels; zero: -1, the last
	Momentum           core.Number              `json:"momentum"`                    // of the moving averages; zero: 0.99
	Epsilon            core.Number              `json:"epsilon"`                     // zero: 0.001
	NoCenter           core.Not                 `json:"center"`                      // without beta
	NoScale            core.Not                 `json:"scale"`                       // without gamma
	BetaInit           initializers.Initializer `json:"beta_initializer"`            // zero: Zeros
	GammaInit          initializers.Initializer `json:"gamma_initializer"`           // zero: Ones
	MovingMeanInit     initializers.Initializer `json:"moving_mean_initializer"`     // zero: Zeros
	MovingVarianceInit initializers.Initializer `json:"moving_variance_initializer"` // zero: Ones
	batchNormalizationUnsupported

	gamma, beta, mean, variance *core.Variable
	rank                        int
}

type batchNormalizationUnsupported struct {
	BetaRegularizer  core.Null  `json:"beta_regularizer"`
	GammaRegularizer core.Null  `json:"gamma_regularizer"`
	BetaConstraint   core.Null  `json:"beta_constraint"`
	GammaConstraint  core.Null  `json:"gamma_constraint"`
	Synchronized     core.False `json:"synchronized"`
	Renorm           core.False `json:"renorm"`
	RenormClipping   core.Null  `json:"renorm_clipping"`
	RenormMomentum   float64    `json:"renorm_momentum"` // without meaning while renorm is off
}

func (n *BatchNormalization) settings() BatchNormalization {
	c := *n
	if c.Axis == 0 {
		c.Axis = -1
	}
	c.Momentum = core.Number(n.Momentum.Or(0.99))
	c.Epsilon = core.Number(n.Epsilon.Or(1e-3))
	c.BetaInit = n.BetaInit.Or(initializers.Zeros)
	c.GammaInit = n.GammaInit.Or(initializers.Ones)
	c.MovingMeanInit = n.MovingMeanInit.Or(initializers.Zeros)
	c.MovingVarianceInit = n.MovingVarianceInit.Or(initializers.Ones)
	if c.RenormMomentum == 0 {
		c.RenormMomentum = 0.99
	}
	return c
}

// Build makes gamma, beta, moving_mean and moving_variance, each [channels].
func (n *BatchNormalization) Build(b *core.Builder, in tf.Shape) error {
	c := n.settings()
	if len(in) < 2 {
		return invalid(n, "input must have rank 2 or more (batch, ..., channels), got shape %v", in)
	}
	if c.Axis >= len(in) || c.Axis < -len(in) {
		return invalid(n, "axis must be within the input's %d dimensions, got %d", len(in), c.Axis)
	}
	if c.Momentum > 1 {
		return invalid(n, "momentum must be from 0 to 1, got %g", c.Momentum)
	}
	channels := in[(c.Axis+len(in))%len(in)]
	if channels < 0 {
		return invalid(n, "dimension %d of the input must be known, got shape %v", c.Axis, in)
	}
	weight := func(name string, init initializers.Initializer, state bool) *core.Variable {
		w := core.Weight{Name: name, Shape: tf.Shape{channels}, Init: init, NotTrainable: state}
		if b.Policy.ComputeDType() != tf.Float64 {
			w.DType = tf.Float32
		}
		return b.Weight(w)
	}
	n.rank, n.gamma, n.beta = len(in), nil, nil
	if !n.NoScale {
		n.gamma = weight("gamma", c.GammaInit, false)
	}
	if !n.NoCenter {
		n.beta = weight("beta", c.BetaInit, false)
	}
	n.mean = weight("moving_mean", c.MovingMeanInit, true)
	n.variance = weight("moving_variance", c.MovingVarianceInit, true)
	return nil
}

// Call normalizes x. In training it notes the update of the moving averages
// with the context.
func (n *BatchNormalization) Call(c *core.Context, x tf.Output) tf.Output {
	if !ready(c, n, n.mean) || !accepts(c, n, x, n.rank, "as when it was built") {
		return tf.Output{}
	}
	s, cfg := c.Scope, n.settings()
	m := &normalization{
		scope:    s,
		x:        core.Cast(s, x, n.mean.DType()), // half types have too little range for moments
		axis:     (cfg.Axis + n.rank) % n.rank,
		rank:     n.rank,
		channels: n.mean.Shape()[0],
		epsilon:  float64(cfg.Epsilon),
	}
	if n.gamma != nil {
		m.gamma = c.Raw(n.gamma)
	}
	if n.beta != nil {
		m.beta = c.Raw(n.beta)
	}
	var y tf.Output
	if c.Training && !bool(n.Frozen) {
		var mean, variance tf.Output
		y, mean, variance = m.batch()
		c.Update(m.follow(n.mean, mean, float64(cfg.Momentum)))
		c.Update(m.follow(n.variance, variance, float64(cfg.Momentum)))
	} else {
		y = m.apply(c.Raw(n.mean), c.Raw(n.variance))
	}
	return core.Cast(s, y, x.DType())
}

// OutputShape is in.
func (n *BatchNormalization) OutputShape(in tf.Shape) tf.Shape { return in }

// MarshalJSON writes Keras's configuration.
func (n *BatchNormalization) MarshalJSON() ([]byte, error) {
	type config BatchNormalization
	return json.Marshal(config(n.settings()))
}
