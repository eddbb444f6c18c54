package losses

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// SparseCategoricalCrossentropy is -log(p) of the probability p that is
// predicted for the right class. Labels are class numbers of any whole or
// floating type, of shape [batch] or [batch, 1]; predictions are [batch, classes].
// Both may have further dimensions after the batch.
//
// Predictions that a softmax operation made count as its logits do: the same
// number, without loss of precision near 0.
// https://keras.io/api/losses/probabilistic_losses/
type SparseCategoricalCrossentropy struct {
	Name       string    `json:"name"`        // empty: "sparse_categorical_crossentropy"
	Reduction  Reduction `json:"reduction"`   // empty: SumOverBatchSize
	FromLogits bool      `json:"from_logits"` // predictions are logits, not probabilities
	sparseUnsupported
}

type sparseUnsupported struct {
	IgnoreClass core.Null `json:"ignore_class"`
}

// LossName is what the loss is called.
func (l *SparseCategoricalCrossentropy) LossName() string {
	if l.Name == "" {
		return "sparse_categorical_crossentropy"
	}
	return l.Name
}

// LossReduction is how Compute reduces.
func (l *SparseCategoricalCrossentropy) LossReduction() Reduction { return l.Reduction }

// MarshalJSON writes Keras's configuration.
func (l *SparseCategoricalCrossentropy) MarshalJSON() ([]byte, error) {
	type config SparseCategoricalCrossentropy
	c := config(*l)
	c.Name = l.LossName()
	return json.Marshal(c)
}

// Values are the losses of the samples, of the predictions' shape without the
// classes.
func (l *SparseCategoricalCrossentropy) Values(s *tf.Scope, yTrue, yPred tf.Output) tf.Output {
	if s.Err() != nil {
		return tf.Output{}
	}
	logits := l.logits(s, yPred)
	labels, want := yTrue.Shape(), yPred.Shape()
	if len(labels) > 0 && len(labels) == len(want) && labels[len(labels)-1] == 1 {
		yTrue = op.Squeeze(s, yTrue, &op.SqueezeAttrs{SqueezeDims: []int64{-1}})
		labels = labels[:len(labels)-1]
	}
	if want != nil && (len(want) < 2 || !want[:len(want)-1].Accepts(labels)) {
		s.SetErr(core.Errorf(tf.InvalidArgument, "%s: predictions must have labels' shape and a last dimension of classes, got labels of shape %v and predictions of shape %v",
			l.LossName(), yTrue.Shape(), want))
		return tf.Output{}
	}
	if d := yTrue.DType(); d != tf.Int32 && d != tf.Int64 {
		yTrue = op.Cast(s, yTrue, tf.Int64, nil)
	}
	if len(want) == 2 {
		loss, _ := op.SparseSoftmaxCrossEntropyWithLogits(s, logits, yTrue)
		return loss
	}
	return flattened(s, logits, yTrue, want)
}

// logits are what softmax makes the predicted probabilities of.
func (l *SparseCategoricalCrossentropy) logits(s *tf.Scope, yPred tf.Output) tf.Output {
	if o := yPred.Op(); !o.IsNil() && o.Type() == "Softmax" && len(o.Inputs()) == 1 {
		return float(s, o.Input(0))
	}
	yPred = float(s, yPred)
	if l.FromLogits {
		return yPred
	}
	const tiny = 1e-7
	low, high := tf.ConstScalar(s, float32(tiny)), tf.ConstScalar(s, float32(1-tiny))
	d := yPred.DType()
	return op.Log(s, op.ClipByValue(s, yPred, core.Cast(s, low, d), core.Cast(s, high, d)))
}

// flattened computes the losses of predictions that are not a matrix.
func flattened(s *tf.Scope, logits, labels tf.Output, shape tf.Shape) tf.Output {
	classes := int32(-1)
	rows := op.Reshape(s, labels, tf.Const(s, []int32{-1}))
	if shape != nil {
		classes = int32(shape[len(shape)-1])
	}
	var matrix tf.Output
	if classes >= 0 {
		matrix = tf.Const(s, []int32{-1, classes})
	} else {
		matrix = op.Pack(s, []tf.Output{op.Size(s, labels, nil), tf.ConstScalar(s, int32(-1))}, nil)
	}
	loss, _ := op.SparseSoftmaxCrossEntropyWithLogits(s, op.Reshape(s, logits, matrix), rows)
	return op.Reshape(s, loss, op.Shape(s, labels, nil))
}

// float is x in a type that losses are computed in: float32, unless it is float64.
func float(s *tf.Scope, x tf.Output) tf.Output {
	if x.DType() == tf.Float64 {
		return x
	}
	return core.Cast(s, x, tf.Float32)
}
