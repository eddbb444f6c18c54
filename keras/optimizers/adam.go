package optimizers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Adam follows the gradient's mean m and mean square v: in step t, from 1,
//
//	m += (g - m)·(1 - β₁)
//	v += (g² - v)·(1 - β₂)
//	w -= rate·√(1 - β₂ᵗ)/(1 - β₁ᵗ) · m/(√v + ε)
//
// With AMSGrad the largest v so far takes v's place in the last line.
// https://keras.io/api/optimizers/adam/
type Adam struct {
	Name           string      // empty: "adam"
	LearningRate   float64     // zero: 0.001
	Beta1          core.Number // zero: 0.9
	Beta2          core.Number // zero: 0.999
	Epsilon        core.Number // zero: 1e-7
	AMSGrad        bool
	WeightDecay    float64 // w -= w·WeightDecay·rate before each update
	ClipNorm       float64 // limit of each gradient's norm
	ClipValue      float64 // limit of each gradient's elements
	GlobalClipNorm float64 // limit of the norm of all gradients together
}

// Rules are the settings that all optimizers share, with defaults filled in.
func (o *Adam) Rules() *core.OptimizerRules {
	return rules(0.001, o.LearningRate, o.WeightDecay, o.ClipNorm, o.ClipValue, o.GlobalClipNorm)
}

// Slots are m and v, and the largest v with AMSGrad.
func (o *Adam) Slots() []string {
	if o.AMSGrad {
		return []string{"momentum", "velocity", "velocity_hat"}
	}
	return []string{"momentum", "velocity"}
}

// slotGroups keeps m and v of each variable together, and the largest v of all at
// the end.
func (o *Adam) slotGroups() [][]int {
	if o.AMSGrad {
		return [][]int{{0, 1}, {2}}
	}
	return [][]int{{0, 1}}
}

func (o *Adam) beta1() float64   { return o.Beta1.Or(0.9) }
func (o *Adam) beta2() float64   { return o.Beta2.Or(0.999) }
func (o *Adam) epsilon() float64 { return o.Epsilon.Or(1e-7) }

// Apply updates v.
func (o *Adam) Apply(p *core.Step, v *core.Variable, grad tf.Output, slots []*core.Variable) tf.Output {
	d := v.DType()
	number := func(name string, x float64) tf.Output {
		return p.Once("adam "+name+" "+d.String(), func(s *tf.Scope) tf.Output { return scalar(s, x, d) })
	}
	beta1, beta2, epsilon := number("beta1", o.beta1()), number("beta2", o.beta2()), number("epsilon", o.epsilon())
	step := p.Once("adam step "+d.String(), func(s *tf.Scope) tf.Output {
		return op.Cast(s, op.AddV2(s, p.Iteration, tf.ConstScalar(s, int64(1))), d, nil)
	})
	power := func(name string, beta tf.Output) tf.Output {
		return p.Once("adam "+name+" power "+d.String(), func(s *tf.Scope) tf.Output { return op.Pow(s, beta, step) })
	}
	power1, power2 := power("beta1", beta1), power("beta2", beta2)
	m, sq := slots[0].Handle(), slots[1].Handle()
	if o.AMSGrad {
		return op.ResourceApplyAdamWithAmsgrad(p.Scope, v.Handle(), m, sq, slots[2].Handle(), power1, power2, Rate(p, d), beta1, beta2, epsilon, grad, nil)
	}
	return op.ResourceApplyAdam(p.Scope, v.Handle(), m, sq, power1, power2, Rate(p, d), beta1, beta2, epsilon, grad, nil)
}

func (o *Adam) check() error {
	for _, c := range []struct {
		option string
		value  float64
	}{{"beta_1", o.beta1()}, {"beta_2", o.beta2()}} {
		if !(c.value >= 0 && c.value < 1) {
			return core.Errorf(tf.InvalidArgument, "Adam: %s must be at least 0 and less than 1, got %g", c.option, c.value)
		}
	}
	return nil
}

type adamConfig struct {
	shared
	Beta1   core.Number `json:"beta_1"`
	Beta2   core.Number `json:"beta_2"`
	Epsilon core.Number `json:"epsilon"`
	AMSGrad bool        `json:"amsgrad"`
}

// MarshalJSON writes Keras's configuration.
func (o *Adam) MarshalJSON() ([]byte, error) {
	return json.Marshal(adamConfig{store(o.Name, "Adam", o.Rules()), core.Number(o.beta1()), core.Number(o.beta2()), core.Number(o.epsilon()), o.AMSGrad})
}

// UnmarshalJSON reads Keras's configuration.
func (o *Adam) UnmarshalJSON(b []byte) error {
	var c adamConfig
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	*o = Adam{
		Name: c.Name, LearningRate: c.LearningRate, Beta1: c.Beta1, Beta2: c.Beta2, Epsilon: c.Epsilon, AMSGrad: c.AMSGrad,
		WeightDecay: float64(c.WeightDecay), ClipNorm: float64(c.ClipNorm), ClipValue: float64(c.ClipValue), GlobalClipNorm: float64(c.GlobalClipNorm),
	}
	return nil
}
