package tf_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

func TestTracedPrunesCaptures(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		used, unused := tf.ConstScalar(s, float32(10)), tf.ConstScalar(s, float32(20))
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		w := closing(t, tf.NewVariable(s, "w", tf.Float32, tf.Shape{}), nil)
		set := w.Assign(s, used)
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
			node(s, "Neg", node(s, "AddV2", unused, unused)) // nobody wants it
			node(s, "Identity", v.Handle())
			w.AssignAdd(s, x) // happens, though no result needs it
			return node(s, "AddV2", x, used)
		}, nil), nil)
		y := f.Call(s.After(set), tf.ConstScalar(s, float32(1)))
		wantOK(t, s)
		wantValues(t, get(y), float32(11))
		c, err := f.Concrete(s, y)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Captures(); len(got) != 2 || got[0] != w.Handle() || got[1] != used {
			t.Errorf("captures %v, want w and the value used", got)
		}
		def, err := c.Def()
		if err != nil || len(def.Signature.InputArg) != 3 {
			t.Errorf("%v arguments, %v; want 3", def.GetSignature().GetInputArg(), err)
		}
		for _, n := range def.GetNodeDef() {
			if n.Op == "Neg" || n.Op == "Placeholder" {
				t.Errorf("the body has an unused %s", n.Op)
			}
		}
		wantTraces(t, f, 1)
	})
}

// A function that is traced in the body of another is traced once for both, if
// it captures nothing of the body.
func TestTracedNested(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		ten := tf.ConstScalar(s, float32(10))
		inner := closing(t, tf.Trace("inner", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Mul", x, ten) }, nil), nil)
		local := 0
		outer := closing(t, tf.Trace("outer", func(s *tf.Scope, in layer) tf.Output {
			y := node(s, "AddV2", in.W, in.W)
			near := closing(t, tf.Trace("near", func(s *tf.Scope, x tf.Output) tf.Output { // sees y and ten
				local++
				return node(s, "AddV2", node(s, "AddV2", x, y), ten)
			}, nil), nil)
			return inner.Call(s, near.Call(s, near.Call(s, inner.Call(s, in.W))))
		}, nil), nil)
		one := tf.ConstScalar(s, float32(1))
		y := outer.Call(s, layer{W: one})
		z := outer.Call(s, layer{W: one, B: one}) // another kind
		u := inner.Call(s, one)
		wantOK(t, s)
		wantValues(t, get(y), float32(340)) // 10 * (1*10 + 2 + 10 + 2 + 10)
		wantValues(t, get(z), float32(340))
		wantValues(t, get(u), float32(10))
		wantTraces(t, inner, 1)
		if wantTraces(t, outer, 2); local != 2 {
			t.Errorf("traced %d times what captures of a body, want once for each", local)
		}
	})
}

// A function without captures serves all graphs and contexts; one with captures
// those where they are.
func TestTracedHomes(t *testing.T) {
	free := closing(t, tf.Trace("free", double, nil), nil)
	e := newEager(t)
	var v *tf.Variable
	bound := closing(t, tf.Trace("bound", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, v.Read(s)) }, nil), nil)
	for range 3 {
		g := newGraph(t)
		s := g.Scope()
		v = tf.NewVariable(s, "v", tf.Float32, tf.Shape{})
		one := tf.ConstScalar(s, float32(1))
		y := bound.Call(s.After(v.Assign(s, one)), free.Call(s, free.Call(s, bound.Call(s, one))))
		wantOK(t, s)
		if y.Op().Type() != "StatefulPartitionedCall" {
			t.Errorf("the call is a %s", y.Op().Type())
		}
		g.Close()
	}
	s := newScope(t, e)
	v = closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
	v.Assign(s, tf.ConstScalar(s, float32(5)))
	wantValues(t, value(t, bound.Call(s, free.Call(s, tf.ConstScalar(s, float32(1))))), float32(7))
	wantTraces(t, free, 1)
	wantTraces(t, bound, 4)
}

func TestTracedKeepsCaptures(t *testing.T) {
	e := newEager(t)
	early := e.Scope()
	c := tf.ConstScalar(early, float32(1))
	f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, c) }, nil), nil)
	s := newScope(t, e)
	x := tf.ConstScalar(s, float32(1))
	f.Call(s, x)
	wantOK(t, s)
	early.Close()
	f.Call(s, x)
	wantError(t, s.Err(), tf.FailedPrecondition, "call of f", "at traced_scope_test.go:", "captured", "Keep")
}

