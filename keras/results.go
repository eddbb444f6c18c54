package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
)

// metricOps are the operations that read and reset the metrics in a graph.
type metricOps struct {
	results []tf.Output
	resets  []tf.Output
}

// results reads the metrics.
func (m *Model) results(ctx context.Context) (Logs, error) {
	ctx = context.WithoutCancel(ctx)
	var values []*tf.Tensor
	var err error
	switch r := m.run.(type) {
	case *graphRunner:
		ops, err := m.compiled.ops(r)
		if err != nil {
			return nil, err
		}
		if values, err = r.run(ctx, nil, ops.results); err != nil {
			return nil, err
		}
	case *eagerRunner:
		s := r.e.Scope()
		defer s.Close()
		for _, o := range m.compiled.readAll(s) {
			if s.Err() != nil {
				return nil, s.Err()
			}
			t, err := o.Value()
			if err != nil {
				return nil, err
			}
			values = append(values, t)
		}
	}
	defer closeAll(values)
	logs := Logs{}
	for i, t := range m.compiled.trackers {
		if logs[t.name], err = number(values[i]); err != nil {
			return nil, fmt.Errorf("metric %q: %w", t.name, err)
		}
	}
	return logs, nil
}

// resetMetrics sets the metrics to zero.
func (m *Model) resetMetrics(ctx context.Context) error {
	switch r := m.run.(type) {
	case *graphRunner:
		ops, err := m.compiled.ops(r)
		if err != nil {
			return err
		}
		_, err = r.run(ctx, nil, nil, ops.resets...)
		return err
	case *eagerRunner:
		s := r.e.Scope()
		defer s.Close()
		m.compiled.resetAll(s)
		return s.Err()
	}
	return nil
}

// ops makes the graph's metric operations, once.
func (c *compiled) ops(r *graphRunner) (*metricOps, error) {
	if c.metricOps == nil {
		s := r.graph.Scope().Sub("metrics")
		ops := &metricOps{c.readAll(s), c.resetAll(s)}
		if s.Err() != nil {
			return nil, s.Err()
		}
		c.metricOps = ops
	}
	return c.metricOps, nil
}

func (c *compiled) readAll(s *tf.Scope) (out []tf.Output) {
	for _, t := range c.trackers {
		out = append(out, t.metric.Result(s, t.state))
	}
	return out
}

func (c *compiled) resetAll(s *tf.Scope) (out []tf.Output) {
	for _, t := range c.trackers {
		for _, v := range t.state {
			out = append(out, v.Assign(s, zeros(s, v.DType(), v.Shape())))
		}
	}
	return out
}

// number is the value of a float scalar.
func number(t *tf.Tensor) (float64, error) {
	if t.DType() == tf.Float64 {
		v, err := tf.Values[float64](t)
		if err != nil {
			return 0, err
		}
		return v[0], nil
	}
	v, err := tf.Values[float32](t)
	if err != nil {
		return 0, err
	}
	return float64(v[0]), nil
}
