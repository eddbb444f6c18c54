package keras_test

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

var ctx = context.Background()

// blobs are n points around k centres of d dimensions, and which centre each
// belongs to.
func blobs(t testing.TB, n, k, d int) keras.Arrays {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	centres := make([]float32, k*d)
	for i := range centres {
		centres[i] = float32(r.NormFloat64())
	}
	x, y := make([]float32, n*d), make([]int32, n)
	for i := range n {
		y[i] = int32(r.IntN(k))
		for j := range d {
			x[i*d+j] = centres[int(y[i])*d+j] + 0.3*float32(r.NormFloat64())
		}
	}
	return keras.Arrays{X: tensor(t, x, int64(n), int64(d)), Y: tensor(t, y)}
}

func tensor[T tf.Element](t testing.TB, data []T, shape ...int64) *tf.Tensor {
	t.Helper()
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// mlp is a small classifier of d numbers into k classes.
func mlp(d, k int) []core.Layer {
	return []core.Layer{
		&layers.Input{Shape: tf.Shape{int64(d)}},
		&layers.Dense{Units: 16, Activation: activations.Relu},
		&layers.Dense{Units: k, Activation: activations.Softmax},
	}
}

func build(t testing.TB, q keras.Sequential) *keras.Model {
	t.Helper()
	m, err := q.Build()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// adam is the usual way to train a classifier.
func adam() keras.CompileConfig {
	return keras.CompileConfig{
		Optimizer: &optimizers.Adam{},
		Loss:      &losses.SparseCategoricalCrossentropy{},
		Metrics:   []core.Metric{&metrics.SparseCategoricalAccuracy{Name: "accuracy"}},
	}
}

func compile(t testing.TB, m *keras.Model, cfg keras.CompileConfig) {
	t.Helper()
	if err := m.Compile(cfg); err != nil {
		t.Fatal(err)
	}
}

func fit(t testing.TB, m *keras.Model, d keras.Data, cfg keras.FitConfig) *keras.History {
	t.Helper()
	if cfg.Verbose == keras.Auto {
		cfg.Verbose = keras.Silent
	}
	h, err := m.Fit(ctx, d, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// weights copies the weights out as one list of numbers for each.
func weights(t testing.TB, m *keras.Model) (out [][]float32) {
	t.Helper()
	values, err := m.Values(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		w, err := tf.Values[float32](v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, w)
		v.Close()
	}
	return out
}
