package grad_test

import (
	"context"
	"os"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

func TestMain(m *testing.M) { os.Exit(exercised(func() int { return leaktest.Main(m) })) }

// lab is a scope of either mode, with what tests do to it.
type lab struct {
	*tf.Scope
	t    testing.TB
	hide func(x tf.Output) (tf.Shape, bool) // what a graph may know of an input
}

// inBothModes runs a test on a graph and on an eager scope.
func inBothModes(t *testing.T, f func(t *testing.T, l lab)) {
	t.Run("graph", func(t *testing.T) { f(t, graphLab(t)) })
	t.Run("eager", func(t *testing.T) { f(t, eagerLab(t)) })
}

func graphLab(t testing.TB) lab {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return lab{g.Scope(), t, nil}
}

// hidden is a graph whose inputs have the shapes that hide gives.
func hidden(t testing.TB, hide func(x tf.Output) (tf.Shape, bool)) lab {
	l := graphLab(t)
	l.hide = hide
	return l
}

// hideBatch hides the first dimension of floating-point inputs.
func hideBatch(x tf.Output) (tf.Shape, bool) {
	shape := slices.Clone(x.Shape())
	if !x.DType().IsFloating() || len(shape) == 0 {
		return nil, false
	}
	shape[0] = -1
	return shape, true
}

// hideDimensions hides all but the rank of floating-point inputs.
func hideDimensions(x tf.Output) (tf.Shape, bool) {
	shape := slices.Clone(x.Shape())
	for i := range shape {
		shape[i] = -1
	}
	return shape, x.DType().IsFloating()
}

// hideAll hides the rank of floating-point inputs.
func hideAll(x tf.Output) (tf.Shape, bool) { return nil, x.DType().IsFloating() }

// hideValues hides the values of other inputs too.
func hideValues(x tf.Output) (tf.Shape, bool) {
	if x.DType().IsFloating() {
		return nil, true
	}
	return x.Shape(), true
}

func eagerLab(t testing.TB) lab {
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Scope()
	t.Cleanup(func() {
		s.Close()
		e.Close()
	})
	return lab{s, t, nil}
}

// plain runs graphs as they are: optimizing them takes longer than the tests.
var plain = &tf.Config{Edit: func(c *config.ConfigProto) {
	c.GraphOptions.OptimizerOptions.OptLevel = config.OptimizerOptions_L0
	c.GraphOptions.RewriteOptions = &config.RewriterConfig{DisableMetaOptimizer: true}
}}

// fetch gives the values of outs; nil for none.
func (l lab) fetch(outs ...tf.Output) [][]float64 {
	l.t.Helper()
	if err := l.Err(); err != nil {
		l.t.Fatal(err)
	}
	got := make([][]float64, len(outs))
	var some []tf.Output
	for _, o := range outs {
		if !o.IsNil() {
			some = append(some, o)
		}
	}
	values := l.values(some)
	for i, o := range outs {
		if !o.IsNil() {
			got[i], values = values[0], values[1:]
		}
	}
	return got
}

func (l lab) values(outs []tf.Output) (got [][]float64) {
	l.t.Helper()
	var ts []*tf.Tensor
	if l.Eager() {
		for _, o := range outs {
			v, err := o.Value()
			if err != nil {
				l.t.Fatal(err)
			}
			ts = append(ts, v)
		}
	} else {
		sess, err := tf.NewSession(l.Graph(), plain)
		if err != nil {
			l.t.Fatal(err)
		}
		defer sess.Close()
		if ts, err = sess.Run(context.Background(), nil, outs); err != nil {
			l.t.Fatal(err)
		}
	}
	for _, v := range ts {
		got = append(got, wide(l.t, v))
		v.Close()
	}
	return got
}

// wide are the elements; of complex numbers, real and imaginary part by turns.
func wide(t testing.TB, v *tf.Tensor) []float64 {
	t.Helper()
	x, err := grad.Floats(v)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// net is a function of xs, and what its values are multiplied with before they
// are summed; a zero dy leaves the value out.
type net func(s *tf.Scope, xs []tf.Output) []tf.Output

// dot is the sum of the real parts of all a*b, in float64.
func dot(s *tf.Scope, a, b []tf.Output) tf.Output {
	var terms []tf.Output
	for i := range a {
		if a[i].IsNil() || b[i].IsNil() {
			continue
		}
		p := op.Mul(s, a[i], b[i])
		if d := p.DType(); d.IsComplex() {
			p = op.Real(s, p, &op.RealAttrs{Tout: map[tf.DType]tf.DType{tf.Complex64: tf.Float32, tf.Complex128: tf.Float64}[d]})
		}
		p = op.Reshape(s, p, tf.Const(s, []int32{-1}))
		terms = append(terms, op.Sum(s, op.Cast(s, p, tf.Float64, nil), tf.Const(s, []int32{0}), nil))
	}
	return op.AddN(s, terms)
}

// first gives the values of f and the gradients of dot(f, dys) by xs[wrt].
func (l lab) first(f net, xs, dys []tf.Output, wrt []int) (ys, dxs []tf.Output) {
	by := pick(xs, wrt)
	if !l.Eager() {
		ys = f(l.Scope, xs)
		return ys, grad.Gradients(l.Scope, []tf.Output{dot(l.Scope, ys, dys)}, by, nil)
	}
	t, s := grad.NewTape(l.Scope)
	t.Watch(by...)
	ys = f(s, xs)
	return ys, t.Gradient(dot(s, ys, dys), by...)
}

// second gives the gradients of dot(first(f), rs) by xs[wrt] and dys.
func (l lab) second(f net, xs, dys, rs []tf.Output, wrt []int) []tf.Output {
	by := pick(xs, wrt)
	all := append([]tf.Output(nil), by...)
	for _, dy := range dys {
		if !dy.IsNil() {
			all = append(all, dy)
		}
	}
	if !l.Eager() {
		_, dxs := l.first(f, xs, dys, wrt)
		return grad.Gradients(l.Scope, []tf.Output{dot(l.Scope, dxs, rs)}, all, nil)
	}
	outer, s := grad.NewTape(l.Scope)
	outer.Watch(all...)
	_, dxs := lab{s, l.t, nil}.first(f, xs, dys, wrt)
	return outer.Gradient(dot(s, dxs, rs), all...)
}

func pick(xs []tf.Output, which []int) (some []tf.Output) {
	for _, i := range which {
		some = append(some, xs[i])
	}
	return some
}

// near fails the test where got and want differ; a missing gradient is zero.
func near(t testing.TB, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if got == nil {
		got = make([]float64, len(want))
	}
	if want == nil {
		want = make([]float64, len(got))
	}
	if err := golden.Near(got, want, tolerance); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}
