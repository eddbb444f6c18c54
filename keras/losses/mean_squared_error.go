package losses

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// MeanSquaredError is the mean of (yTrue - yPred)² over the last axis.
// https://keras.io/api/losses/regression_losses/
type MeanSquaredError struct {
	Name      string    `json:"name"`      // empty: "mean_squared_error"
	Reduction Reduction `json:"reduction"` // empty: SumOverBatchSize
}

// LossName is what the loss is called.
func (l *MeanSquaredError) LossName() string {
	if l.Name == "" {
		return "mean_squared_error"
	}
	return l.Name
}

// LossReduction is how Compute reduces.
func (l *MeanSquaredError) LossReduction() Reduction { return l.Reduction }

// MarshalJSON writes Keras's configuration.
func (l *MeanSquaredError) MarshalJSON() ([]byte, error) {
	type config MeanSquaredError
	c := config(*l)
	c.Name = l.LossName()
	return json.Marshal(c)
}

// Values are the losses of the samples, of the predictions' shape without the
// last dimension.
func (l *MeanSquaredError) Values(s *tf.Scope, yTrue, yPred tf.Output) tf.Output {
	if s.Err() != nil {
		return tf.Output{}
	}
	yPred = float(s, yPred)
	yTrue = core.Cast(s, yTrue, yPred.DType())
	yTrue, yPred = fit(s, yTrue, yPred)
	if want, got := yPred.Shape(), yTrue.Shape(); !want.Accepts(got) || want != nil && len(want) == 0 {
		s.SetErr(core.Errorf(tf.InvalidArgument, "%s: predictions must have the shape of what they are compared with, got %v and %v", l.LossName(), want, got))
		return tf.Output{}
	}
	return op.Mean(s, op.SquaredDifference(s, yTrue, yPred), tf.Const(s, []int32{-1}), nil)
}

// fit gives a and b the same rank when one has a last dimension of 1 more: the
// shorter one gets it too if it is a vector, else the longer one loses it.
func fit(s *tf.Scope, a, b tf.Output) (tf.Output, tf.Output) {
	same := func(long, short tf.Output) (tf.Output, tf.Output) {
		l, m := long.Shape(), short.Shape()
		switch n := len(l); {
		case l == nil || m == nil || n != len(m)+1 || l[n-1] != 1:
			return long, short
		case n == 2:
			return long, op.ExpandDims(s, short, tf.ConstScalar(s, int32(-1)))
		}
		return op.Squeeze(s, long, &op.SqueezeAttrs{SqueezeDims: []int64{-1}}), short
	}
	a, b = same(a, b)
	b, a = same(b, a)
	return a, b
}
