package keras

import (
	"context"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// graphRunner has one graph, which grows, and one session.
type graphRunner struct {
	graph *tf.Graph
	s     *tf.Scope
	sess  *tf.Session // nil until something runs
	cfg   *tf.Config

	chosen bool // cfg suits the work, it is not just the default

	vars    []*core.Variable
	fresh   []tf.Output // assignments of first values that did not run yet
	reads   map[*core.Variable]tf.Output
	assigns map[*core.Variable]assign

	predictors map[predictKey]*graphPredictor
}

// assign sets a variable to what is fed.
type assign struct{ value, run tf.Output }

func newGraphRunner() (*graphRunner, error) {
	g, err := tf.NewGraph()
	if err != nil {
		return nil, err
	}
	return &graphRunner{
		graph: g, s: g.Scope(),
		reads: map[*core.Variable]tf.Output{}, assigns: map[*core.Variable]assign{},
		predictors: map[predictKey]*graphPredictor{},
	}, nil
}

// scope is a fresh one: what fails on it does not spoil the runner.
func (r *graphRunner) scope() *tf.Scope { return r.s }

func (r *graphRunner) declare(vs []*core.Variable, seed int64) error {
	s := r.graph.Scope().Sub("init")
	for i, v := range vs {
		r.fresh = append(r.fresh, v.Assign(s, firstValue(s, v, seed, int64(i))))
	}
	r.vars = append(r.vars, vs...)
	return s.Err()
}

// session opens the session if need be, and gives new variables their values.
func (r *graphRunner) session(ctx context.Context) (*tf.Session, error) {
	if r.sess == nil {
		sess, err := tf.NewSession(r.graph, r.cfg)
		if err != nil {
			return nil, err
		}
		r.sess = sess
	}
	if len(r.fresh) > 0 {
		if _, err := r.sess.Run(ctx, nil, nil, r.fresh...); err != nil {
			return nil, err
		}
		r.fresh = nil
	}
	return r.sess, nil
}

// configure makes later runs use cfg. Variables keep their values.
func (r *graphRunner) configure(ctx context.Context, cfg *tf.Config) error {
	if r.sess == nil || r.cfg == cfg {
		r.cfg = cfg
		return nil
	}
	values, err := r.get(ctx, r.vars)
	if err != nil {
		return err
	}
	defer closeAll(values)
	sess, err := tf.NewSession(r.graph, cfg)
	if err != nil {
		return err
	}
	r.sess.Close()
	r.sess, r.cfg = sess, cfg
	return r.set(ctx, r.vars, values)
}

// run runs targets and fetches.
func (r *graphRunner) run(ctx context.Context, feeds []tf.Feed, fetches []tf.Output, targets ...tf.Output) ([]*tf.Tensor, error) {
	sess, err := r.session(ctx)
	if err != nil {
		return nil, err
	}
	return sess.Run(ctx, feeds, fetches, targets...)
}

func (r *graphRunner) get(ctx context.Context, vs []*core.Variable) ([]*tf.Tensor, error) {
	s := r.graph.Scope().Sub("get")
	fetches := make([]tf.Output, len(vs))
	for i, v := range vs {
		if r.reads[v].IsNil() {
			r.reads[v] = v.Read(s)
		}
		fetches[i] = r.reads[v]
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return r.run(ctx, nil, fetches)
}

func (r *graphRunner) set(ctx context.Context, vs []*core.Variable, values []*tf.Tensor) error {
	s := r.graph.Scope().Sub("set")
	feeds := make([]tf.Feed, len(vs))
	targets := make([]tf.Output, len(vs))
	for i, v := range vs {
		if err := checkValue(v, values[i]); err != nil {
			return err
		}
		a, ok := r.assigns[v]
		if !ok {
			a.value = tf.Placeholder(s, v.DType(), v.Shape())
			a.run = v.Assign(s, a.value)
			r.assigns[v] = a
		}
		feeds[i], targets[i] = tf.Feed{Output: a.value, Tensor: values[i]}, a.run
	}
	if s.Err() != nil {
		return s.Err()
	}
	_, err := r.run(ctx, feeds, nil, targets...)
	return err
}

// forget drops the variables of an earlier Compile.
func (r *graphRunner) forget(weights []*core.Variable) { r.vars = weights }

func (r *graphRunner) close() {
	r.sess.Close()
	r.graph.Close()
}