// Reads and writes keep their order without a word.
func TestTracedEffects(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		w := closing(t, tf.NewVariable(s, "w", tf.Float32, tf.Shape{}), nil)
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) []tf.Output {
			v.Assign(s, x)
			w.Assign(s, x)
			a := v.Read(s)
			v.AssignAdd(s, tf.ConstScalar(s, float32(1)))
			b := v.Read(s)
			v.Assign(s, node(s, "Mul", b, b))
			w.AssignSub(s, v.Read(s))
			return []tf.Output{a, b, v.Read(s), w.Read(s)}
		}, nil), nil)
		outs := f.Call(s, tf.ConstScalar(s, float32(2)))
		wantOK(t, s)
		sum := node(s, "AddV2", node(s, "AddV2", outs[0], outs[1]), node(s, "AddV2", outs[2], outs[3]))
		for range 20 {
			wantValues(t, get(sum), float32(2+3+9-7))
			if s.Eager() {
				outs = f.Call(s, tf.ConstScalar(s, float32(2)))
				sum = node(s, "AddV2", node(s, "AddV2", outs[0], outs[1]), node(s, "AddV2", outs[2], outs[3]))
			}
		}
	})
}

// Traced functions that are dropped, closed or not, leave nothing.
func TestTracedCollected(t *testing.T) {
	e := newEager(t)
	s := newScope(t, e)
	x := tf.ConstScalar(s, float32(1))
	runtime.GC()
	before := handle.Live()
	var names []string
	for i := range 4 {
		func() {
			s := e.Scope()
			defer s.Close()
			f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
				return node(s, "AddV2", x, tf.ConstScalar(s, float32(i)))
			}, nil)
			f.Call(s, x)
			c, err := f.Concrete(s, x)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, c.Name())
			if i%2 == 0 {
				f.Close()
				f.Close()
			}
		}()
	}
	waitLive(t, before)
	for _, name := range names {
		s := newScope(t, e)
		node(s, name, x)
		wantError(t, s.Err(), tf.NotFound, name)
	}
	runtime.KeepAlive(e)
}

// What was traced for a graph goes when the function is next traced for another.
func TestTracedForgetsClosedGraphs(t *testing.T) {
	f := closing(t, tf.Trace("f", func(s *tf.Scope, in layer) tf.Output { return node(s, "AddV2", in.W, in.B) }, nil), nil)
	var c tf.Output
	g := closing(t, tf.Trace("g", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, c) }, nil), nil)
	before := int64(0)
	for i := range 5 {
		graph := newGraph(t)
		s := graph.Scope()
		c = tf.ConstScalar(s, float32(i))
		g.Call(s, c)
		f.Call(s, layer{c, c})
		wantOK(t, s)
		graph.Close()
		if i == 1 {
			before = handle.Live()
		}
	}
	if after := handle.Live(); after > before {
		t.Errorf("%d objects are open after 5 graphs, %d after 2", after, before)
	}
	wantTraces(t, g, 5)
	wantTraces(t, f, 1)
}

// Goroutines share a context, a session and a function.
func TestShared(t *testing.T) {
	e := newEager(t)
	own := newScope(t, e)
	v := closing(t, tf.NewVariable(own, "v", tf.Float32, tf.Shape{}), nil)
	v.Assign(own, tf.ConstScalar(own, float32(10)))
	wantOK(t, own)
	f := closing(t, tf.Trace("f", func(s *tf.Scope, in layer) layer {
		return layer{W: node(s, "Mul", in.W, v.Read(s)), B: node(s, "Neg", in.W)}
	}, &tf.TraceOptions{ReduceRetracing: true}), nil)
	free := closing(t, tf.Trace("free", double, nil), nil)
	g := newGraph(t)
	gs := g.Scope()
	p := tf.Placeholder(gs, tf.Float32, tf.Shape{})
	doubled := free.Call(gs, p)
	wantOK(t, gs)
	sess := newSession(t, g)

	step := func(i int) error {
		s := e.Scope()
		defer s.Close()
		data := make([]float32, 1+i%7)
		data[0] = float32(i)
		x := node(s, "AddV2", tf.Const(s, data), tf.ConstScalar(s, float32(1)))
		y := f.Call(s, layer{W: x})
		sum := node(s, "AddV2", y.W, node(s, "AddV2", y.B, free.Call(s, x)))
		got, err := sum.Value()
		if err != nil {
			return fmt.Errorf("%v, %v", s.Err(), err)
		}
		defer got.Close()
		in, err := tf.NewTensor(data[:1], tf.Shape{}...)
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := sess.Run(background, []tf.Feed{{p, in}}, []tf.Output{doubled})
		if err != nil {
			return err
		}
		defer out[0].Close()
		a, _ := tf.Values[float32](got)
		b, _ := tf.Values[float32](out[0])
		if a[0] != float32(11*(i+1)) || b[0] != float32(2*i) {
			return fmt.Errorf("step %d gives %v and %v", i, a[0], b[0])
		}
		return nil
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 40 {
				if err := step(w + 8*i); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	if n := f.Traces(); n < 1 || n > 2 {
		t.Errorf("traced %d times, want once or twice", n)
	}
}
