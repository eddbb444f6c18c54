package metrics_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

type goldenCase struct {
	Name    string
	Class   string
	Config  json.RawMessage
	Updates int
}

const goldenFiles = "../testdata/golden/metrics"

func (tc *goldenCase) metric(t *testing.T) core.Metric {
	t.Helper()
	m, err := metrics.New(tc.Class)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Decode(tc.Class, tc.Config, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGolden(t *testing.T) {
	arrays := golden.Load(t, goldenFiles+".safetensors.gz")
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		t.Run(tc.Name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				m := tc.metric(t)
				state := l.Variables(m.State()...)
				for i := range tc.Updates {
					read := func(role string) tf.Output {
						if a, ok := arrays[fmt.Sprintf("%s/%d/%s", tc.Name, i, role)]; ok {
							return l.Const(a)
						}
						return tf.Output{}
					}
					updates := m.Update(l.Scope, state, read("y_true"), read("y_pred"), read("sample_weight"))
					result := l.Value(m.Result(l.Scope.After(updates...), state))
					lab.Near(t, arrays, fmt.Sprintf("%s/%d/result", tc.Name, i), result)
				}
			})
		})
	}
}

func TestConfig(t *testing.T) {
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		m := tc.metric(t)
		got, err := json.Marshal(m)
		if want := strings.NewReplacer(" ", "", "\n", "").Replace(string(tc.Config)); err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", tc.Name, got, err, want)
		}
		if !strings.Contains(string(tc.Config), `"`+m.MetricName()+`"`) {
			t.Errorf("%s: name %q, want that of %s", tc.Name, m.MetricName(), tc.Config)
		}
	}
}

// TestLossTracker follows the losses of two batches of different sizes.
func TestLossTracker(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		m := &metrics.Mean{Name: "loss"}
		state := l.Variables(m.State()...)
		if got := l.Value(m.Result(l.Scope, state)); got[0] != 0 {
			t.Errorf("empty: %v, want 0", got)
		}
		for _, batch := range []struct{ loss, n float32 }{{2, 30}, {5, 10}} {
			updates := m.Update(l.Scope, state, tf.Output{}, tf.ConstScalar(l.Scope, batch.loss), tf.ConstScalar(l.Scope, batch.n))
			l.Run(updates...)
		}
		if got := l.Value(m.Result(l.Scope, state)); got[0] != 2.75 {
			t.Errorf("mean = %v, want (2*30 + 5*10) / 40", got)
		}
	})
}

func TestLabelTypes(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		m := &metrics.SparseCategoricalAccuracy{}
		scores := tf.Const(l.Scope, []float32{1, 2, 0, 3, 1, 2}, 2, 3)
		labels := tf.Const(l.Scope, []int32{1, 2})
		for _, d := range []tf.DType{tf.Uint8, tf.Int32, tf.Int64, tf.Float32} {
			state := l.Variables(m.State()...)
			cast := l.Scope.Begin("Cast").In(labels).Type("DstT", d).One()
			updates := m.Update(l.Scope, state, cast, scores, tf.Output{})
			if got := l.Value(m.Result(l.Scope.After(updates...), state)); got[0] != 0.5 {
				t.Errorf("%v: accuracy %v, want 0.5", d, got)
			}
		}
	})
}

func TestShapes(t *testing.T) {
	const want = "acc: predictions must have labels' shape and a last dimension of classes, got labels of shape (3,) and predictions of shape (2, 3)"
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		m := &metrics.SparseCategoricalAccuracy{Name: "acc"}
		m.Update(l.Scope, l.Variables(m.State()...), tf.Const(l.Scope, make([]int32, 3)), tf.Const(l.Scope, make([]float32, 6), 2, 3), tf.Output{})
		if err := l.Scope.Err(); err == nil || err.Error() != want {
			t.Errorf("err = %v, want %s", err, want)
		}
	})
}

func TestFor(t *testing.T) {
	m, err := metrics.For("accuracy", &losses.SparseCategoricalCrossentropy{})
	if _, ok := m.(*metrics.SparseCategoricalAccuracy); err != nil || !ok || m.MetricName() != "accuracy" {
		t.Errorf("accuracy is %T, %v", m, err)
	}
	if m, err := metrics.For("mean", nil); err != nil || m.MetricName() != "mean" {
		t.Errorf("mean is %T, %v", m, err)
	}
	for _, tc := range []struct {
		name string
		loss core.Loss
		want string
	}{
		{"accuracy", &losses.MeanSquaredError{}, `metric "accuracy": no accuracy is known for loss MeanSquaredError, name the metric`},
		{"acuracy", nil, `unknown metric "acuracy", did you mean "accuracy"?`},
	} {
		if _, err := metrics.For(tc.name, tc.loss); err == nil || err.Error() != tc.want {
			t.Errorf("err = %v, want %s", err, tc.want)
		}
	}
}

// TestWeights gives weights of other shapes than the values'. What is wanted is
// what Keras 3.15.1 gives.
func TestWeights(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		s := l.Scope
		matrix := tf.Const(s, []float32{1, 2, 3, 4, 5, 9}, 2, 3)
		vector, column := tf.Const(s, []float32{1, 2}), tf.Const(s, []float32{1, 2}, 2, 1)
		for _, tc := range []struct {
			name           string
			values, weight tf.Output
			total, count   float64
		}{
			{"matrix", matrix, tf.Output{}, 8, 2},
			{"matrix by a vector", matrix, tf.Const(s, []float32{0.5, 2}), 13, 2.5},
			{"matrix by a column", matrix, tf.Const(s, []float32{0.5, 2}, 2, 1), 13, 2.5},
			{"matrix by a matrix", matrix, tf.Const(s, []float32{1, 2, 0, 1, 0, 3}, 2, 3), 12, 7.0 / 3},
			{"matrix by a scalar", matrix, tf.ConstScalar(s, float32(3)), 12, 3},
			{"vector by a column", vector, tf.Const(s, []float32{0.5, 2}, 2, 1), 4.5, 2.5},
			{"column by a vector", column, tf.Const(s, []float32{0.5, 2}), 4.5, 2.5},
			{"vector by a scalar", vector, tf.ConstScalar(s, float32(3)), 4.5, 3},
		} {
			m := &metrics.Mean{}
			state := l.Variables(m.State()...)
			l.Run(m.Update(s, state, tf.Output{}, tc.values, tc.weight)...)
			got := l.Values([]tf.Output{state[0].Read(s), state[1].Read(s)})
			if err := golden.Near(append(got[0], got[1]...), []float64{tc.total, tc.count}, 1e-6); err != nil {
				t.Errorf("%s: %v, %v; want %g, %g", tc.name, got[0], got[1], tc.total, tc.count)
			}
		}
	})
}

func TestAccuracyShapes(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		m := &metrics.Accuracy{}
		m.Update(l.Scope, l.Variables(m.State()...), tf.Const(l.Scope, make([]int32, 3)), tf.Const(l.Scope, make([]int32, 2)), tf.Output{})
		const want = "accuracy: predictions must have labels' shape, got labels of shape (3,) and predictions of shape (2,)"
		if err := l.Scope.Err(); err == nil || err.Error() != want {
			t.Errorf("err = %v, want %s", err, want)
		}
	})
}
