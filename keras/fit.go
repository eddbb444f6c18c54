package keras

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// FitConfig says how long and on what to train.
// https://keras.io/api/models/model_training_apis/#fit-method
type FitConfig struct {
	Epochs       int // the number of the last epoch, counted from 1; 0: 1
	InitialEpoch int // the epoch to start with, counted from 0
	BatchSize    int // 0: what the model's input fixes, else 32

	Validation          Data    // evaluated after each epoch
	ValidationSplit     float64 // or: the share of the data, from its end, not trained on but validated with
	ValidationBatchSize int     // 0: BatchSize

	// InOrder takes the samples in their order in each epoch; otherwise each epoch
	// draws one.
	InOrder bool
	Seed    int64 // of the orders; 0: the model's

	Callbacks []Callback
	Verbose   Verbose
	Output    io.Writer // of progress; nil: stderr
}

// Fit trains the model and reports the loss and metrics of each epoch. What was
// measured before an error comes with it.
//
// When ctx is done, Fit returns its error after the execution under way, with the
// weights as trained so far.
func (m *Model) Fit(ctx context.Context, data Data, cfg FitConfig) (*History, error) {
	f, err := m.newFit(data, cfg)
	if err != nil {
		return nil, err
	}
	if err := m.chooseThreads(ctx, f.cfg.BatchSize, true); err != nil {
		return nil, err
	}
	m.fitting = true
	defer func() { m.fitting = false }()
	h := &History{Metrics: map[string][]float64{}}
	if f.train, err = m.load(ctx, "training", f.data, f.cfg.BatchSize, true); err != nil {
		return nil, fmt.Errorf("model %q: fit: %w", m.config.Name, err)
	}
	defer f.train.close(ctx)
	if len(f.valOrder) > 0 {
		if f.val, err = m.load(ctx, "validation", f.valData, f.cfg.ValidationBatchSize, false); err != nil {
			return nil, fmt.Errorf("model %q: fit: %w", m.config.Name, err)
		}
		defer f.val.close(ctx)
	}
	err = f.epochs(ctx, h)
	if err != nil && !errors.Is(err, ErrStop) {
		return h, err
	}
	if err := f.calls.trainEnd(ctx, m, h); err != nil && !errors.Is(err, ErrStop) {
		return h, err
	}
	return h, nil
}

// fit is one call of Fit.
type fit struct {
	m        *Model
	cfg      FitConfig
	calls    callbacks
	data     Arrays
	order    []int64 // the samples to train on
	valData  Arrays
	valOrder []int64 // the samples to validate with
	train    feed
	val      feed
	show     *progress
}

func (m *Model) newFit(data Data, cfg FitConfig) (*fit, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	if m.fitting {
		return nil, core.Errorf(tf.FailedPrecondition, "model %q: fit: the model is being trained already", m.config.Name)
	}
	if m.compiled == nil || m.compiled.Optimizer == nil {
		return nil, core.Errorf(tf.FailedPrecondition, "model %q: fit: call Compile with an optimizer first", m.config.Name)
	}
	if err := m.checkFit(&cfg, data); err != nil {
		return nil, err
	}
	f := &fit{m: m, cfg: cfg, calls: cfg.Callbacks}
	var err error
	if f.data, err = data.samples(m, "fit"); err != nil {
		return nil, err
	}
	f.order = ascending(0, f.data.count())
	switch {
	case cfg.Validation != nil:
		if f.valData, err = cfg.Validation.samples(m, "validation"); err != nil {
			return nil, err
		}
		f.valOrder = ascending(0, f.valData.count())
	case cfg.ValidationSplit > 0:
		n := int(float64(f.data.count()) * (1 - cfg.ValidationSplit))
		if n == 0 {
			return nil, m.config.bad("fit: ValidationSplit %v leaves nothing of %d samples to train on", cfg.ValidationSplit, f.data.count())
		}
		f.valData, f.order, f.valOrder = f.data, f.order[:n], f.order[n:]
	}
	if err := m.checkBatches("fit", "BatchSize", len(f.order), f.cfg.BatchSize); err != nil {
		return nil, err
	}
	if err := m.checkBatches("validation", "ValidationBatchSize", len(f.valOrder), f.cfg.ValidationBatchSize); err != nil {
		return nil, err
	}
	f.show = newProgress(cfg.Output, cfg.Verbose)
	return f, nil
}

