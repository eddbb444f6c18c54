package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// arrays are variables of a graph that hold samples, and a place in a pass
// over them. They are made once for each kind of data and role.
type arrays struct {
	key   arraysKey
	x, y  *tf.Variable
	order *tf.Variable // int64 numbers of samples
	at    *tf.Variable // int64: how many of order are done

	fillX, fillY, fillOrder assign
	rewind                  tf.Output
	free                    tf.Output // releases x and y
}

type arraysKey struct {
	role           string
	xType, yType   tf.DType
	xShape, yShape string // of one sample
	scale          float64
}

func (m *Model) arraysFor(r *graphRunner, role string, a Arrays) (*arrays, error) {
	varying := func(t *tf.Tensor) tf.Shape { return append(tf.Shape{-1}, t.Shape()[1:]...) }
	xs, ys := varying(a.X), varying(a.Y)
	key := arraysKey{role, a.X.DType(), a.Y.DType(), xs.String(), ys.String(), a.Scale}
	if d := m.compiled.arrays[key]; d != nil {
		return d, nil
	}
	s := r.graph.Scope().Sub(role)
	d := &arrays{
		key:   key,
		x:     tf.NewVariable(s, "x", a.X.DType(), xs),
		y:     tf.NewVariable(s, "y", a.Y.DType(), ys),
		order: tf.NewVariable(s, "order", tf.Int64, tf.Shape{-1}),
		at:    tf.NewVariable(s, "at", tf.Int64, tf.Shape{}),
	}
	d.fillX, d.fillY, d.fillOrder = fill(s, d.x), fill(s, d.y), fill(s, d.order)
	d.rewind = d.at.Assign(s, tf.ConstScalar(s, int64(0)))
	ignore := &op.DestroyResourceOpAttrs{}
	freeX := op.DestroyResourceOp(s, d.x.Handle(), ignore)
	d.free = op.NoOp(s.After(freeX, op.DestroyResourceOp(s, d.y.Handle(), ignore)))
	if s.Err() != nil {
		return nil, s.Err()
	}
	m.compiled.arrays[key] = d
	return d, nil
}

// fill makes an assignment of what is fed.
func fill(s *tf.Scope, v *tf.Variable) assign {
	value := tf.Placeholder(s, v.DType(), v.Shape())
	return assign{value, v.Assign(s, value)}
}

// batchAt is the batch of size samples from the one numbered i in the order.
func (d *arrays) batchAt(m *Model, s *tf.Scope, i tf.Output, size int64) batch {
	s = s.Sub("batch")
	begin := op.Pack(s, []tf.Output{i}, nil)
	index := op.Slice(s, d.order.Read(s), begin, tf.Const(s, []int64{size}))
	gather := func(v *tf.Variable) tf.Output {
		o := op.ResourceGather(s, v.Handle(), index, v.DType(), nil)
		if s.Err() == nil {
			s.SetErr(s.Graph().SetShape(o, append(tf.Shape{size}, v.Shape()[1:]...)))
		}
		return o
	}
	return batch{x: m.prepare(s, gather(d.x), d.key.scale), y: gather(d.y), size: size}
}

// program is an operation that takes steps with batches of one size.
type program struct{ run tf.Output }

type programKey struct {
	arrays   *arrays
	training bool
	batch    int64
	steps    int64 // most steps of one run
}

// programFor makes a program, or finds the one made before.
func (m *Model) programFor(r *graphRunner, k programKey) (*program, error) {
	if p := m.compiled.programs[k]; p != nil {
		return p, nil
	}
	what, step := "test", m.testStep
	if k.training {
		what, step = "train", m.trainStep
	}
	s := r.graph.Scope().Sub(what)
	d := k.arrays
	at := d.at.Read(s)
	var err error
	var next tf.Output
	if k.steps == 1 {
		updates := step(s, d.batchAt(m, s, at, k.batch))
		next = op.AddV2(s.After(updates...), at, tf.ConstScalar(s, k.batch))
	} else {
		total := op.Size(s, d.order.Read(s), &op.SizeAttrs{OutType: tf.Int64})
		limit := op.Minimum(s, total, op.AddV2(s, at, tf.ConstScalar(s, k.batch*k.steps)))
		next, err = repeat(s, at, limit, k.batch, func(s *tf.Scope, i tf.Output) []tf.Output {
			return step(s, d.batchAt(m, s, i, k.batch))
		})
	}
	p := &program{run: d.at.Assign(s, next)}
	if err == nil {
		err = s.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("model %q: %s step: %w", m.config.Name, what, err)
	}
	m.compiled.programs[k] = p
	return p, nil
}

// graphFeed runs programs over arrays.
type graphFeed struct {
	m     *Model
	r     *graphRunner
	d     *arrays
	key   programKey
	left  int64 // samples of the pass
	batch int64
}

func (m *Model) loadGraph(ctx context.Context, r *graphRunner, role string, a Arrays, batch int, training bool) (feed, error) {
	d, err := m.arraysFor(r, role, a)
	if err != nil {
		return nil, err
	}
	feeds := []tf.Feed{{Output: d.fillX.value, Tensor: a.X}, {Output: d.fillY.value, Tensor: a.Y}}
	if _, err := r.run(ctx, feeds, nil, d.fillX.run, d.fillY.run); err != nil {
		return nil, err
	}
	key := programKey{d, training, int64(batch), int64(m.compiled.StepsPerExecution)}
	return &graphFeed{m: m, r: r, d: d, key: key, batch: int64(batch)}, nil
}

func (f *graphFeed) start(ctx context.Context, order []int64) error {
	t, err := tf.NewTensor(order)
	if err != nil {
		return err
	}
	defer t.Close()
	f.left = int64(len(order))
	_, err = f.r.run(ctx, []tf.Feed{{Output: f.d.fillOrder.value, Tensor: t}}, nil, f.d.fillOrder.run, f.d.rewind)
	return err
}

// steps takes k batches, at most StepsPerExecution. The last batch of a pass,
// where it is smaller, takes a program of its own.
func (f *graphFeed) steps(ctx context.Context, k int) error {
	for k > 0 && f.left > 0 {
		key, n := f.key, min(int64(k), f.left/f.batch)
		switch {
		case n == 0:
			key.batch, key.steps, n = f.left, 1, 1
		case n < key.steps && (f.left/f.batch) > n:
			key.steps = n // the loop runs to its limit, so it needs the right one
		}
		p, err := f.m.programFor(f.r, key)
		if err != nil {
			return err
		}
		if _, err := f.r.run(ctx, nil, nil, p.run); err != nil {
			return err
		}
		f.left -= n * key.batch
		k -= int(n)
	}
	return nil
}

func (f *graphFeed) size() int { return int(f.batch) }

func (f *graphFeed) close(ctx context.Context) {
	f.r.run(context.WithoutCancel(ctx), nil, nil, f.d.free)
}
