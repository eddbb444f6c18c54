package metrics_test

import (
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/tf"
)

func ExampleSparseCategoricalAccuracy() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	m := &metrics.SparseCategoricalAccuracy{Name: "accuracy"}
	var state []*core.Variable
	for _, w := range m.State() {
		b := &core.Builder{Scope: s, Path: m.MetricName(), Add: func(v *core.Variable) { state = append(state, v) }}
		v := b.Weight(w)
		defer v.Close()
		v.Assign(s, tf.ConstScalar(s, float32(0)))
	}
	scores := tf.Const(s, []float32{0.1, 0.9, 0.8, 0.2}, 2, 2)
	m.Update(s, state, tf.Const(s, []int32{1, 1}), scores, tf.Output{})
	m.Update(s, state, tf.Const(s, []int32{1, 0}), scores, tf.Output{})

	v, err := m.Result(s, state).Value()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	values, _ := tf.Values[float32](v)
	fmt.Println(m.MetricName(), values[0])
	// Output: accuracy 0.75
}
