package optimizers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// SGD is gradient descent: w -= rate·g. With momentum m: v = m·v - rate·g, then
// w += v, or w += m·v - rate·g by Nesterov's rule.
// https://keras.io/api/optimizers/sgd/
type SGD struct {
	Name           string  // empty: "sgd"
	LearningRate   float64 // zero: 0.01
	Momentum       float64 // from 0 to 1
	Nesterov       bool
	WeightDecay    float64 // w -= w·WeightDecay·rate before each update
	ClipNorm       float64 // limit of each gradient's norm
	ClipValue      float64 // limit of each gradient's elements
	GlobalClipNorm float64 // limit of the norm of all gradients together
}

// Rules are the settings that all optimizers share, with defaults filled in.
func (o *SGD) Rules() *core.OptimizerRules {
	return rules(0.01, o.LearningRate, o.WeightDecay, o.ClipNorm, o.ClipValue, o.GlobalClipNorm)
}

// Slots is "momentum", or nothing when there is none.
func (o *SGD) Slots() []string {
	if o.Momentum == 0 {
		return nil
	}
	return []string{"momentum"}
}

// Apply updates v.
func (o *SGD) Apply(p *core.Step, v *core.Variable, grad tf.Output, slots []*core.Variable) tf.Output {
	s, d := p.Scope, v.DType()
	if o.Momentum == 0 {
		return op.ResourceApplyGradientDescent(s, v.Handle(), Rate(p, d), grad, nil)
	}
	momentum := p.Once("momentum "+d.String(), func(s *tf.Scope) tf.Output { return scalar(s, o.Momentum, d) })
	return op.ResourceApplyKerasMomentum(s, v.Handle(), slots[0].Handle(), Rate(p, d), grad, momentum,
		&op.ResourceApplyKerasMomentumAttrs{UseNesterov: o.Nesterov})
}

// ApplyRows updates rows of v, if there is no momentum, which moves all of them.
func (o *SGD) ApplyRows(p *core.Step, v *core.Variable, rows, indices tf.Output, _ []*core.Variable) tf.Output {
	if o.Momentum != 0 {
		return tf.Output{}
	}
	return op.ResourceScatterSub(p.Scope, v.Handle(), indices, op.Mul(p.Scope, rows, Rate(p, v.DType())))
}

func (o *SGD) check() error {
	if !(o.Momentum >= 0 && o.Momentum <= 1) {
		return core.Errorf(tf.InvalidArgument, "SGD: momentum must be from 0 to 1, got %g", o.Momentum)
	}
	return nil
}

type sgdConfig struct {
	shared
	Momentum float64 `json:"momentum"`
	Nesterov bool    `json:"nesterov"`
}

// MarshalJSON writes Keras's configuration.
func (o *SGD) MarshalJSON() ([]byte, error) {
	return json.Marshal(sgdConfig{store(o.Name, "SGD", o.Rules()), o.Momentum, o.Nesterov})
}

// UnmarshalJSON reads Keras's configuration.
func (o *SGD) UnmarshalJSON(b []byte) error {
	var c sgdConfig
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	*o = SGD{
		Name: c.Name, LearningRate: c.LearningRate, Momentum: c.Momentum, Nesterov: c.Nesterov, WeightDecay: float64(c.WeightDecay),
		ClipNorm: float64(c.ClipNorm), ClipValue: float64(c.ClipValue), GlobalClipNorm: float64(c.GlobalClipNorm),
	}
	return nil
}
