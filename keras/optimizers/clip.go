package optimizers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

// clip limits gradients as the rules say; at most one of the three is set.
func clip(s *tf.Scope, rules *core.OptimizerRules, grads []tf.Output) []tf.Output {
	switch {
	case rules.ClipNorm > 0:
		return grad.ClipByNorm(s, grads, rules.ClipNorm)
	case rules.GlobalClipNorm > 0:
		clipped, _ := grad.ClipByGlobalNorm(s, grads, rules.GlobalClipNorm)
		return clipped
	case rules.ClipValue > 0:
		return grad.ClipByValue(s, grads, -rules.ClipValue, rules.ClipValue)
	}
	return grads
}
