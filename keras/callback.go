package keras

import (
	"context"
	"errors"
)

// Callback is told what Fit does. Functions may be nil. An error ends Fit, which
// returns it; ErrStop ends it in order.
type Callback struct {
	OnTrainBegin func(ctx context.Context, m *Model) error
	OnEpochBegin func(ctx context.Context, m *Model, epoch int) error
	// OnBatchEnd is called after each execution of StepsPerExecution batches. The
	// values of the logs are read for it each time, which costs.
	OnBatchEnd func(ctx context.Context, m *Model, b Batch) error
	OnEpochEnd func(ctx context.Context, m *Model, e Epoch) error
	OnTrainEnd func(ctx context.Context, m *Model, h *History) error
}

// Batch is where training is in an epoch.
type Batch struct {
	Epoch  int // from 0
	Number int // batches done
	Of     int // batches of the epoch
	Logs   Logs
}

// Epoch is an epoch that is done.
type Epoch struct {
	Number  int // from 0
	Logs    Logs
	Seconds float64
}

// ErrStop is what a callback returns to end training after it.
var ErrStop = errors.New("keras: stop training")

type callbacks []Callback

func (cs callbacks) trainBegin(ctx context.Context, m *Model) error {
	for _, c := range cs {
		if c.OnTrainBegin != nil {
			if err := c.OnTrainBegin(ctx, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (cs callbacks) epochBegin(ctx context.Context, m *Model, epoch int) error {
	for _, c := range cs {
		if c.OnEpochBegin != nil {
			if err := c.OnEpochBegin(ctx, m, epoch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (cs callbacks) batchEnd(ctx context.Context, m *Model, b Batch) error {
	for _, c := range cs {
		if c.OnBatchEnd != nil {
			if err := c.OnBatchEnd(ctx, m, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (cs callbacks) epochEnd(ctx context.Context, m *Model, e Epoch) error {
	for _, c := range cs {
		if c.OnEpochEnd != nil {
			if err := c.OnEpochEnd(ctx, m, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (cs callbacks) trainEnd(ctx context.Context, m *Model, h *History) error {
	for _, c := range cs {
		if c.OnTrainEnd != nil {
			if err := c.OnTrainEnd(ctx, m, h); err != nil {
				return err
			}
		}
	}
	return nil
}

// wantBatches reports whether some callback looks at batches.
func (cs callbacks) wantBatches() bool {
	for _, c := range cs {
		if c.OnBatchEnd != nil {
			return true
		}
	}
	return false
}
