package keras

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// batch is what one step works on.
type batch struct {
	x, y tf.Output
	size int64
}

// trainStep adds one step of training to s: it computes the loss and its
// gradients, and returns the operations that update weights and metrics. On an
// eager scope all of it happens.
func (m *Model) trainStep(s *tf.Scope, b batch) []tf.Output {
	c := m.compiled
	forward := s
	var tape *grad.Tape
	if s.Eager() {
		tape, forward = grad.NewTape(s)
	}
	ctx := core.NewContext(forward, true)
	ctx.Seed, ctx.Iteration = m.config.Seed, c.iteration.Read(s)
	vars := m.trainable()
	reads := m.bind(ctx, s, tape)
	y := m.call(ctx, b.x)
	loss := m.loss(ctx, forward, b.y, y)
	var grads []grad.Gradient
	if tape != nil {
		grads = tape.Sparse(loss, reads...)
	} else {
		grads = grad.SparseGradients(s, []tf.Output{loss}, reads, nil)
	}
	// Updates wait for all gradients: then no step reads a value half updated, and
	// weights change in place.
	us := s.Sub("optimizer").After(present(grads)...)
	step := &core.Step{Scope: us, LearningRate: c.rate.Read(s), Iteration: ctx.Iteration}
	updates := optimizers.Apply(step, c.Optimizer, vars, grads, c.slots)
	next := c.iteration.AssignAdd(us.After(updates...), tf.ConstScalar(s, int64(1)))
	updates = append(updates, next)
	updates = append(updates, ctx.Updates()...)
	return append(updates, m.track(s, loss, b, y)...)
}

// testStep adds one step of evaluation to s.
func (m *Model) testStep(s *tf.Scope, b batch) []tf.Output {
	ctx := core.NewContext(s, false)
	ctx.Seed = m.config.Seed
	y := m.call(ctx, b.x)
	return m.track(s, m.loss(ctx, s, b.y, y), b, y)
}

// bind reads the trainable variables on s, for the layers to use and for the
// gradients to be taken by, in the order of trainable.
func (m *Model) bind(ctx *core.Context, s *tf.Scope, tape *grad.Tape) (reads []tf.Output) {
	for _, v := range m.trainable() {
		r := v.Read(s)
		if tape != nil {
			tape.Watch(r)
		}
		ctx.Bind(v, r)
		reads = append(reads, r)
	}
	return reads
}

// loss is the scalar that training minimises.
func (m *Model) loss(ctx *core.Context, s *tf.Scope, yTrue, yPred tf.Output) tf.Output {
	loss := losses.Compute(s.Sub("loss"), m.compiled.Loss, yTrue, yPred, tf.Output{})
	if more := ctx.Losses(); len(more) > 0 {
		loss = op.AddN(s, append([]tf.Output{loss}, more...))
	}
	return loss
}

// track updates the metrics.
func (m *Model) track(s *tf.Scope, loss tf.Output, b batch, yPred tf.Output) (updates []tf.Output) {
	s = s.Sub("metrics")
	for i, t := range m.compiled.trackers {
		if i == 0 { // the mean loss, weighted by batch
			updates = t.metric.Update(s, t.state, tf.Output{}, loss, tf.ConstScalar(s, float32(b.size)))
			continue
		}
		updates = append(updates, t.metric.Update(s.Sub(t.name), t.state, b.y, yPred, tf.Output{})...)
	}
	return updates
}

// present are the values of the gradients that are there.
func present(gs []grad.Gradient) (some []tf.Output) {
	for _, g := range gs {
		if !g.IsNil() {
			some = append(some, g.Values)
		}
	}
	return some
}
