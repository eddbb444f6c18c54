package keras_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

func TestFitLearns(t *testing.T) {
	data := blobs(t, 500, 3, 4)
	for _, eager := range []bool{false, true} {
		for _, k := range []int{1, 7} {
			t.Run(fmt.Sprintf("eager=%v steps=%d", eager, k), func(t *testing.T) {
				m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: 1})
				cfg := adam()
				cfg.Optimizer = &optimizers.Adam{LearningRate: 0.02}
				cfg.RunEagerly, cfg.StepsPerExecution = eager, k
				compile(t, m, cfg)
				h := fit(t, m, data, keras.FitConfig{Epochs: 4, ValidationSplit: 0.2})
				acc := h.Metrics["val_accuracy"]
				if len(acc) != 4 || acc[3] < 0.8 {
					t.Errorf("validation accuracy %v, want 4 that end over 0.8", acc)
				}
			})
		}
	}
}

// TestFitRepeats trains twice from a seed: the weights are the same, bit for
// bit, however many steps a run takes. Other numbers of threads in an operation
// may add in another order.
func TestFitRepeats(t *testing.T) {
	for _, model := range []struct {
		name    string
		layers  func() []core.Layer
		data    keras.Arrays
		session *tf.Config
	}{
		{"mlp", func() []core.Layer { return mlp(4, 3) }, blobs(t, 333, 3, 4), nil},
		{"cnn with dropout", func() []core.Layer { return tinyCNN(0.3) }, noise(t, 150), nil},
		{"cnn in 4 threads", func() []core.Layer { return tinyCNN(0.3) }, noise(t, 150), &tf.Config{IntraOpThreads: 4, InterOpThreads: 4}},
	} {
		t.Run(model.name, func(t *testing.T) {
			var want [][]float32
			for _, steps := range []int{1, 1, 7, 50} {
				m := build(t, keras.Sequential{Layers: model.layers(), Seed: 5})
				cfg := adam()
				cfg.StepsPerExecution, cfg.Session = steps, model.session
				compile(t, m, cfg)
				fit(t, m, model.data, keras.FitConfig{Epochs: 2})
				got := weights(t, m)
				if want == nil {
					want = got
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("StepsPerExecution %d gives other weights", steps)
				}
			}
		})
	}
}

// tinyCNN has each kind of layer.
func tinyCNN(drop float64) []core.Layer {
	return []core.Layer{
		&layers.Input{Shape: tf.Shape{28, 28, 1}},
		&layers.Conv2D{Filters: 3, KernelSize: layers.Square(3), Strides: layers.Square(2), NoBias: true}, // a bias has no gradient here but noise
		&layers.BatchNormalization{},
		&layers.Activation{Activation: activations.Tanh},
		&layers.MaxPooling2D{},
		&layers.AveragePooling2D{PoolSize: layers.Square(2)},
		&layers.Flatten{},
		&layers.Dropout{Rate: drop},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}

// TestSeeds checks that a seed makes the first weights, and that without one
// each model draws its own.
func TestSeeds(t *testing.T) {
	first := func(seed int64) (int64, [][]float32) {
		m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: seed})
		return m.Seed(), weights(t, m)
	}
	s1, w1 := first(7)
	s2, w2 := first(7)
	if s1 != 7 || s2 != 7 || !reflect.DeepEqual(w1, w2) {
		t.Errorf("seeds %d and %d give different weights, or are not 7", s1, s2)
	}
	s3, w3 := first(0)
	s4, w4 := first(0)
	if s3 == 0 || s3 == s4 || reflect.DeepEqual(w3, w4) {
		t.Errorf("without a seed two models have seeds %d and %d, and weights that are equal", s3, s4)
	}
	if s5, w5 := first(s3); s5 != s3 || !reflect.DeepEqual(w5, w3) {
		t.Error("the seed drawn does not repeat the weights")
	}
}

// TestEagerAsCompiled trains 20 steps both ways.
func TestEagerAsCompiled(t *testing.T) {
	var got [2][][]float32
	for i, eager := range []bool{false, true} {
		m := build(t, keras.Sequential{Layers: tinyCNN(0.3), Seed: 3})
		cfg := adam()
		cfg.RunEagerly = eager
		compile(t, m, cfg)
		fit(t, m, noise(t, 160), keras.FitConfig{BatchSize: 8})
		got[i] = weights(t, m)
	}
	for i := range got[0] {
		near(t, fmt.Sprintf("weight %d", i), wide(got[1][i]), wide(got[0][i]))
	}
}

// TestCompileMoves keeps the weights when a model changes between eager and
// compiled.
func TestCompileMoves(t *testing.T) {
	data := blobs(t, 100, 3, 4)
	m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: 1})
	for i, eager := range []bool{false, true, true, false, false} {
		before := weights(t, m)
		cfg := adam()
		cfg.RunEagerly = eager
		compile(t, m, cfg)
		if !reflect.DeepEqual(weights(t, m), before) {
			t.Errorf("compile %d (eager %v) changed the weights", i, eager)
		}
		fit(t, m, data, keras.FitConfig{})
		if reflect.DeepEqual(weights(t, m), before) {
			t.Errorf("fit after compile %d (eager %v) did not change the weights", i, eager)
		}
	}
}