func (m *Model) checkFit(cfg *FitConfig, data Data) error {
	for _, n := range []struct {
		name  string
		value *int
		dflt  func() int
	}{
		{"Epochs", &cfg.Epochs, func() int { return 1 }},
		{"InitialEpoch", &cfg.InitialEpoch, func() int { return 0 }},
		{"BatchSize", &cfg.BatchSize, m.batchSize},
		{"ValidationBatchSize", &cfg.ValidationBatchSize, func() int { return cfg.BatchSize }},
	} {
		if *n.value < 0 {
			return m.config.bad("fit: %s must not be negative, got %d", n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.dflt()
		}
	}
	switch {
	case data == nil:
		return m.config.bad("fit: there is no data")
	case !(cfg.ValidationSplit >= 0 && cfg.ValidationSplit < 1):
		return m.config.bad("fit: ValidationSplit must be in [0, 1), got %v", cfg.ValidationSplit)
	case cfg.Validation != nil && cfg.ValidationSplit > 0:
		return m.config.bad("fit: set Validation or ValidationSplit, not both")
	}
	if cfg.Seed == 0 {
		cfg.Seed = m.config.Seed
	}
	return nil
}

func (f *fit) epochs(ctx context.Context, h *History) error {
	if err := f.calls.trainBegin(ctx, f.m); err != nil {
		return err
	}
	for n := f.cfg.InitialEpoch; n < f.cfg.Epochs; n++ {
		if err := f.calls.epochBegin(ctx, f.m, n); err != nil {
			return err
		}
		e, err := f.epoch(ctx, n)
		if err != nil {
			f.show.abort()
			return err
		}
		h.add(e)
		if err := f.calls.epochEnd(ctx, f.m, e); err != nil {
			return err
		}
	}
	return nil
}

// epoch trains on all samples once, and validates.
func (f *fit) epoch(ctx context.Context, n int) (Epoch, error) {
	start := time.Now()
	e := Epoch{Number: n}
	steps := batches(len(f.order), f.cfg.BatchSize)
	f.show.begin(n, f.cfg.Epochs, steps, f.m.logNames())
	if err := f.pass(ctx, e.Number, steps); err != nil {
		return e, err
	}
	logs, err := f.m.results(ctx)
	if err != nil {
		return e, err
	}
	e.Logs = logs
	if f.val != nil {
		val, err := f.m.test(ctx, f.val, f.valOrder, nil)
		if err != nil {
			return e, err
		}
		for name, v := range val {
			e.Logs["val_"+name] = v
		}
	}
	e.Seconds = time.Since(start).Seconds()
	f.show.end(e.Logs)
	return e, nil
}

// pass takes the training steps of an epoch.
func (f *fit) pass(ctx context.Context, epoch, steps int) error {
	m := f.m
	if err := m.resetMetrics(ctx); err != nil {
		return err
	}
	order := f.order
	if !f.cfg.InOrder {
		order = shuffled(order, f.cfg.Seed, epoch)
	}
	if err := f.train.start(ctx, order); err != nil {
		return fmt.Errorf("model %q: fit: %w", m.config.Name, err)
	}
	for done := 0; done < steps; {
		if err := interrupted(ctx, "fit"); err != nil {
			return err
		}
		k := min(m.compiled.StepsPerExecution, steps-done)
		if err := f.train.steps(context.WithoutCancel(ctx), k); err != nil {
			return fmt.Errorf("model %q: fit: %w", m.config.Name, err)
		}
		done += k
		if err := f.tell(ctx, Batch{Epoch: epoch, Number: done, Of: steps}); err != nil {
			return err
		}
	}
	return nil
}

// tell reads the logs where someone wants them.
func (f *fit) tell(ctx context.Context, b Batch) error {
	want := f.calls.wantBatches()
	if !want && !f.show.due() {
		return nil
	}
	var err error
	if b.Logs, err = f.m.results(ctx); err != nil {
		return err
	}
	f.show.update(b.Number, b.Logs)
	return f.calls.batchEnd(ctx, f.m, b)
}

// interrupted is ctx's error, if it is done.
func interrupted(ctx context.Context, what string) error {
	switch ctx.Err() {
	case nil:
		return nil
	case context.DeadlineExceeded:
		return core.Errorf(tf.DeadlineExceeded, "%s: %v", what, context.Cause(ctx))
	}
	return core.Errorf(tf.Cancelled, "%s: %v", what, context.Cause(ctx))
}

// batches is how many batches of the size n samples make.
func batches(n, size int) int { return (n + size - 1) / size }

// ascending are the numbers from a to b-1.
func ascending(a, b int) []int64 {
	out := make([]int64, b-a)
	for i := range out {
		out[i] = int64(a + i)
	}
	return out
}

// shuffled is a copy of order, mixed as seed and epoch say.
func shuffled(order []int64, seed int64, epoch int) []int64 {
	out := append([]int64(nil), order...)
	r := rand.New(rand.NewPCG(uint64(seed), uint64(epoch)))
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
