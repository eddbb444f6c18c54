package keras

import (
	"context"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// eagerFeed takes batches from eager values.
type eagerFeed struct {
	m        *Model
	r        *eagerRunner
	s        *tf.Scope // owns x and y
	x, y     tf.Output
	scale    float64
	batch    int
	training bool
	order    []int64 // what is left of the pass
}

func (m *Model) loadEager(r *eagerRunner, a Arrays, batch int, training bool) feed {
	s := r.e.Scope()
	return &eagerFeed{m: m, r: r, s: s, x: s.ConstTensor(a.X), y: s.ConstTensor(a.Y), scale: a.Scale, batch: batch, training: training}
}

func (f *eagerFeed) start(_ context.Context, order []int64) error {
	f.order = order
	return f.s.Err()
}

func (f *eagerFeed) steps(ctx context.Context, k int) error {
	for ; k > 0 && len(f.order) > 0; k-- {
		n := min(f.batch, len(f.order))
		if err := f.step(ctx, f.order[:n]); err != nil {
			return err
		}
		f.order = f.order[n:]
	}
	return nil
}

func (f *eagerFeed) step(ctx context.Context, numbers []int64) error {
	s := f.r.e.Scope().WithContext(ctx)
	defer s.Close()
	index, axis := tf.Const(s, numbers), tf.ConstScalar(s, int32(0))
	b := batch{
		x:    f.m.prepare(s, op.GatherV2(s, f.x, index, axis, nil), f.scale),
		y:    op.GatherV2(s, f.y, index, axis, nil),
		size: int64(len(numbers)),
	}
	if f.training {
		f.m.trainStep(s, b)
	} else {
		f.m.testStep(s, b)
	}
	return s.Err()
}

func (f *eagerFeed) size() int { return f.batch }

func (f *eagerFeed) close(context.Context) { f.s.Close() }
