package grad_test

import (
	"maps"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(betterThanPython, map[string]string{
		"TensorScatterUpdate/twice/dx2":  "what was overwritten has none",
		"TensorScatterUpdate/twice/ddy0": "what was overwritten has none",
	})
	maps.Copy(kinks, map[string]string{
		"TensorScatterMin/tie": "all are right", "TensorScatterMax/tie": "all are right",
	})
}

// TestVariableGatherNd gathers elements of a variable.
func TestVariableGatherNd(t *testing.T) {
	l := eagerLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2, 3})
	defer v.Close()
	v.Assign(l.Scope, tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6}, 2, 3))
	for name, indices := range map[string]tf.Output{
		"int32": tf.Const(l.Scope, []int32{1, 2, 0, 1, 1, 2}, 3, 2),
		"int64": tf.Const(l.Scope, []int64{1, 2, 0, 1, 1, 2}, 3, 2),
	} {
		d := l.gradients(func(s *tf.Scope) tf.Output {
			return op.Square(s, op.ResourceGatherNd(s, v.Handle(), indices, tf.Float64))
		}, v.Handle())
		near(t, name, l.fetch(d...)[0], []float64{0, 4, 0, 0, 0, 24}, 1e-15)
	}
}
