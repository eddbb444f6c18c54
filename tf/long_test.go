package tf_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
)

const mb = 1 << 20

// Lost feeds of 100 kB would be 2 GB.
func TestLongFedSteps(t *testing.T) {
	leaktest.Long(t)
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s, tf.Float32, tf.Shape{-1, 784})
	y := node(s, "Mean", x, tf.Const(s, []int32{0, 1}))
	wantOK(t, s)
	sess := newSession(t, g)
	data := make([]float32, 32*784)
	leaktest.Flat(t, 20_000, 24*mb, func(int) {
		in, err := tf.NewTensor(data, 32, 784)
		if err != nil {
			t.Fatal(err)
		}
		out, err := sess.Run(background, []tf.Feed{{x, in}}, []tf.Output{y})
		if err != nil {
			t.Fatal(err)
		}
		out[0].Close()
		in.Close()
	})
}

// A lost value is some 500 bytes: 500 MB.
func TestLongEagerOps(t *testing.T) {
	leaktest.Long(t)
	e := newEager(t)
	x := func() tf.Output { s := e.Scope(); defer s.Close(); return s.Keep(tf.ConstScalar(s, float32(1))) }()
	closing(t, x, nil)
	leaktest.Flat(t, 10_000, 24*mb, func(int) {
		s := e.Scope()
		defer s.Close()
		y := x
		for range 100 {
			y = node(s, "AddV2", y, x)
		}
		wantOK(t, s)
	})
}

// Strings of 100 kB, held by tensor, eager value and session at once: 3,000
// lost rounds would be 300 MB and more.
func TestLongSharedStrings(t *testing.T) {
	leaktest.Long(t)
	e := newEager(t)
	g := newGraph(t)
	s := g.Scope()
	p := tf.Placeholder(s, tf.String, nil)
	upper := node(s, "StringUpper", p)
	wantOK(t, s)
	sess := newSession(t, g)
	data := []string{"short", strings.Repeat("x", 100_000)}
	leaktest.Flat(t, 3000, 24*mb, func(int) {
		x, err := tf.NewTensor(data)
		if err != nil {
			t.Fatal(err)
		}
		es := e.Scope()
		y := node(es, "Identity", es.ConstTensor(x))
		back, err := y.Value()
		if err != nil {
			t.Fatal(err)
		}
		out, err := sess.Run(background, []tf.Feed{{p, back}}, []tf.Output{upper})
		if err != nil {
			t.Fatal(err)
		}
		x.Close()
		es.Close()
		if got, _ := tf.Values[string](back); len(got[1]) != 100_000 {
			t.Fatal("a shared string is gone")
		}
		back.Close()
		out[0].Close()
	})
}

// A removed function leaves 40 kB in its context until the caches are cleared:
// 10,000 would be 400 MB. Half are closed, half left to the collector.
func TestLongFunctions(t *testing.T) {
	leaktest.Long(t)
	e := newEager(t)
	leaktest.Flat(t, 10_000, 48*mb, func(i int) {
		s := e.Scope()
		defer s.Close()
		f, err := tf.NewFunction(s, "f", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{node(s, "AddV2", in[0], tf.ConstScalar(s, float32(i)))}
		})
		if err != nil {
			t.Fatal(err)
		}
		f.Call(s, tf.ConstScalar(s, float32(1)))
		wantOK(t, s)
		if i%2 == 0 {
			f.Close()
		}
		if i%500 == 0 {
			runtime.GC()
		}
	})
}

// The same through Traced, with a nested one, a variable and two kinds of
// arguments each. Half are closed, half left to the collector.
func TestLongTraced(t *testing.T) {
	leaktest.Long(t)
	e := newEager(t)
	keep := newScope(t, e)
	v := closing(t, tf.NewVariable(keep, "v", tf.Float32, tf.Shape{}), nil)
	v.Assign(keep, tf.ConstScalar(keep, float32(1)))
	leaktest.Flat(t, 10_000, 64*mb, func(i int) {
		s := e.Scope()
		defer s.Close()
		inner := tf.Trace("inner", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, v.Read(s)) }, nil)
		f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
			return inner.Call(s, node(s, "AddV2", x, tf.ConstScalar(s, float32(i))))
		}, nil)
		f.Call(s, tf.ConstScalar(s, float32(1)))
		if i%10 == 0 {
			f.Call(s, tf.Const(s, []float32{1, 2}))
		}
		wantOK(t, s)
		if i%2 == 0 {
			f.Close()
			inner.Close()
		}
		if i%500 == 0 {
			runtime.GC()
		}
	})
}

// One function traced for graphs that come and go, for their variables.
func TestLongTracedGraphs(t *testing.T) {
	leaktest.Long(t)
	var v *tf.Variable
	f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, v.Read(s)) }, nil), nil)
	call := func() {
		g, err := tf.NewGraph()
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		s := g.Scope()
		v = tf.NewVariable(s, "v", tf.Float32, tf.Shape{})
		f.Call(s, tf.ConstScalar(s, float32(1)))
		wantOK(t, s)
	}
	call() // the function of the last graph stays
	leaktest.Flat(t, 5000, 32*mb, func(int) { call() })
}

// Graphs and sessions, each with a few nodes.
func TestLongSessions(t *testing.T) {
	leaktest.Long(t)
	leaktest.Flat(t, 2000, 32*mb, func(i int) {
		g, err := tf.NewGraph()
		if err != nil {
			t.Fatal(err)
		}
		s := g.Scope()
		x := node(s, "Neg", tf.ConstScalar(s, float32(i)))
		sess, err := tf.NewSession(g, &tf.Config{SingleThreaded: true})
		if err != nil {
			t.Fatal(err)
		}
		out, err := sess.Run(background, nil, []tf.Output{x})
		if err != nil {
			t.Fatal(err)
		}
		out[0].Close()
		sess.Close()
		g.Close()
	})
}

// Eager variables of 1 MB: their memory goes with them.
func TestLongVariables(t *testing.T) {
	leaktest.Long(t)
	e := newEager(t)
	data := make([]float32, mb/4)
	leaktest.Flat(t, 2000, 32*mb, func(int) {
		s := e.Scope()
		defer s.Close()
		v := tf.NewVariable(s, "v", tf.Float32, tf.Shape{mb / 4})
		defer v.Close()
		v.Assign(s, tf.Const(s, data))
		wantOK(t, s)
	})
}
