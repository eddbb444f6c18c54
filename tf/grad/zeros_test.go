package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// TestOrZerosOfVariable: a variable that y does not depend on.
func TestOrZerosOfVariable(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
		defer v.Close()
		s := l.After(v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))
		xs := []tf.Output{v.Handle()}
		d := grad.OrZeros(s, lab{s, t, nil}.gradients(func(s *tf.Scope) tf.Output { return tf.ConstScalar(s, 1.0) }, xs...), xs)
		if l.Err() != nil || d[0].IsNil() {
			t.Fatal(d, l.Err())
		}
		near(t, "gradient", l.fetch(d...)[0], []float64{0, 0}, 0)
	})
}

// TestShapeOfFedGradient: a dy whose shape is known only when the graph runs.
func TestShapeOfFedGradient(t *testing.T) {
	for name, hide := range map[string]tf.Shape{"known": {1, 4, 4, 1}, "unknown": nil} {
		t.Run(name, func(t *testing.T) {
			l := graphLab(t)
			x := op.PlaceholderWithDefault(l.Scope, tf.Const(l.Scope, make([]float32, 16), 1, 4, 4, 1), hide)
			y := op.AvgPool(l.Scope, x, []int64{1, 2, 2, 1}, []int64{1, 2, 2, 1}, "VALID", nil)
			dy := tf.Placeholder(l.Scope, tf.Float32, nil)
			d := grad.Gradients(l.Scope, []tf.Output{y}, []tf.Output{x}, []tf.Output{dy})
			if l.Err() != nil {
				t.Fatal(l.Err())
			}
			sess, err := tf.NewSession(l.Graph(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer sess.Close()
			wrong, err := tf.NewTensor([]float32{1})
			if err != nil {
				t.Fatal(err)
			}
			defer wrong.Close()
			if _, err := sess.Run(t.Context(), []tf.Feed{{Output: dy, Tensor: wrong}}, d); err == nil {
				t.Error("a gradient of another shape was taken")
			}
		})
	}
}
