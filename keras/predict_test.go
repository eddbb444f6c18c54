package keras_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// predict gives the numbers of Predict.
func predict(t *testing.T, m *keras.Model, x *tf.Tensor, cfg keras.PredictConfig) []float32 {
	t.Helper()
	y, err := m.Predict(ctx, x, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	v, err := tf.Values[float32](y)
	if err != nil {
		t.Fatal(err)
	}
	if want := append(tf.Shape{x.Shape()[0]}, m.OutputShape()[1:]...); !y.Shape().Equal(want) {
		t.Errorf("shape %v, want %v", y.Shape(), want)
	}
	return v
}

// TestPredict splits samples into batches, takes bytes, and gives the same on
// all runners and on a graph of its own.
func TestPredict(t *testing.T) {
	pixels := noise(t, 21)
	b, err := pixels.X.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	scaled := make([]float32, len(b))
	for i := range b {
		scaled[i] = float32(b[i]) * (1. / 255)
	}
	m := build(t, keras.Sequential{Layers: tinyCNN(0.5), Seed: 2})
	want := predict(t, m, tensor(t, scaled, 21, 28, 28, 1), keras.PredictConfig{BatchSize: 21})
	for _, eager := range []bool{false, true} {
		cfg := adam()
		cfg.RunEagerly = eager
		compile(t, m, cfg)
		for _, batch := range []int{0, 1, 4, 7, 100} {
			got := predict(t, m, pixels.X, keras.PredictConfig{BatchSize: batch, Scale: 1. / 255})
			near(t, "batches", wide(got), wide(want))
		}
	}
	n, err := m.Inference(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	s := n.Graph.Scope()
	x := tf.Placeholder(s, n.Input.DType, n.Input.Shape)
	y := n.Call(s, x)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	out, err := n.Session.Run(ctx, []tf.Feed{{Output: x, Tensor: tensor(t, scaled, 21, 28, 28, 1)}}, []tf.Output{y})
	if err != nil {
		t.Fatal(err)
	}
	defer out[0].Close()
	got, err := tf.Values[float32](out[0])
	if err != nil {
		t.Fatal(err)
	}
	near(t, "inference graph", wide(got), wide(want))
	if n.Input.Name != "input_layer" || n.Output.Name != "output_0" || n.Output.DType != tf.Float32 || !n.Output.Shape.Equal(tf.Shape{-1, 10}) {
		t.Errorf("input %+v, output %+v", n.Input, n.Output)
	}
}

// TestRestore goes on with training from a checkpoint as if it had not stopped.
func TestRestore(t *testing.T) {
	data := noise(t, 100)
	train := func(eager bool) *keras.Model {
		m := build(t, keras.Sequential{Layers: tinyCNN(0.3), Seed: 2})
		cfg := adam()
		cfg.RunEagerly = eager
		compile(t, m, cfg)
		return m
	}
	for _, eager := range []bool{false, true} {
		prefix := filepath.Join(t.TempDir(), "ckpt")
		whole := train(eager)
		fit(t, whole, data, keras.FitConfig{Epochs: 1})
		if err := whole.Save(ctx, prefix); err != nil {
			t.Fatal(err)
		}
		fit(t, whole, data, keras.FitConfig{InitialEpoch: 1, Epochs: 2})

		rest := train(eager)
		if err := rest.Restore(ctx, prefix); err != nil {
			t.Fatal(err)
		}
		fit(t, rest, data, keras.FitConfig{InitialEpoch: 1, Epochs: 2})
		if !reflect.DeepEqual(weights(t, rest), weights(t, whole)) {
			t.Errorf("eager %v: the weights differ after a restart", eager)
		}
	}
}

// BenchmarkPredict measures the answer to one sample.
func BenchmarkPredict(b *testing.B) {
	for name, layers := range map[string]func() []core.Layer{"mlp": digitMLP, "cnn": digitCNN} {
		b.Run(name, func(b *testing.B) {
			m := build(b, keras.Sequential{Layers: layers(), Seed: 1})
			x := tensor(b, make([]float32, 784), 1, 28, 28, 1)
			for b.Loop() {
				y, err := m.Predict(ctx, x, keras.PredictConfig{})
				if err != nil {
					b.Fatal(err)
				}
				y.Close()
			}
		})
	}
}
