package metrics

import (
	"encoding/json"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Mean is the mean of values: Update takes them as yPred and ignores yTrue. A
// weight counts a value more or less often. Given a scalar and the number of
// samples it stands for as weight, it follows a loss.
// https://keras.io/api/metrics/reduction_metrics/
type Mean struct {
	Name  string `json:"name"`  // empty: "mean"
	DType string `json:"dtype"` // empty: "float32", the only one
}

// MetricName is what logs call it.
func (m *Mean) MetricName() string { return or(m.Name, "mean") }

// State is total and count.
func (m *Mean) State() []core.Weight { return totalAndCount() }

// Update adds values.
func (m *Mean) Update(s *tf.Scope, state []*core.Variable, _, yPred, weight tf.Output) []tf.Output {
	return add(s, state, yPred, weight)
}

// Result is total/count.
func (m *Mean) Result(s *tf.Scope, state []*core.Variable) tf.Output { return quotient(s, state) }

// MarshalJSON writes Keras's configuration.
func (m *Mean) MarshalJSON() ([]byte, error) {
	type config Mean
	return json.Marshal(config{m.MetricName(), "float32"})
}

func or(name, def string) string {
	if name == "" {
		return def
	}
	return name
}

func totalAndCount() []core.Weight {
	scalar := core.Weight{Shape: tf.Shape{}, DType: tf.Float32, NotTrainable: true}
	total, count := scalar, scalar
	total.Name, count.Name = "total", "count"
	return []core.Weight{total, count}
}

func quotient(s *tf.Scope, state []*core.Variable) tf.Output {
	return op.DivNoNan(s, state[0].Read(s), state[1].Read(s))
}

// add adds a number a sample to total, and the number of samples, or their
// weights, to count.
func add(s *tf.Scope, state []*core.Variable, values, weight tf.Output) []tf.Output {
	if s.Err() != nil {
		return nil
	}
	values = core.Cast(s, values, tf.Float32)
	var count tf.Output
	if !weight.IsNil() {
		values, weight = weigh(s, values, core.Cast(s, weight, tf.Float32))
		count = sum(s, weight)
	}
	values = perSample(s, values)
	if count.IsNil() {
		count = samples(s, values)
	}
	return []tf.Output{state[0].AssignAdd(s, sum(s, values)), state[1].AssignAdd(s, count)}
}

// weigh multiplies values by weights, which may have fewer dimensions or a last one
// of 1.
func weigh(s *tf.Scope, values, weight tf.Output) (tf.Output, tf.Output) {
	v, w := values.Shape(), weight.Shape()
	if v != nil && w != nil {
		last := tf.Const(s, []int32{-1})
		switch {
		case len(w) == len(v)+1 && w[len(w)-1] == 1:
			weight = op.Reshape(s, weight, op.Shape(s, values, nil))
		case len(v) == len(w)+1 && v[len(v)-1] == 1:
			values = op.Squeeze(s, values, &op.SqueezeAttrs{SqueezeDims: []int64{-1}})
		case len(v) > len(w):
			for range len(v) - len(w) {
				values = op.Mean(s, values, last, nil)
			}
		}
		if !values.Shape().Equal(weight.Shape()) {
			weight = op.BroadcastTo(s, weight, op.Shape(s, values, nil))
		}
	}
	return op.Mul(s, values, weight), perSample(s, weight)
}

// perSample takes the mean over all dimensions but the first.
func perSample(s *tf.Scope, x tf.Output) tf.Output {
	shape := x.Shape()
	if len(shape) < 2 {
		return x
	}
	var axes []int32
	for i := 1; i < len(shape); i++ {
		axes = append(axes, int32(i))
	}
	return op.Mean(s, x, tf.Const(s, axes), nil)
}

// samples is the length of a vector, 1 for a scalar.
func samples(s *tf.Scope, x tf.Output) tf.Output {
	if shape := x.Shape(); shape.Known() {
		return tf.ConstScalar(s, float32(shape.NumElements()))
	}
	return op.Cast(s, op.Size(s, x, nil), tf.Float32, nil)
}

func sum(s *tf.Scope, x tf.Output) tf.Output {
	if shape := x.Shape(); shape != nil && len(shape) == 0 {
		return x
	}
	return op.Sum(s, x, tf.Const(s, []int32{0}), nil)
}
