package keras_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

// trainingCase is a training run of Keras; scripts/golden/keras.py says more.
type trainingCase struct {
	Name      string
	Model     string
	Optimizer object
	Loss      object
	BatchSize int `json:"batch_size"`
	Epochs    int
	History   map[string][]float64
	Evaluate  map[string]float64
}

type object struct {
	Class  string `json:"class_name"`
	Config json.RawMessage
}

// TestTrainsAsKeras trains from Keras's first weights in its order, in all ways
// to run a step, and compares all that Keras reports.
func TestTrainsAsKeras(t *testing.T) {
	const path = "testdata/golden/training"
	arrays := golden.Load(t, path+".safetensors.gz")
	for _, c := range golden.Cases[trainingCase](t, path+".json") {
		for _, mode := range []keras.CompileConfig{{}, {StepsPerExecution: 7}, {RunEagerly: true}} {
			t.Run(fmt.Sprintf("%s/steps=%d,eager=%v", c.Name, mode.StepsPerExecution, mode.RunEagerly), func(t *testing.T) {
				c.run(t, arrays, mode)
			})
		}
	}
}

func (c trainingCase) run(t *testing.T, arrays map[string]golden.Tensor, cfg keras.CompileConfig) {
	q, err := saving.FromJSON([]byte(c.Model))
	if err != nil {
		t.Fatal(err)
	}
	m := build(t, q)
	decode(t, c.Loss, losses.New, &cfg.Loss)
	decode(t, c.Optimizer, optimizers.New, &cfg.Optimizer)
	cfg.Metrics = []core.Metric{&metrics.SparseCategoricalAccuracy{Name: "accuracy"}}
	compile(t, m, cfg)
	value := func(role string) *tf.Tensor { return tensorOf(t, arrays[c.Name+"/"+role]) }
	var first []*tf.Tensor
	for i := range m.Weights() {
		first = append(first, value(fmt.Sprintf("w%d", i)))
	}
	if err := m.SetValues(ctx, first); err != nil {
		t.Fatal(err)
	}
	test := keras.Arrays{X: value("test/x"), Y: value("test/y")}
	h := fit(t, m, keras.Arrays{X: value("x"), Y: value("y")}, keras.FitConfig{
		Epochs: c.Epochs, BatchSize: c.BatchSize, InOrder: true, Validation: test,
	})
	for name, want := range c.History {
		near(t, "history "+name, h.Metrics[name], want)
	}
	logs, err := m.Evaluate(ctx, test, keras.EvaluateConfig{BatchSize: c.BatchSize, Verbose: keras.Silent})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range c.Evaluate {
		near(t, "evaluate "+name, []float64{logs[name]}, []float64{want})
	}
	for i, w := range weights(t, m) {
		near(t, m.Weights()[i].Path, wide(w), wide32(t, arrays[fmt.Sprintf("%s/after%d", c.Name, i)]))
	}
	y, err := m.Predict(ctx, test.X, keras.PredictConfig{BatchSize: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	p, err := tf.Values[float32](y)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "predict", wide(p), wide32(t, arrays[c.Name+"/predict"]))
}

// decode makes the part that Keras wrote.
func decode[T any](t *testing.T, o object, class func(string) (T, error), into *T) {
	t.Helper()
	p, err := class(o.Class)
	if err == nil {
		err = core.Decode(o.Class, o.Config, p)
	}
	if err != nil {
		t.Fatal(err)
	}
	*into = p
}

// near fails unless got is Keras's want to the rule for float32.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if err := golden.Near(got, want, 1e-5); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// tensorOf is a golden array as a tensor.
func tensorOf(t *testing.T, a golden.Tensor) *tf.Tensor {
	t.Helper()
	types := map[string]tf.DType{"F32": tf.Float32, "I32": tf.Int32, "I64": tf.Int64, "U8": tf.Uint8}
	x, err := tf.NewRaw(types[a.DType], a.Shape, a.Raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func wide32(t *testing.T, a golden.Tensor) []float64 {
	t.Helper()
	x, err := a.Float64()
	if err != nil {
		t.Fatal(err)
	}
	return x
}
