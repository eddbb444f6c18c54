package keras_test

import (
	"context"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// fixed is mlp(4, 3) whose input takes batches of 8.
func fixed() []core.Layer {
	ls := mlp(4, 3)
	ls[0].(*layers.Input).BatchSize = 8
	return ls
}

// TestFixedBatch trains and predicts as a model does whose batch is open.
func TestFixedBatch(t *testing.T) {
	data := blobs(t, 24, 3, 4)
	for _, eager := range []bool{false, true} {
		var logs []keras.Logs
		var out [][]float32
		for _, layers := range [][]core.Layer{mlp(4, 3), fixed()} {
			m := build(t, keras.Sequential{Layers: layers, Seed: 4})
			cfg := adam()
			cfg.RunEagerly = eager
			compile(t, m, cfg)
			size := 0 // what the input fixes
			if m.InputShape()[0] < 0 {
				size = 8
			}
			fit(t, m, data, keras.FitConfig{BatchSize: size, Epochs: 2, Validation: data})
			l, err := m.Evaluate(ctx, data, keras.EvaluateConfig{BatchSize: size, Verbose: keras.Silent})
			if err != nil {
				t.Fatal(err)
			}
			logs = append(logs, l)
			out = append(out, predict(t, m, data.X, keras.PredictConfig{BatchSize: size}))
			if err := m.Export(ctx, t.TempDir()+"/model", keras.ExportConfig{}); err != nil {
				t.Fatal(err)
			}
		}
		if logs[0]["loss"] != logs[1]["loss"] || !nearly(out[0], out[1]) {
			t.Errorf("eager %v: %v with an open batch, %v with a fixed one", eager, logs[0], logs[1])
		}
	}
}

func nearly(a, b []float32) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 1e-6 || d < -1e-6 {
			return false
		}
	}
	return len(a) == len(b)
}

func TestFixedBatchRefuses(t *testing.T) {
	m := build(t, keras.Sequential{Layers: fixed()})
	compile(t, m, adam())
	good, odd := blobs(t, 24, 3, 4), blobs(t, 21, 3, 4)
	begun := keras.Callback{OnTrainBegin: func(context.Context, *keras.Model) error {
		t.Error("training began")
		return nil
	}}
	for _, tc := range []struct {
		name string
		data keras.Data
		cfg  keras.FitConfig
		want string
	}{
		{"size", good, keras.FitConfig{BatchSize: 16}, "fit: the model's input fixes the batch to 8, got BatchSize 16"},
		{"rest", odd, keras.FitConfig{}, "fit: the model's input fixes the batch to 8, which leaves 5 of 21 samples"},
		{"validation", good, keras.FitConfig{Validation: odd}, "validation: the model's input fixes the batch to 8, which leaves 5 of 21 samples"},
		{"validation size", good, keras.FitConfig{Validation: good, ValidationBatchSize: 4}, "fixes the batch to 8, got ValidationBatchSize 4"},
		{"split", good, keras.FitConfig{ValidationSplit: 0.5}, "which leaves 4 of 12 samples"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.cfg.Verbose, tc.cfg.Callbacks = keras.Silent, []keras.Callback{begun}
			_, err := m.Fit(ctx, tc.data, tc.cfg)
			wrong(t, err, tc.want, tf.InvalidArgument)
		})
	}
	_, err := m.Evaluate(ctx, odd, keras.EvaluateConfig{})
	wrong(t, err, "evaluate: the model's input fixes the batch to 8, which leaves 5", tf.InvalidArgument)
	_, err = m.Predict(ctx, odd.X, keras.PredictConfig{})
	wrong(t, err, "predict: the model's input fixes the batch to 8, which leaves 5", tf.InvalidArgument)
}
