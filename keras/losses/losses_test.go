package losses_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

type goldenCase struct {
	Name     string
	Class    string
	Config   json.RawMessage
	Weighted bool
}

const goldenFiles = "../testdata/golden/losses"

func (tc *goldenCase) loss(t *testing.T) core.Loss {
	t.Helper()
	l, err := losses.New(tc.Class)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Decode(tc.Class, tc.Config, l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestGolden(t *testing.T) {
	arrays := golden.Load(t, goldenFiles+".safetensors.gz")
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		t.Run(tc.Name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				yTrue, yPred := l.Const(arrays[tc.Name+"/y_true"]), l.Const(arrays[tc.Name+"/y_pred"])
				var weight tf.Output
				if tc.Weighted {
					weight = l.Const(arrays[tc.Name+"/sample_weight"])
				}
				l.Watch(yPred)
				y := losses.Compute(l.Scope, tc.loss(t), yTrue, yPred, weight)
				if err := l.Scope.Err(); err != nil {
					t.Fatal(err)
				}
				values := l.Values([]tf.Output{y, l.Gradients(y, l.Const(arrays[tc.Name+"/dy"]), yPred)[0]})
				lab.Near(t, arrays, tc.Name+"/y", values[0])
				lab.Near(t, arrays, tc.Name+"/dx", values[1])
			})
		})
	}
}

func TestConfig(t *testing.T) {
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		got, err := json.Marshal(tc.loss(t))
		if want := strings.NewReplacer(" ", "", "\n", "").Replace(string(tc.Config)); err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", tc.Name, got, err, want)
		}
	}
	got, err := json.Marshal(&losses.MeanSquaredError{})
	if want := `{"name":"mean_squared_error","reduction":"sum_over_batch_size"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

// TestSoftmaxLogits compares the loss of a softmax's probabilities with that of
// its logits: equal, also where the probabilities are zero in float32.
func TestSoftmaxLogits(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		logits := tf.Const(l.Scope, []float32{200, -100, 0, 1, 2, 3}, 2, 3)
		labels := tf.Const(l.Scope, []int32{1, 0})
		l.Watch(logits)
		p := activations.Softmax.Apply(l.Scope, logits)
		fromP := losses.Compute(l.Scope, &losses.SparseCategoricalCrossentropy{}, labels, p, tf.Output{})
		direct := losses.Compute(l.Scope, &losses.SparseCategoricalCrossentropy{FromLogits: true}, labels, logits, tf.Output{})
		v := l.Values([]tf.Output{fromP, direct, l.Gradients(fromP, tf.Output{}, logits)[0], l.Gradients(direct, tf.Output{}, logits)[0]})
		if v[0][0] != v[1][0] || v[1][0] < 100 {
			t.Errorf("loss of probabilities %v, of logits %v", v[0], v[1])
		}
		if err := golden.Near(v[2], v[3], 0); err != nil {
			t.Error(err)
		}
	})
}

// TestLabelTypes gives labels in every type that they may come in.
func TestLabelTypes(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		logits := tf.Const(l.Scope, []float32{1, 2, 3, 0, -1, 2}, 2, 3)
		labels := tf.Const(l.Scope, []int32{2, 1})
		loss := &losses.SparseCategoricalCrossentropy{FromLogits: true, Reduction: losses.None}
		want := l.Value(loss.Values(l.Scope, labels, logits))
		for _, d := range []tf.DType{tf.Uint8, tf.Int8, tf.Int16, tf.Int64, tf.Float32, tf.Float64} {
			cast := l.Scope.Begin("Cast").In(labels).Type("DstT", d).One()
			if err := golden.Near(l.Value(loss.Values(l.Scope, cast, logits)), want, 0); err != nil {
				t.Errorf("%v: %v", d, err)
			}
		}
	})
}

func TestMeanSquaredError(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		s := l.Scope
		matrix := tf.Const(s, []float32{1, 2, 3, 4}, 2, 2)
		for _, tc := range []struct {
			name        string
			true_, pred tf.Output
			want        []float64
		}{
			{"matrix", matrix, tf.Const(s, []float32{1, 0, 0, 0}, 2, 2), []float64{2, 12.5}},
			{"vector for a column", tf.Const(s, []float32{1, 2}), tf.Const(s, []float32{3, 5}, 2, 1), []float64{4, 9}},
			{"column for a vector", tf.Const(s, []float32{1, 2}, 2, 1), tf.Const(s, []float32{3, 5}), []float64{4, 9}},
			{"whole numbers", tf.Const(s, []int32{1, 2}, 2, 1), tf.Const(s, []float32{3, 5}, 2, 1), []float64{4, 9}},
		} {
			got := l.Value((&losses.MeanSquaredError{}).Values(s, tc.true_, tc.pred))
			if err := golden.Near(got, tc.want, 1e-6); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
	})
}

func TestShapes(t *testing.T) {
	const want = "predictions must have labels' shape and a last dimension of classes, got labels of shape (3,) and predictions of shape (2, 3)"
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		labels, scores := tf.Const(l.Scope, []int32{1, 2, 0}), tf.Const(l.Scope, make([]float32, 6), 2, 3)
		losses.Compute(l.Scope, &losses.SparseCategoricalCrossentropy{Name: "ce"}, labels, scores, tf.Output{})
		if err := l.Scope.Err(); err == nil || err.Error() != "ce: "+want || !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("err = %v", err)
		}
	})
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		(&losses.MeanSquaredError{}).Values(l.Scope, tf.Const(l.Scope, make([]float32, 3)), tf.Const(l.Scope, make([]float32, 6), 2, 3))
		if l.Scope.Err() == nil {
			t.Error("mean squared error: no error")
		}
	})
}

func TestNew(t *testing.T) {
	for _, name := range []string{"SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", "mse", "mean_squared_error"} {
		if _, err := losses.New(name); err != nil {
			t.Error(err)
		}
	}
	_, err := losses.New("sparse_categorical_crossentropi")
	if want := `unknown loss "sparse_categorical_crossentropi", did you mean "sparse_categorical_crossentropy"?`; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}

func TestBadReduction(t *testing.T) {
	const want = `unknown reduction "summ", did you mean "sum"?`
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		x := tf.Const(l.Scope, []float32{1}, 1, 1)
		losses.Compute(l.Scope, &losses.MeanSquaredError{Reduction: "summ"}, x, x, tf.Output{})
		if err := l.Scope.Err(); err == nil || err.Error() != want {
			t.Errorf("err = %v, want %s", err, want)
		}
	})
	err := core.Decode("MeanSquaredError", []byte(`{"reduction":"summ"}`), &losses.MeanSquaredError{})
	if err == nil || err.Error() != "MeanSquaredError: "+want {
		t.Errorf("err = %v", err)
	}
}
