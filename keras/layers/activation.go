package layers

import (
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Activation applies an activation to its input.
// https://keras.io/api/layers/core_layers/activation/
type Activation struct {
	core.Base
	Activation activations.Activation `json:"activation"`
}

// Build checks the activation.
func (a *Activation) Build(*core.Builder, tf.Shape) error {
	if err := a.Activation.Check(); err != nil {
		return invalid(a, "%v", err)
	}
	return nil
}

// Call applies the activation.
func (a *Activation) Call(c *core.Context, x tf.Output) tf.Output {
	return a.Activation.Apply(c.Scope, x)
}

// OutputShape is in.
func (a *Activation) OutputShape(in tf.Shape) tf.Shape { return in }
