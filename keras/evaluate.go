package keras

import (
	"context"
	"fmt"
	"io"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// EvaluateConfig says how to evaluate.
type EvaluateConfig struct {
	BatchSize int // 0: what the model's input fixes, else 32
	Verbose   Verbose
	Output    io.Writer // of progress; nil: stderr
}

// Evaluate measures the loss and metrics that the model was compiled with.
func (m *Model) Evaluate(ctx context.Context, data Data, cfg EvaluateConfig) (Logs, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	switch {
	case m.compiled == nil:
		return nil, core.Errorf(tf.FailedPrecondition, "model %q: evaluate: call Compile first", m.config.Name)
	case data == nil:
		return nil, m.config.bad("evaluate: there is no data")
	case cfg.BatchSize < 0:
		return nil, m.config.bad("evaluate: BatchSize must not be negative, got %d", cfg.BatchSize)
	case cfg.BatchSize == 0:
		cfg.BatchSize = m.batchSize()
	}
	a, err := data.samples(m, "evaluate")
	if err != nil {
		return nil, err
	}
	if err := m.checkBatches("evaluate", "BatchSize", a.count(), cfg.BatchSize); err != nil {
		return nil, err
	}
	if err := m.chooseThreads(ctx, cfg.BatchSize, false); err != nil {
		return nil, err
	}
	if m.fitting {
		restore, err := m.setAside(ctx)
		if err != nil {
			return nil, err
		}
		defer restore()
	}
	f, err := m.load(ctx, "evaluation", a, cfg.BatchSize, false)
	if err != nil {
		return nil, fmt.Errorf("model %q: evaluate: %w", m.config.Name, err)
	}
	defer f.close(ctx)
	show := newProgress(cfg.Output, cfg.Verbose)
	show.begin(0, 1, batches(a.count(), cfg.BatchSize), m.logNames())
	logs, err := m.test(ctx, f, ascending(0, a.count()), func(done int) error {
		if !show.due() {
			return nil
		}
		logs, err := m.results(ctx)
		if err == nil {
			show.update(done, logs)
		}
		return err
	})
	if err != nil {
		show.abort()
		return nil, err
	}
	show.end(logs)
	return logs, nil
}

// test evaluates on the samples of a feed with the numbers in order.
func (m *Model) test(ctx context.Context, f feed, order []int64, tell func(done int) error) (Logs, error) {
	if err := m.resetMetrics(ctx); err != nil {
		return nil, err
	}
	if err := f.start(ctx, order); err != nil {
		return nil, fmt.Errorf("model %q: evaluate: %w", m.config.Name, err)
	}
	k := m.compiled.StepsPerExecution
	for done, steps := 0, batches(len(order), f.size()); done < steps; {
		if err := interrupted(ctx, "evaluate"); err != nil {
			return nil, err
		}
		n := min(k, steps-done)
		if err := f.steps(context.WithoutCancel(ctx), n); err != nil {
			return nil, fmt.Errorf("model %q: evaluate: %w", m.config.Name, err)
		}
		done += n
		if tell != nil {
			if err := tell(done); err != nil {
				return nil, err
			}
		}
	}
	return m.results(ctx)
}

// setAside remembers what the metrics hold of an epoch of training, to put it
// back.
func (m *Model) setAside(ctx context.Context) (restore func(), err error) {
	var state []*core.Variable
	for _, t := range m.compiled.trackers {
		state = append(state, t.state...)
	}
	values, err := m.run.get(ctx, state)
	if err != nil {
		return nil, err
	}
	return func() {
		m.run.set(context.WithoutCancel(ctx), state, values)
		closeAll(values)
	}, nil
}

// logNames are the names of the logs in the order of progress.
func (m *Model) logNames() (names []string) {
	for _, t := range m.compiled.trackers {
		names = append(names, t.name)
	}
	return names
}
