package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/datasets"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

// stepsPerExecution is Python's best, for both sides.
const stepsPerExecution = 32

// trainer is gotf's side in training: it counts whole epochs of Fit after the
// first, as the peer does.
type trainer struct {
	workload
	model  *keras.Model
	x, y   *tf.Tensor
	length time.Duration
}

func train(w workload) func(context.Context, *environment) (pair, error) {
	return func(ctx context.Context, e *environment) (pair, error) {
		d, err := datasets.Load(e.data, 0)
		if err != nil {
			return pair{}, err
		}
		w.samples = min(w.samples, d.Train.N)
		peer, err := e.startPython(ctx, "train.py",
			"--model", w.name, "--data", e.data,
			fmt.Sprintf("--samples=%d", w.samples),
			fmt.Sprintf("--batch-size=%d", w.batch),
			fmt.Sprintf("--steps-per-execution=%d", stepsPerExecution),
			fmt.Sprintf("--threads=%d", w.threads),
			fmt.Sprintf("--seconds=%g", e.seconds))
		if err != nil {
			return pair{}, err
		}
		t := &trainer{workload: w, length: time.Duration(e.seconds * float64(time.Second))}
		if err := t.prepare(ctx, &d.Train); err != nil {
			t.close()
			peer.close()
			return pair{}, err
		}
		return pair{t, peer}, nil
	}
}

// prepare makes model and data, and traces the steps by a first epoch.
func (t *trainer) prepare(ctx context.Context, d *datasets.Split) (err error) {
	if t.model, err = t.build(); err != nil {
		return err
	}
	err = t.model.Compile(keras.CompileConfig{
		Optimizer:         &optimizers.Adam{},
		Loss:              &losses.SparseCategoricalCrossentropy{FromLogits: true},
		StepsPerExecution: stepsPerExecution,
	})
	if err != nil {
		return err
	}
	x := make([]float32, t.samples*d.Rows*d.Cols)
	for i := range x {
		x[i] = float32(d.Images[i]) / 255
	}
	if t.x, err = tf.NewTensor(x, append(tf.Shape{int64(t.samples)}, t.shape...)...); err != nil {
		return err
	}
	if t.y, err = tf.NewTensor(d.Labels[:t.samples]); err != nil {
		return err
	}
	_, err = t.turn(ctx)
	return err
}

func (t *trainer) turn(ctx context.Context) (float64, error) {
	var start time.Time
	var spent time.Duration
	epochs := -1
	clock := keras.Callback{OnEpochEnd: func(context.Context, *keras.Model, keras.Epoch) error {
		epochs++
		if epochs == 0 {
			start = time.Now()
			return nil
		}
		if spent = time.Since(start); spent >= t.length {
			return keras.ErrStop
		}
		return nil
	}}
	_, err := t.model.Fit(ctx, keras.Arrays{X: t.x, Y: t.y}, keras.FitConfig{
		Epochs: 1 << 30, BatchSize: t.batch, Verbose: keras.Silent, Callbacks: []keras.Callback{clock},
	})
	if err != nil {
		return 0, err
	}
	steps := (t.samples + t.batch - 1) / t.batch
	return float64(steps*epochs) / spent.Seconds(), nil
}

func (t *trainer) close() error {
	t.x.Close()
	t.y.Close()
	if t.model == nil {
		return nil
	}
	return t.model.Close()
}
