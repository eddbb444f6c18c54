package lab

import (
	"context"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// Lab computes in one of the two modes. What it owns is freed when its test
// ends; failures end the test.
type Lab struct {
	Scope *tf.Scope // where to compute; a tape records it if it is eager
	t     testing.TB
	base  *tf.Scope
	tape  *grad.Tape
	graph *tf.Graph
	sess  *tf.Session

	// A session plans each new set of fetches and targets anew, which takes most of a
	// test's time; so these are made once.
	wide   map[tf.Output]tf.Output // what Values casts
	assign map[*core.Variable][2]tf.Output
}

// Each runs f as subtests "graph" and "eager".
func Each(t *testing.T, f func(t *testing.T, l *Lab)) {
	t.Run("graph", func(t *testing.T) { f(t, Graph(t)) })
	t.Run("eager", func(t *testing.T) { f(t, Eager(t)) })
}

// Graph is a Lab with a graph of its own.
func Graph(t testing.TB) *Lab {
	t.Helper()
	g, err := tf.NewGraph()
	l := &Lab{t: t, graph: g, wide: map[tf.Output]tf.Output{}, assign: map[*core.Variable][2]tf.Output{}}
	l.must(err)
	t.Cleanup(func() {
		if l.sess != nil {
			l.sess.Close()
		}
		g.Close()
	})
	l.base = g.Scope()
	l.Scope = l.base
	return l
}

// Eager is a Lab with an eager context of its own.
func Eager(t testing.TB) *Lab {
	t.Helper()
	e, err := tf.NewEager(nil)
	l := &Lab{t: t}
	l.must(err)
	l.base = e.Scope()
	t.Cleanup(func() {
		l.base.Close()
		e.Close()
	})
	l.tape, l.Scope = grad.NewTape(l.base)
	return l
}

func (l *Lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// Watch says what gradients will be asked for, before it is computed with.
func (l *Lab) Watch(xs ...tf.Output) {
	if l.tape != nil {
		l.tape.Watch(xs...)
	}
}

// Gradients of sum(y·dy); dy may be the zero Output for ones. An x that y does not
// depend on gives the zero Output.
func (l *Lab) Gradients(y, dy tf.Output, xs ...tf.Output) []tf.Output {
	l.t.Helper()
	if !dy.IsNil() {
		y = op.Mul(l.Scope, y, dy)
	}
	var dxs []tf.Output
	if l.tape != nil {
		dxs = l.tape.Gradient(y, xs...)
	} else {
		dxs = grad.Gradients(l.Scope, []tf.Output{y}, xs, nil)
	}
	l.must(l.Scope.Err())
	return dxs
}

// Builder makes variables; those made are appended to vars.
func (l *Lab) Builder(vars *[]*core.Variable) *core.Builder {
	return &core.Builder{Scope: l.base, Add: func(v *core.Variable) {
		l.t.Cleanup(func() { v.Close() })
		*vars = append(*vars, v)
	}}
}

// Variables makes variables and gives them the values of their initializers.
func (l *Lab) Variables(weights ...core.Weight) []*core.Variable {
	l.t.Helper()
	var vars []*core.Variable
	b := l.Builder(&vars)
	for _, w := range weights {
		b.Weight(w)
	}
	l.Init(vars)
	return vars
}

// Init gives variables the values of their initializers, zeros where there is none.
func (l *Lab) Init(vars []*core.Variable) {
	l.t.Helper()
	var assigns []tf.Output
	for i, v := range vars {
		value := op.Fill(l.base, tf.Const(l.base, []int64(v.Shape()), int64(len(v.Shape()))), op.Cast(l.base, tf.ConstScalar(l.base, float32(0)), v.DType(), nil))
		if init := v.Weight.Init; init != nil {
			value = init.Value(l.base, v.Shape(), v.DType(), core.Key0(l.base, 1, int64(i)))
		}
		assigns = append(assigns, v.Assign(l.base, value))
	}
	l.Run(assigns...)
}

// Set assigns a golden array to a variable.
func (l *Lab) Set(v *core.Variable, a golden.Tensor) {
	l.t.Helper()
	l.Run(v.Assign(l.base, l.Const(a)))
}

// Assign assigns numbers to a variable of type float64.
func (l *Lab) Assign(v *core.Variable, values []float64) {
	l.t.Helper()
	if l.graph == nil {
		v.Assign(l.base, tf.Const(l.base, values, v.Shape()...))
		l.must(l.Scope.Err())
		return
	}
	a, ok := l.assign[v]
	if !ok {
		value := tf.Placeholder(l.base, tf.Float64, v.Shape())
		a = [2]tf.Output{value, v.Assign(l.base, value)}
		l.assign[v] = a
		l.must(l.Scope.Err())
	}
	t, err := tf.NewTensor(values, v.Shape()...)
	l.must(err)
	defer t.Close()
	_, err = l.session().Run(context.Background(), []tf.Feed{{Output: a[0], Tensor: t}}, nil, a[1])
	l.must(err)
}

// Const is a golden array as a constant.
func (l *Lab) Const(a golden.Tensor) tf.Output {
	l.t.Helper()
	types := map[string]tf.DType{"F32": tf.Float32, "F64": tf.Float64, "I32": tf.Int32, "I64": tf.Int64, "U8": tf.Uint8, "BOOL": tf.Bool}
	v, err := tf.NewRaw(types[a.DType], append(tf.Shape{}, a.Shape...), a.Raw)
	l.must(err)
	defer v.Close()
	return l.base.ConstTensor(v)
}

// Run makes operations happen.
func (l *Lab) Run(ops ...tf.Output) {
	l.t.Helper()
	l.must(l.Scope.Err())
	if l.graph == nil || len(ops) == 0 {
		return
	}
	_, err := l.session().Run(context.Background(), nil, nil, ops...)
	l.must(err)
}

func (l *Lab) session() *tf.Session {
	if l.sess == nil {
		var err error
		l.sess, err = tf.NewSession(l.graph, nil)
		l.must(err)
	}
	return l.sess
}

// Values computes outs, whose elements must be numbers, and the operations given.
func (l *Lab) Values(outs []tf.Output, ops ...tf.Output) [][]float64 {
	l.t.Helper()
	l.must(l.Scope.Err())
	wide := make([]tf.Output, len(outs))
	for i, o := range outs {
		if wide[i] = l.wide[o]; wide[i].IsNil() {
			wide[i] = op.Cast(l.base, o, tf.Float64, nil)
		}
		if l.graph != nil {
			l.wide[o] = wide[i]
		}
	}
	l.must(l.Scope.Err())
	var ts []*tf.Tensor
	if l.graph == nil {
		for _, o := range wide {
			t, err := o.Value()
			l.must(err)
			ts = append(ts, t)
		}
	} else {
		var err error
		ts, err = l.session().Run(context.Background(), nil, wide, ops...)
		l.must(err)
	}
	values := make([][]float64, len(ts))
	for i, t := range ts {
		var err error
		values[i], err = tf.Values[float64](t)
		l.must(err)
		t.Close()
	}
	return values
}

// Value computes one output.
func (l *Lab) Value(o tf.Output, ops ...tf.Output) []float64 {
	l.t.Helper()
	return l.Values([]tf.Output{o}, ops...)[0]
}

// Near fails the test unless got is the array named, within the project's tolerance
// for float32.
func Near(t testing.TB, arrays map[string]golden.Tensor, name string, got []float64) {
	t.Helper()
	a, ok := arrays[name]
	if !ok {
		t.Fatalf("there is no array %s", name)
	}
	want, err := a.Float64()
	if err != nil {
		t.Fatal(err)
	}
	if err := golden.Near(got, want, 1e-5); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
