package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

// CompileConfig says how a model is trained.
// https://keras.io/api/models/model_training_apis/#compile-method
type CompileConfig struct {
	Optimizer core.Optimizer // nil: the model can be evaluated but not trained
	Loss      core.Loss
	Metrics   []core.Metric

	// StepsPerExecution is how many batches one run of the session takes. More
	// cost less, and callbacks and Ctrl-C wait longer. 0: 1.
	StepsPerExecution int

	// RunEagerly trains operation by operation: slow, and easy to look into.
	RunEagerly bool

	// Session configures the runtime. nil: threads follow the model's size.
	Session *tf.Config
}

// compiled is what Compile adds to a model.
type compiled struct {
	CompileConfig
	iteration *core.Variable // int64: training steps so far
	rate      *core.Variable // learning rate
	slots     [][]*core.Variable
	optimizer []*core.Variable // all of the optimizer's, in the order of checkpoints
	trackers  []tracker        // the loss first
	programs  map[programKey]*program
	arrays    map[arraysKey]*arrays
	metricOps *metricOps
}

// tracker is a metric with its variables.
type tracker struct {
	name   string
	metric core.Metric
	state  []*core.Variable
}

// Compile sets how the model is trained and evaluated. What an earlier Compile
// made, such as the optimizer's state, is dropped.
func (m *Model) Compile(cfg CompileConfig) error {
	if err := m.open(); err != nil {
		return err
	}
	if m.fitting {
		return core.Errorf(tf.FailedPrecondition, "model %q: compile: the model is being trained", m.config.Name)
	}
	if err := m.checkCompile(&cfg); err != nil {
		return err
	}
	if err := m.useRunner(context.Background(), cfg); err != nil {
		return err
	}
	c := &compiled{CompileConfig: cfg, programs: map[programKey]*program{}, arrays: map[arraysKey]*arrays{}}
	s := m.run.scope()
	var all []*core.Variable
	add := func(v *core.Variable) { all = append(all, v) }
	if cfg.Optimizer != nil {
		m.makeOptimizer(c, &core.Builder{Scope: s, Path: "optimizer", Add: add})
	}
	for _, mt := range append([]core.Metric{&metrics.Mean{Name: "loss"}}, cfg.Metrics...) {
		t := tracker{name: mt.MetricName(), metric: mt}
		b := &core.Builder{Scope: s, Path: "metrics/" + t.name, Add: add}
		for _, w := range mt.State() {
			t.state = append(t.state, b.Weight(w))
		}
		c.trackers = append(c.trackers, t)
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("model %q: compile: %w", m.config.Name, err)
	}
	if err := m.run.declare(all, m.config.Seed); err != nil {
		return fmt.Errorf("model %q: compile: %w", m.config.Name, err)
	}
	m.compiled = c
	return nil
}

func (m *Model) checkCompile(cfg *CompileConfig) error {
	if cfg.Loss == nil {
		return m.config.bad("compile: a loss is missing")
	}
	if cfg.StepsPerExecution == 0 {
		cfg.StepsPerExecution = 1
	}
	if cfg.StepsPerExecution < 0 {
		return m.config.bad("compile: StepsPerExecution must be 1 or more, got %d", cfg.StepsPerExecution)
	}
	if cfg.Optimizer != nil {
		if err := optimizers.Check(cfg.Optimizer); err != nil {
			return fmt.Errorf("model %q: compile: %w", m.config.Name, err)
		}
	}
	seen := map[string]bool{"loss": true}
	for i, mt := range cfg.Metrics {
		if mt == nil {
			return m.config.bad("compile: metric %d is nil", i)
		}
		if name := mt.MetricName(); seen[name] {
			return m.config.bad("compile: two metrics are called %q", name)
		} else {
			seen[name] = true
		}
	}
	return nil
}

// makeOptimizer declares the optimizer's variables in Keras's order.
func (m *Model) makeOptimizer(c *compiled, b *core.Builder) {
	vars := m.trainable()
	c.iteration = b.Weight(core.Weight{Name: "iteration", Shape: tf.Shape{}, DType: tf.Int64, NotTrainable: true})
	rate := constant(optimizers.LearningRate(c.Optimizer))
	c.rate = b.Weight(core.Weight{Name: "learning_rate", Shape: tf.Shape{}, DType: tf.Float32, NotTrainable: true, Init: rate})
	c.optimizer = []*core.Variable{c.iteration, c.rate}
	c.slots = make([][]*core.Variable, len(vars))
	for i := range c.slots {
		c.slots[i] = make([]*core.Variable, len(c.Optimizer.Slots()))
	}
	for _, slot := range optimizers.State(c.Optimizer, vars) {
		slot.Weight.Name = slot.Name
		v := b.Weight(slot.Weight)
		c.slots[slot.Var][slot.Slot] = v
		c.optimizer = append(c.optimizer, v)
	}
}

// constant initializes with one number.
type constant float64

func (v constant) Value(s *tf.Scope, shape tf.Shape, d tf.DType, _ tf.Output) tf.Output {
	x := tf.ConstScalar(s, float32(v))
	return s.Begin("Fill").In(tf.Const(s, []int64(shape), int64(len(shape)))).In(x).One()
}

// useRunner moves the weights to the kind of runner that cfg asks for.
func (m *Model) useRunner(ctx context.Context, cfg CompileConfig) error {
	if g, ok := m.run.(*graphRunner); ok && !cfg.RunEagerly {
		g.forget(m.weights)
		if cfg.Session != nil {
			return g.configure(ctx, cfg.Session)
		}
		return nil
	}
	values, err := m.run.get(ctx, m.weights)
	if err != nil {
		return err
	}
	defer closeAll(values)
	var r runner
	if cfg.RunEagerly {
		r, err = newEagerRunner(cfg.Session)
	} else {
		r, err = newGraphRunner()
	}
	if err != nil {
		return err
	}
	old := m.run
	if err := m.buildOn(r); err != nil {
		r.close()
		return err
	}
	m.compiled = nil
	old.close()
	return m.run.set(ctx, m.weights, values)
}
