package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// PredictConfig says how to predict.
type PredictConfig struct {
	BatchSize int     // 0: what the model's input fixes, else 32
	Scale     float64 // multiplies X, as in Arrays; 0: 1
}

// Predict gives the model's output for each sample of x. The caller closes it.
func (m *Model) Predict(ctx context.Context, x *tf.Tensor, cfg PredictConfig) (*tf.Tensor, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	if cfg.BatchSize < 0 {
		return nil, m.config.bad("predict: BatchSize must not be negative, got %d", cfg.BatchSize)
	}
	if cfg.BatchSize == 0 {
		cfg.BatchSize = m.batchSize()
	}
	if err := m.checkInput("predict", x); err != nil {
		return nil, err
	}
	if err := m.checkScale("predict", cfg.Scale); err != nil {
		return nil, err
	}
	n := int(x.Shape()[0])
	if n == 0 {
		return nil, m.config.bad("predict: X has no samples")
	}
	if err := m.checkBatches("predict", "BatchSize", n, cfg.BatchSize); err != nil {
		return nil, err
	}
	if err := m.chooseThreads(ctx, min(n, cfg.BatchSize), false); err != nil {
		return nil, err
	}
	p, err := m.predictor(x, cfg.Scale)
	if err != nil {
		return nil, fmt.Errorf("model %q: predict: %w", m.config.Name, err)
	}
	defer p.close()
	if n <= cfg.BatchSize {
		y, err := p.all(ctx, x)
		if err != nil {
			return nil, fmt.Errorf("model %q: predict: %w", m.config.Name, err)
		}
		return y, nil
	}
	var parts parts
	for i := 0; i < n; i += cfg.BatchSize {
		if err := interrupted(ctx, "predict"); err != nil {
			return nil, err
		}
		y, err := p.some(ctx, x, i, min(cfg.BatchSize, n-i))
		if err == nil {
			err = parts.add(y)
		}
		if err != nil {
			return nil, fmt.Errorf("model %q: predict: %w", m.config.Name, err)
		}
	}
	return tf.NewRaw(parts.dtype, append(tf.Shape{int64(n)}, parts.shape...), parts.data)
}

// parts are outputs of batches, one after another.
type parts struct {
	dtype tf.DType
	shape tf.Shape // of a sample
	data  []byte
}

// add takes y over.
func (p *parts) add(y *tf.Tensor) error {
	defer y.Close()
	shape := y.Shape()[1:]
	if p.data != nil && !shape.Equal(p.shape) {
		return core.Errorf(tf.InvalidArgument, "batches give samples of shapes %v and %v", p.shape, shape)
	}
	b, err := y.Bytes()
	p.dtype, p.shape, p.data = y.DType(), shape, append(p.data, b...)
	return err
}

// predictor computes the model's output where the model runs.
type predictor interface {
	all(ctx context.Context, x *tf.Tensor) (*tf.Tensor, error)
	some(ctx context.Context, x *tf.Tensor, from, n int) (*tf.Tensor, error)
	close()
}

func (m *Model) predictor(x *tf.Tensor, scale float64) (predictor, error) {
	if r, ok := m.run.(*eagerRunner); ok {
		return &eagerPredictor{m: m, r: r, scale: scale}, nil
	}
	r := m.run.(*graphRunner)
	key := predictKey{x.DType(), scale}
	if p := r.predictors[key]; p != nil {
		return p, nil
	}
	s := r.graph.Scope().Sub("predict")
	p := &graphPredictor{r: r}
	p.x = tf.Placeholder(s, x.DType(), m.samples())
	p.from = tf.Placeholder(s, tf.Int64, tf.Shape{})
	p.n = tf.Placeholder(s, tf.Int64, tf.Shape{})
	p.part = rows(s, p.x, p.from, p.n)
	if s.Err() == nil {
		s.SetErr(r.graph.SetShape(p.part, m.shapes[0]))
	}
	p.y = m.predict(s, p.part, scale)
	if s.Err() != nil {
		return nil, s.Err()
	}
	r.predictors[key] = p
	return p, nil
}

// predict adds the model's output for x.
func (m *Model) predict(s *tf.Scope, x tf.Output, scale float64) tf.Output {
	ctx := core.NewContext(s, false)
	ctx.Seed = m.config.Seed
	return m.call(ctx, m.prepare(s, x, scale))
}

// rows are n rows of x.
func rows(s *tf.Scope, x, from, n tf.Output) tf.Output {
	begin, size := []tf.Output{from}, []tf.Output{n}
	for range x.Shape()[1:] {
		begin = append(begin, tf.ConstScalar(s, int64(0)))
		size = append(size, tf.ConstScalar(s, int64(-1)))
	}
	return op.Slice(s, x, op.Pack(s, begin, nil), op.Pack(s, size, nil))
}

type predictKey struct {
	x     tf.DType
	scale float64
}

type graphPredictor struct {
	r                *graphRunner
	x, from, n, part tf.Output
	y                tf.Output
}

func (p *graphPredictor) all(ctx context.Context, x *tf.Tensor) (*tf.Tensor, error) {
	return p.fetch(ctx, tf.Feed{Output: p.part, Tensor: x})
}

func (p *graphPredictor) some(ctx context.Context, x *tf.Tensor, from, n int) (*tf.Tensor, error) {
	a, err := tf.NewScalar(int64(from))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	b, err := tf.NewScalar(int64(n))
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return p.fetch(ctx, tf.Feed{Output: p.x, Tensor: x}, tf.Feed{Output: p.from, Tensor: a}, tf.Feed{Output: p.n, Tensor: b})
}

func (p *graphPredictor) fetch(ctx context.Context, feeds ...tf.Feed) (*tf.Tensor, error) {
	out, err := p.r.run(ctx, feeds, []tf.Output{p.y})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

func (p *graphPredictor) close() {}

type eagerPredictor struct {
	m     *Model
	r     *eagerRunner
	scale float64

	s *tf.Scope // owns x once some ran
	x tf.Output
}

func (p *eagerPredictor) all(ctx context.Context, x *tf.Tensor) (*tf.Tensor, error) {
	s := p.r.e.Scope().WithContext(ctx)
	defer s.Close()
	return p.value(s, s.ConstTensor(x))
}

func (p *eagerPredictor) some(ctx context.Context, x *tf.Tensor, from, n int) (*tf.Tensor, error) {
	if p.s == nil {
		p.s = p.r.e.Scope()
		p.x = p.s.ConstTensor(x)
		if p.s.Err() != nil {
			return nil, p.s.Err()
		}
	}
	s := p.r.e.Scope().WithContext(ctx)
	defer s.Close()
	return p.value(s, rows(s, p.x, tf.ConstScalar(s, int64(from)), tf.ConstScalar(s, int64(n))))
}

func (p *eagerPredictor) value(s *tf.Scope, x tf.Output) (*tf.Tensor, error) {
	y := p.m.predict(s, x, p.scale)
	if s.Err() != nil {
		return nil, s.Err()
	}
	return y.Value()
}

func (p *eagerPredictor) close() {
	if p.s != nil {
		p.s.Close()
	}
}
