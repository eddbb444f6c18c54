package metrics

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// SparseCategoricalAccuracy is how often the class with the largest prediction is
// the right one. Labels are class numbers, [batch] or [batch, 1]; predictions are
// [batch, classes], probabilities or logits.
// https://keras.io/api/metrics/accuracy_metrics/
type SparseCategoricalAccuracy struct {
	Name  string `json:"name"`  // empty: "sparse_categorical_accuracy"
	DType string `json:"dtype"` // empty: "float32", the only one
}

// MetricName is what logs call it.
func (m *SparseCategoricalAccuracy) MetricName() string {
	return or(m.Name, "sparse_categorical_accuracy")
}

// State is total and count.
func (m *SparseCategoricalAccuracy) State() []core.Weight { return totalAndCount() }

// Update adds a batch.
func (m *SparseCategoricalAccuracy) Update(s *tf.Scope, state []*core.Variable, yTrue, yPred, weight tf.Output) []tf.Output {
	if s.Err() != nil {
		return nil
	}
	labels, scores := yTrue.Shape(), yPred.Shape()
	if n := len(labels); n > 0 && n == len(scores) && labels[n-1] == 1 {
		yTrue = op.Squeeze(s, yTrue, &op.SqueezeAttrs{SqueezeDims: []int64{-1}})
		labels = labels[:n-1]
	}
	if scores != nil && (len(scores) < 2 || !scores[:len(scores)-1].Accepts(labels)) {
		s.SetErr(core.Errorf(tf.InvalidArgument, "%s: predictions must have labels' shape and a last dimension of classes, got labels of shape %v and predictions of shape %v",
			m.MetricName(), yTrue.Shape(), scores))
		return nil
	}
	attrs := &op.ArgMaxAttrs{}
	if yTrue.DType() == tf.Int32 {
		attrs.OutputType = tf.Int32 // saves a cast
	}
	class := op.ArgMax(s, yPred, tf.ConstScalar(s, int32(-1)), attrs)
	return add(s, state, equal(s, class, yTrue), weight)
}

// Result is the part of the samples that was right.
func (m *SparseCategoricalAccuracy) Result(s *tf.Scope, state []*core.Variable) tf.Output {
	return quotient(s, state)
}

// MarshalJSON writes Keras's configuration.
func (m *SparseCategoricalAccuracy) MarshalJSON() ([]byte, error) {
	type config SparseCategoricalAccuracy
	return json.Marshal(config{m.MetricName(), "float32"})
}

// Accuracy is how often predictions equal labels.
// https://keras.io/api/metrics/accuracy_metrics/
type Accuracy struct {
	Name  string `json:"name"`  // empty: "accuracy"
	DType string `json:"dtype"` // empty: "float32", the only one
}

// MetricName is what logs call it.
func (m *Accuracy) MetricName() string { return or(m.Name, "accuracy") }

// State is total and count.
func (m *Accuracy) State() []core.Weight { return totalAndCount() }

// Update adds a batch.
func (m *Accuracy) Update(s *tf.Scope, state []*core.Variable, yTrue, yPred, weight tf.Output) []tf.Output {
	if s.Err() != nil {
		return nil
	}
	if want, got := yTrue.Shape(), yPred.Shape(); !want.Accepts(got) {
		s.SetErr(core.Errorf(tf.InvalidArgument, "%s: predictions must have labels' shape, got labels of shape %v and predictions of shape %v", m.MetricName(), want, got))
		return nil
	}
	return add(s, state, equal(s, yPred, yTrue), weight)
}

// Result is the part of the samples that was right.
func (m *Accuracy) Result(s *tf.Scope, state []*core.Variable) tf.Output { return quotient(s, state) }

// MarshalJSON writes Keras's configuration.
func (m *Accuracy) MarshalJSON() ([]byte, error) {
	type config Accuracy
	return json.Marshal(config{m.MetricName(), "float32"})
}

// equal is 1 where a and b are equal, else 0. Values of different types are
// compared as whole numbers if both are, else as float32.
func equal(s *tf.Scope, a, b tf.Output) tf.Output {
	common := tf.Int64
	if !a.DType().IsInteger() || !b.DType().IsInteger() {
		common = tf.Float32
	}
	if a.DType() != b.DType() {
		a, b = core.Cast(s, a, common), core.Cast(s, b, common)
	}
	return op.Cast(s, op.Equal(s, a, b, nil), tf.Float32, nil)
}
