package keras_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

// wrong fails unless err is one line that says want and has the code.
func wrong(t *testing.T, err error, want string, code tf.Code) {
	t.Helper()
	switch {
	case err == nil || !strings.Contains(err.Error(), want):
		t.Errorf("err = %v, want %q", err, want)
	case strings.Contains(err.Error(), "\n"):
		t.Errorf("err has several lines: %v", err)
	case !errors.Is(err, code):
		t.Errorf("err = %v, want code %v", err, code)
	}
}

func TestBuildRefuses(t *testing.T) {
	in := func() core.Layer { return &layers.Input{Shape: tf.Shape{28, 28}} }
	dense := &layers.Dense{Units: 3}
	for _, tc := range []struct {
		name string
		q    keras.Sequential
		want string
	}{
		{"no layers", keras.Sequential{}, `model "sequential": the first layer must be a *layers.Input`},
		{"no input", keras.Sequential{Layers: []core.Layer{dense}}, "the first layer must be a *layers.Input"},
		{"only input", keras.Sequential{Name: "m", Layers: []core.Layer{in()}}, `model "m": the model has no layer after its Input`},
		{"two inputs", keras.Sequential{Layers: []core.Layer{in(), in()}}, "layer 1 is an Input"},
		{"nil", keras.Sequential{Layers: []core.Layer{in(), nil}}, "layer 1 is nil"},
		{"nil pointer", keras.Sequential{Layers: []core.Layer{in(), (*layers.Dense)(nil)}}, "layer 1 is nil"},
		{"twice", keras.Sequential{Layers: []core.Layer{in(), dense, dense}}, "layers 1 and 2 are the same"},
		{"same name", keras.Sequential{Layers: []core.Layer{in(), &layers.Flatten{Base: core.Named("x")}, &layers.Dense{Base: core.Named("x"), Units: 1}}}, `two layers are called "x"`},
		{"slash", keras.Sequential{Layers: []core.Layer{in(), &layers.Dense{Base: core.Named("a/b"), Units: 1}}}, `layer name "a/b" contains a slash`},
		{"model slash", keras.Sequential{Name: "a/b", Layers: []core.Layer{in(), dense}}, "the name contains a slash"},
		{"policy", keras.Sequential{Policy: "float12", Layers: []core.Layer{in(), dense}}, `unknown dtype policy "float12"`},
		{"rank", keras.Sequential{Layers: []core.Layer{in(), &layers.Conv2D{Filters: 2, KernelSize: layers.Square(3)}}}, "input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)"},
		{"units", keras.Sequential{Layers: []core.Layer{in(), &layers.Dense{}}}, "units must be positive, got 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := tc.q.Build()
			if err == nil {
				m.Close()
			}
			wrong(t, err, tc.want, tf.InvalidArgument)
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	m := build(t, keras.Sequential{Layers: mlp(4, 3)})
	loss := &losses.SparseCategoricalCrossentropy{}
	accuracy := &metrics.SparseCategoricalAccuracy{Name: "accuracy"}
	for _, tc := range []struct {
		name string
		cfg  keras.CompileConfig
		want string
	}{
		{"no loss", keras.CompileConfig{}, "a loss is missing"},
		{"steps", keras.CompileConfig{Loss: loss, StepsPerExecution: -1}, "StepsPerExecution must be 1 or more, got -1"},
		{"nil metric", keras.CompileConfig{Loss: loss, Metrics: []core.Metric{nil}}, "metric 0 is nil"},
		{"same metric", keras.CompileConfig{Loss: loss, Metrics: []core.Metric{accuracy, accuracy}}, `two metrics are called "accuracy"`},
		{"metric loss", keras.CompileConfig{Loss: loss, Metrics: []core.Metric{&metrics.Mean{Name: "loss"}}}, `two metrics are called "loss"`},
		{"rate", keras.CompileConfig{Loss: loss, Optimizer: &optimizers.Adam{LearningRate: -1}}, "learning"},
	} {
		t.Run(tc.name, func(t *testing.T) { wrong(t, m.Compile(tc.cfg), tc.want, tf.InvalidArgument) })
	}
	compile(t, m, adam()) // still usable
}

func TestFitRefuses(t *testing.T) {
	m := build(t, keras.Sequential{Layers: mlp(4, 3)})
	good := blobs(t, 10, 3, 4)
	_, err := m.Fit(ctx, good, keras.FitConfig{})
	wrong(t, err, "call Compile with an optimizer first", tf.FailedPrecondition)
	compile(t, m, adam())
	labels := func(y ...int32) *tf.Tensor { return tensor(t, y) }
	text := tensor(t, []string{"a", "b", "c", "d"}, 1, 4)
	for _, tc := range []struct {
		name string
		data keras.Data
		cfg  keras.FitConfig
		want string
	}{
		{"no data", nil, keras.FitConfig{}, "there is no data"},
		{"no y", keras.Arrays{X: good.X}, keras.FitConfig{}, "X and Y must be set"},
		{"rank", keras.Arrays{X: tensor(t, make([]float32, 8), 2, 2, 2), Y: labels(0, 1)}, keras.FitConfig{}, "fit: the model takes X of shape (None, 4), got (2, 2, 2)"},
		{"width", keras.Arrays{X: tensor(t, make([]float32, 6), 2, 3), Y: labels(0, 1)}, keras.FitConfig{}, "the model takes X of shape (None, 4), got (2, 3)"},
		{"strings", keras.Arrays{X: text, Y: labels(0)}, keras.FitConfig{}, "X must be numbers, got string"},
		{"count", keras.Arrays{X: good.X, Y: labels(0, 1)}, keras.FitConfig{}, "X has 10 samples, Y has 2"},
		{"scalar", keras.Arrays{X: good.X, Y: scalar(t)}, keras.FitConfig{}, "Y is a scalar"},
		{"empty", keras.Arrays{X: tensor(t, []float32{}, 0, 4), Y: tensor(t, []int32{}, 0)}, keras.FitConfig{}, "X has no samples"},
		{"label", keras.Arrays{X: tensor(t, make([]float32, 8), 2, 4), Y: labels(0, 3)}, keras.FitConfig{}, "label value of 3"},
		{"epochs", good, keras.FitConfig{Epochs: -1}, "Epochs must not be negative, got -1"},
		{"batch", good, keras.FitConfig{BatchSize: -1}, "BatchSize must not be negative, got -1"},
		{"split", good, keras.FitConfig{ValidationSplit: 1}, "ValidationSplit must be in [0, 1), got 1"},
		{"split of few", good, keras.FitConfig{ValidationSplit: .99}, "leaves nothing of 10 samples"},
		{"both", good, keras.FitConfig{ValidationSplit: .5, Validation: good}, "Validation or ValidationSplit, not both"},
		{"validation", good, keras.FitConfig{Validation: keras.Arrays{X: good.X, Y: labels(0)}}, "validation: X has 10 samples, Y has 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Verbose = keras.Silent
			_, err := m.Fit(ctx, tc.data, tc.cfg)
			wrong(t, err, tc.want, tf.InvalidArgument)
		})
	}
	fit(t, m, good, keras.FitConfig{}) // still usable
	if _, err = m.Predict(ctx, text, keras.PredictConfig{}); err == nil {
		t.Error("Predict takes strings")
	}
	_, err = m.Predict(ctx, nil, keras.PredictConfig{})
	wrong(t, err, "X must be set", tf.InvalidArgument)
	err = m.SetValues(ctx, nil)
	wrong(t, err, "the model has 4 weights, got 0 values", tf.InvalidArgument)
	err = m.SetValues(ctx, []*tf.Tensor{good.X, good.X, good.X, good.X})
	wrong(t, err, `weight "sequential/dense/kernel" is float32 (4, 16), got float32 (10, 4)`, tf.InvalidArgument)
	err = m.Restore(ctx, t.TempDir()+"/none")
	wrong(t, err, "none.index", tf.NotFound)
	m.Close()
	_, err = m.Fit(ctx, good, keras.FitConfig{})
	wrong(t, err, "the model is closed", tf.FailedPrecondition)
}

func scalar(t *testing.T) *tf.Tensor {
	t.Helper()
	s, err := tf.NewScalar(int32(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
