package optimizers_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

// TestRows: gradients that are rows of a table update it as dense ones do.
func TestRows(t *testing.T) {
	for name, o := range map[string]core.Optimizer{
		"SGD": &optimizers.SGD{LearningRate: 0.5}, "SGD with momentum": &optimizers.SGD{LearningRate: 0.5, Momentum: 0.9},
		"SGD that clips": &optimizers.SGD{LearningRate: 0.5, ClipNorm: 1}, "Adam": &optimizers.Adam{LearningRate: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				var got [2][]float64
				for i := range got {
					tr := newTrainer(l, o, core.Weight{Name: "table", Shape: tf.Shape{4, 2}})
					for range 2 {
						s := l.Scope
						g := grad.Gradient{
							Values:  tf.Const(s, []float32{1, 2, 3, 4, 5, 6}, 3, 2),
							Indices: tf.Const(s, []int32{2, 0, 2}), Shape: tf.Const(s, []int32{4, 2}),
						}
						if i == 1 {
							g = grad.Gradient{Values: g.Dense(s)}
						}
						p := &core.Step{Scope: s, LearningRate: tr.rate.Read(s), Iteration: tr.iteration.Read(s)}
						tr.apply(l, p, []grad.Gradient{g})
					}
					got[i] = l.Value(tr.vars[0].Read(l.Scope))
				}
				if !slices.Equal(got[0], got[1]) || got[0][4] == 0 {
					t.Errorf("by rows %v, dense %v", got[0], got[1])
				}
			})
		})
	}
}