// TestFitCancelled stops in an epoch, and leaves a usable model.
func TestFitCancelled(t *testing.T) {
	data := blobs(t, 1000, 3, 4)
	for _, eager := range []bool{false, true} {
		m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: 1})
		cfg := adam()
		cfg.RunEagerly, cfg.StepsPerExecution = eager, 4
		compile(t, m, cfg)
		stop, cancel := context.WithCancel(ctx)
		last := 0
		h, err := m.Fit(stop, data, keras.FitConfig{Epochs: 3, Verbose: keras.Silent, Callbacks: []keras.Callback{{
			OnBatchEnd: func(_ context.Context, _ *keras.Model, b keras.Batch) error {
				last = b.Number
				if b.Epoch == 1 && b.Number >= 8 {
					cancel()
				}
				return nil
			},
		}}})
		if !errors.Is(err, context.Canceled) || !errors.Is(err, tf.Cancelled) {
			t.Errorf("err = %v, want that of the context", err)
		}
		if h == nil || len(h.Epochs) != 1 || last != 8 {
			t.Errorf("history %+v, last batch %d; want one epoch, and 8", h, last)
		}
		fit(t, m, data, keras.FitConfig{})
	}
}

// TestCallbacks sees all calls in order, and stops training.
func TestCallbacks(t *testing.T) {
	var calls []string
	note := func(format string, args ...any) error {
		calls = append(calls, fmt.Sprintf(format, args...))
		return nil
	}
	m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: 1})
	compile(t, m, adam())
	h := fit(t, m, blobs(t, 64, 3, 4), keras.FitConfig{Epochs: 9, InitialEpoch: 4, Callbacks: []keras.Callback{{}, {
		OnTrainBegin: func(context.Context, *keras.Model) error { return note("begin") },
		OnEpochBegin: func(_ context.Context, _ *keras.Model, n int) error { return note("epoch %d", n) },
		OnBatchEnd: func(_ context.Context, _ *keras.Model, b keras.Batch) error {
			return note("batch %d/%d %d", b.Number, b.Of, len(b.Logs))
		},
		OnEpochEnd: func(_ context.Context, _ *keras.Model, e keras.Epoch) error {
			note("end %d", e.Number)
			if e.Number == 5 {
				return fmt.Errorf("enough: %w", keras.ErrStop)
			}
			return nil
		},
		OnTrainEnd: func(_ context.Context, _ *keras.Model, h *keras.History) error { return note("trained %v", h.Epochs) },
	}}})
	want := []string{"begin", "epoch 4", "batch 1/2 2", "batch 2/2 2", "end 4", "epoch 5", "batch 1/2 2", "batch 2/2 2", "end 5", "trained [4 5]"}
	if !slices.Equal(calls, want) {
		t.Errorf("calls\n%q, want\n%q", calls, want)
	}
	if len(h.Seconds) != 2 || len(h.Metrics["loss"]) != 2 {
		t.Errorf("history %+v, want two epochs", h)
	}
	nested(t)
	boom := errors.New("boom")
	_, err := m.Fit(ctx, blobs(t, 64, 3, 4), keras.FitConfig{Verbose: keras.Silent, Callbacks: []keras.Callback{{
		OnTrainBegin: func(context.Context, *keras.Model) error { return boom },
	}}})
	if !errors.Is(err, boom) {
		t.Errorf("err = %v, want the callback's", err)
	}
}

// nested evaluates and predicts in the middle of an epoch, which changes nothing;
// training then is refused.
func nested(t *testing.T) {
	t.Helper()
	data, other := blobs(t, 500, 3, 4), blobs(t, 80, 3, 4)
	run := func(look func(m *keras.Model) error) *keras.History {
		m := build(t, keras.Sequential{Layers: mlp(4, 3), Seed: 1})
		compile(t, m, adam())
		return fit(t, m, data, keras.FitConfig{Epochs: 2, Validation: other, Callbacks: []keras.Callback{{
			OnBatchEnd: func(_ context.Context, m *keras.Model, _ keras.Batch) error { return look(m) },
		}}})
	}
	want := run(func(*keras.Model) error { return nil })
	got := run(func(m *keras.Model) error {
		if _, err := m.Evaluate(ctx, other, keras.EvaluateConfig{BatchSize: 1000, Verbose: keras.Silent}); err != nil {
			return err
		}
		y, err := m.Predict(ctx, other.X, keras.PredictConfig{BatchSize: 1000})
		if err == nil {
			y.Close()
		}
		if _, err := m.Fit(ctx, data, keras.FitConfig{Verbose: keras.Silent}); !errors.Is(err, tf.FailedPrecondition) {
			return fmt.Errorf("a Fit in Fit gives %v", err)
		}
		return err
	})
	if !reflect.DeepEqual(got.Metrics, want.Metrics) {
		t.Errorf("a look in between changed training: %v, want %v", got.Metrics, want.Metrics)
	}
}
