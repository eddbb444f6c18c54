package optimizers

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// LearningRate is o's setting, or the default of its class.
func LearningRate(o core.Optimizer) float64 { return o.Rules().LearningRate }

// Check is an InvalidArgument error if a setting of o is out of range.
func Check(o core.Optimizer) error {
	r, class := o.Rules(), core.ClassOf(o)
	bad := func(option, want string, got float64) error {
		return core.Errorf(tf.InvalidArgument, "%s: %s must be %s, got %g", class, option, want, got)
	}
	set := 0
	for _, c := range []struct {
		option string
		value  float64
	}{{"clipnorm", r.ClipNorm}, {"clipvalue", r.ClipValue}, {"global_clipnorm", r.GlobalClipNorm}, {"weight_decay", r.WeightDecay}, {"learning_rate", r.LearningRate}} {
		if !(c.value >= 0) {
			return bad(c.option, "at least 0", c.value)
		}
		if c.value > 0 && c.option[0] != 'w' && c.option[0] != 'l' {
			set++
		}
	}
	if set > 1 {
		return core.Errorf(tf.InvalidArgument, "%s: only one of clipnorm, clipvalue and global_clipnorm can be set", class)
	}
	if c, ok := o.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

// optional is a number that JSON writes as null when it is zero.
type optional float64

// MarshalJSON writes null for zero.
func (o optional) MarshalJSON() ([]byte, error) {
	if o == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(float64(o))
}

// shared is what Keras stores of every optimizer.
type shared struct {
	Name           string     `json:"name"`
	LearningRate   float64    `json:"learning_rate"`
	WeightDecay    optional   `json:"weight_decay"`
	ClipNorm       optional   `json:"clipnorm"`
	GlobalClipNorm optional   `json:"global_clipnorm"`
	ClipValue      optional   `json:"clipvalue"`
	UseEMA         core.False `json:"use_ema"`
	EMAMomentum    float64    `json:"ema_momentum"` // without meaning while use_ema is off
	EMAFrequency   core.Null  `json:"ema_overwrite_frequency"`
	LossScale      core.Null  `json:"loss_scale_factor"`
	Accumulate     core.Null  `json:"gradient_accumulation_steps"`
}

// store is r as Keras stores it. The learning rate is a float32 there.
func store(name, class string, r *core.OptimizerRules) shared {
	if name == "" {
		name = core.SnakeCase(class)
	}
	return shared{
		Name: name, LearningRate: float64(float32(r.LearningRate)), WeightDecay: optional(r.WeightDecay), ClipNorm: optional(r.ClipNorm),
		GlobalClipNorm: optional(r.GlobalClipNorm), ClipValue: optional(r.ClipValue), EMAMomentum: 0.99,
	}
}
