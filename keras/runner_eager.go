package keras

import (
	"context"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// eagerRunner runs each operation at once.
type eagerRunner struct {
	e    *tf.Eager
	s    *tf.Scope // of the variables
	vars []*core.Variable
}

func newEagerRunner(cfg *tf.Config) (*eagerRunner, error) {
	e, err := tf.NewEager(cfg)
	if err != nil {
		return nil, err
	}
	return &eagerRunner{e: e, s: e.Scope()}, nil
}

func (r *eagerRunner) scope() *tf.Scope { return r.s }

func (r *eagerRunner) declare(vs []*core.Variable, seed int64) error {
	r.vars = append(r.vars, vs...)
	for i, v := range vs {
		s := r.e.Scope()
		v.Assign(s, firstValue(s, v, seed, int64(i)))
		s.Close()
		if s.Err() != nil {
			return s.Err()
		}
	}
	return nil
}

func (r *eagerRunner) get(ctx context.Context, vs []*core.Variable) ([]*tf.Tensor, error) {
	s := r.e.Scope().WithContext(ctx)
	defer s.Close()
	var out []*tf.Tensor
	for _, v := range vs {
		o := v.Read(s)
		if s.Err() != nil {
			closeAll(out)
			return nil, s.Err()
		}
		t, err := o.Value()
		if err != nil {
			closeAll(out)
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (r *eagerRunner) set(ctx context.Context, vs []*core.Variable, values []*tf.Tensor) error {
	s := r.e.Scope().WithContext(ctx)
	defer s.Close()
	for i, v := range vs {
		if err := checkValue(v, values[i]); err != nil {
			return err
		}
		v.Assign(s, s.ConstTensor(values[i]))
	}
	return s.Err()
}

func (r *eagerRunner) close() {
	for _, v := range r.vars {
		v.Close()
	}
	r.s.Close()
	r.e.Close()
}
