package optimizers

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

var classes = map[string]func() core.Optimizer{
	"Adam": func() core.Optimizer { return &Adam{} },
	"SGD":  func() core.Optimizer { return &SGD{} },
}

// New is an optimizer of a class ("Adam") or name ("adam"), to be configured.
func New(name string) (core.Optimizer, error) {
	for class, make := range classes {
		if name == class || name == core.SnakeCase(class) {
			return make(), nil
		}
	}
	return nil, core.Errorf(tf.NotFound, "unknown optimizer %q%s", name, suggest.DidYouMean(name, slices.Sorted(maps.Keys(classes))))
}

func rules(defaultRate, rate, decay, norm, value, global float64) *core.OptimizerRules {
	if rate == 0 {
		rate = defaultRate
	}
	return &core.OptimizerRules{LearningRate: rate, WeightDecay: decay, ClipNorm: norm, ClipValue: value, GlobalClipNorm: global}
}
