package tf_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

// double is the body of the simplest traced function.
func double(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, x) }

func wantTraces[In, Out any](t testing.TB, f *tf.Traced[In, Out], want int) {
	t.Helper()
	if got := f.Traces(); got != want {
		t.Errorf("traced %d times, want %d", got, want)
	}
}

func TestTracedOncePerKind(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		runs := 0
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
			runs++
			return double(s, x)
		}, nil), nil)
		wantTraces(t, f, 0)
		for range 3 {
			wantValues(t, get(f.Call(s, tf.ConstScalar(s, float32(1)))), float32(2))
			wantValues(t, get(f.Call(s, tf.Const(s, []float32{1, 2}))), float32(2), 4)
			wantValues(t, get(f.Call(s, tf.Const(s, []float32{1, 2, 3}))), float32(2), 4, 6)
			wantValues(t, get(f.Call(s, tf.Const(s, []float32{1, 2}, 2, 1))), float32(2), 4)
			wantValues(t, get(f.Call(s, tf.Const(s, []int32{1, 2}))), int32(2), 4)
		}
		wantTraces(t, f, 5)
		if runs != 5 {
			t.Errorf("the body ran %d times, want 5", runs)
		}
	})
}

// Goroutines that call a function for the first time at once share one trace.
func TestTracedConcurrently(t *testing.T) {
	e := newEager(t)
	var runs atomic.Int64
	f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
		runs.Add(1)
		time.Sleep(5 * time.Millisecond) // others come meanwhile
		return double(s, x)
	}, nil), nil)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := e.Scope()
			defer s.Close()
			data := make([]float32, 1+i%4)
			data[0] = float32(i)
			x, err := f.Call(s, tf.Const(s, data)).Value()
			if err != nil {
				t.Error(s.Err(), err)
				return
			}
			defer x.Close()
			if got, _ := tf.Values[float32](x); len(got) != len(data) || got[0] != float32(2*i) {
				t.Errorf("%v, want %v first", got, 2*i)
			}
		}()
	}
	wg.Wait()
	if wantTraces(t, f, 4); runs.Load() != 4 {
		t.Errorf("the body ran %d times, want 4", runs.Load())
	}
}

type (
	layer struct {
		W tf.Output `tf:"kernel"`
		B tf.Output
	}
	batch struct {
		X      tf.Output
		Layers []layer
		Scales map[string]tf.Output
		Pair   [2]tf.Output
		Train  bool
		Power  int
		Kind   string
	}
	outcome struct {
		Loss   tf.Output
		Parts  map[string]tf.Output `tf:"by part"`
		Absent tf.Output
		Steps  int
	}
)

func newBatch(s *tf.Scope) batch {
	one := tf.ConstScalar(s, float32(1))
	return batch{
		X: one, Layers: []layer{{W: one, B: one}, {W: one}}, Scales: map[string]tf.Output{"b": one, "a b": one},
		Pair: [2]tf.Output{one, one}, Power: 2, Kind: "k",
	}
}

func TestTracedStructures(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		f := closing(t, tf.Trace("f", func(s *tf.Scope, in batch) outcome {
			if !in.Layers[1].B.IsNil() || len(in.Scales) != 2 {
				t.Errorf("the body got %+v", in)
			}
			sum := node(s, "AddV2", in.X, in.Layers[0].B)
			if in.Train {
				sum = node(s, "AddV2", sum, tf.ConstScalar(s, float32(10*in.Power)))
			}
			return outcome{Loss: sum, Parts: map[string]tf.Output{"z": in.Pair[1], "a": in.Scales["a b"]}, Steps: in.Power}
		}, nil), nil)
		in := newBatch(s)
		for range 2 {
			out := f.Call(s, in)
			wantOK(t, s)
			if !out.Absent.IsNil() || out.Steps != 2 || len(out.Parts) != 2 {
				t.Errorf("results %+v", out)
			}
			wantValues(t, get(out.Loss), float32(2))
		}
		in.Train = true
		wantValues(t, get(f.Call(s, in).Loss), float32(22))
		in.Power = 3
		wantValues(t, get(f.Call(s, in).Loss), float32(32))
		wantTraces(t, f, 3)

		c, err := f.Concrete(s, in)
		if err != nil {
			t.Fatal(err)
		}
		names := func(specs []tf.TensorSpec) string {
			var out []string
			for _, spec := range specs {
				out = append(out, fmt.Sprintf("%s %v%v", spec.Name, spec.DType, spec.Shape))
			}
			return strings.Join(out, ", ")
		}
		if got, want := names(c.Inputs()), "X float32(), Layers/0/kernel float32(), Layers/0/B float32(), Layers/1/kernel float32(), "+
			"Scales/a_b float32(), Scales/b float32(), Pair/0 float32(), Pair/1 float32()"; got != want {
			t.Errorf("inputs %s\nwant   %s", got, want)
		}
		if got, want := names(c.Outputs()), "loss float32(), by_part_a float32(), by_part_z float32()"; got != want {
			t.Errorf("outputs %s\nwant    %s", got, want)
		}
		def, err := c.Def()
		if err != nil || def.Signature.OutputArg[1].Name != "by_part_a" || def.Signature.InputArg[1].Name != "layers_0_kernel" {
			t.Errorf("definition %v, %v", def.GetSignature(), err)
		}
		wantTraces(t, f, 3)
	})
}

// What differs in structure, static values or presence is traced by itself.
func TestTracedKinds(t *testing.T) {
	s := newGraph(t).Scope()
	f := closing(t, tf.Trace("f", func(s *tf.Scope, in batch) tf.Output { return node(s, "Neg", in.X) }, nil), nil)
	one := tf.ConstScalar(s, float32(1))
	for i, change := range []func(b *batch){
		func(b *batch) {},
		func(b *batch) { b.Train = true },
		func(b *batch) { b.Kind = "other" },
		func(b *batch) { b.Layers = b.Layers[:1] },
		func(b *batch) { b.Layers[1].B = one },
		func(b *batch) { b.Layers[1].W = tf.Output{} },
		func(b *batch) { b.Scales["c"] = one },
		func(b *batch) { b.Scales = map[string]tf.Output{"b": one, "other": one} },
		func(b *batch) { b.Scales = nil },
		func(b *batch) { b.Pair[0] = tf.ConstScalar(s, int32(1)) },
	} {
		for range 2 {
			in := newBatch(s)
			change(&in)
			f.Call(s, in)
			wantOK(t, s)
		}
		wantTraces(t, f, i+1)
	}
}

func TestTracedSignature(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		f := closing(t, tf.Trace("f", func(s *tf.Scope, in layer) tf.Output { return node(s, "AddV2", in.W, in.B) },
			&tf.TraceOptions{Signature: []tf.TensorSpec{{"w", tf.Float32, tf.Shape{-1, 2}}, {"", tf.Float32, nil}}}), nil)
		c, err := f.Concrete(s, layer{}, tf.TensorSpec{DType: tf.Float32, Shape: tf.Shape{7, 2}}, tf.TensorSpec{DType: tf.Float32})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Inputs(), c.Outputs()); got != "[{w float32 (None, 2)} {B float32 <unknown>}] [{output_0 float32 <unknown>}]" {
			t.Errorf("signature %s", got)
		}
		for n := range 4 {
			y := f.Call(s, layer{tf.Const(s, make([]float32, 2*n), int64(n), 2), tf.ConstScalar(s, float32(1))})
			wantOK(t, s)
			if got := get(y).Shape(); !got.Equal(tf.Shape{int64(n), 2}) {
				t.Errorf("shape %v of %d rows", got, n)
			}
		}
		wantTraces(t, f, 1)
	})
}

func TestTracedReducesRetracing(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		var shapes []string
		f := closing(t, tf.Trace("f", func(s *tf.Scope, in [2]tf.Output) tf.Output {
			shapes = append(shapes, in[0].Shape().String()+in[1].Shape().String())
			return node(s, "AddV2", in[0], in[1])
		}, &tf.TraceOptions{ReduceRetracing: true}), nil)
		zeros := func(shape ...int64) tf.Output {
			return tf.Const(s, make([]float32, tf.Shape(shape).NumElements()), shape...)
		}
		scalar := tf.ConstScalar(s, float32(1))
		for _, n := range []int64{3, 3, 5, 7, 3, 5, 11} {
			y := f.Call(s, [2]tf.Output{zeros(n, 2), scalar})
			wantOK(t, s)
			if got := get(y).Shape(); !got.Equal(tf.Shape{n, 2}) {
				t.Errorf("shape %v of %d rows", got, n)
			}
		}
		f.Call(s, [2]tf.Output{zeros(4, 9), scalar})
		f.Call(s, [2]tf.Output{zeros(6), scalar})
		f.Call(s, [2]tf.Output{zeros(1, 2, 3), scalar})
		f.Call(s, [2]tf.Output{tf.ConstScalar(s, int32(3)), tf.ConstScalar(s, int32(3))}) // another kind
		wantOK(t, s)
		want := "[(3, 2)() (None, 2)() (None, None)() <unknown>() ()()]"
		if fmt.Sprint(shapes) != want {
			t.Errorf("traced for %v\nwant %s", shapes, want)
		}
	})
}

// Graphs whose arguments are not known in shape are traced for what is known.
func TestTracedUnknownShape(t *testing.T) {
	s := newGraph(t).Scope()
	f := closing(t, tf.Trace("f", double, nil), nil)
	for _, shape := range []tf.Shape{nil, {-1}, {-1, 3}, {-1}, nil} {
		if y := f.Call(s, tf.Placeholder(s, tf.Float32, shape)); s.Err() != nil || y.IsNil() {
			t.Fatal(y, s.Err())
		}
	}
	wantTraces(t, f, 3)
}

func TestTracedErrors(t *testing.T) {
	e := newEager(t)
	g := newGraph(t)
	foreign := tf.ConstScalar(newGraph(t).Scope(), float32(1))
	sum := func(s *tf.Scope, in layer) tf.Output { return s.Begin("AddV2").In(in.W).In(in.B).One() }
	signed := closing(t, tf.Trace("signed", sum, &tf.TraceOptions{
		Signature: []tf.TensorSpec{{"w", tf.Float32, tf.Shape{-1}}, {"b", tf.Float32, tf.Shape{}}}}), nil)
	list := closing(t, tf.Trace("list", func(s *tf.Scope, in []tf.Output) tf.Output { return in[0] }, &tf.TraceOptions{Signature: oneFloat}), nil)
	bad := closing(t, tf.Trace("bad", func(s *tf.Scope, x tf.Output) tf.Output { return s.Begin("MatMul").In(x).In(x).One() }, nil), nil)
	missing := closing(t, tf.Trace("missing", sum, nil), nil)
	closed := tf.Trace("closed", double, nil)
	closed.Close()
	var again *tf.Traced[tf.Output, tf.Output]
	again = closing(t, tf.Trace("again", func(s *tf.Scope, x tf.Output) tf.Output { return again.Call(s, x) }, nil), nil)
	type hidden struct{ x tf.Output }
	for _, tc := range []struct {
		name  string
		call  func(s *tf.Scope, one tf.Output)
		code  tf.Code
		texts []string
	}{
		{"wrong type", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{tf.Const(s, []int32{1}), one}) }, tf.InvalidArgument,
			[]string{"call of signed at traced_test.go:", "argument kernel takes float32, got int32"}},
		{"wrong shape", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{one, one}) }, tf.InvalidArgument,
			[]string{"argument kernel takes shape (None,), got ()"}},
		{"missing", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{W: tf.Const(s, []float32{1})}) }, tf.InvalidArgument,
			[]string{"argument B is missing"}},
		{"wrong number", func(s *tf.Scope, one tf.Output) { list.Call(s, []tf.Output{one, one}) }, tf.InvalidArgument,
			[]string{"the signature has 1 tensors, the arguments hold 2"}},
		{"of another graph", func(s *tf.Scope, one tf.Output) { missing.Call(s, layer{one, foreign}) }, tf.InvalidArgument,
			[]string{"argument B of missing at traced_test.go:"}},
		{"specs", func(s *tf.Scope, one tf.Output) {
			if _, err := missing.Concrete(s, layer{}, oneFloat...); err == nil || err != s.Err() {
				t.Error(err, s.Err())
			}
		}, tf.InvalidArgument, []string{"call of missing at traced_test.go:", "the arguments hold 2 tensors, got 1 specs"}},
		{"the body fails", func(s *tf.Scope, one tf.Output) { bad.Call(s, one) }, tf.InvalidArgument,
			[]string{`MatMul "MatMul" at traced_test.go:`, "rank 2"}},
		{"the body misses an argument", func(s *tf.Scope, one tf.Output) { missing.Call(s, layer{W: one}) }, tf.InvalidArgument,
			[]string{"AddV2 at traced_test.go:", "input 1 is missing"}},
		{"closed", func(s *tf.Scope, one tf.Output) { closed.Call(s, one) }, tf.FailedPrecondition, []string{"call of closed at", "is closed"}},
		{"calls itself", func(s *tf.Scope, one tf.Output) { again.Call(s, one) }, tf.FailedPrecondition, []string{"call of again at", "calls itself"}},
		{"a field that is not exported", func(s *tf.Scope, one tf.Output) {
			tf.Trace("f", func(*tf.Scope, hidden) tf.Output { return one }, nil).Call(s, hidden{one})
		}, tf.InvalidArgument, []string{"arguments of f: ", "field x is not exported"}},
		{"a type that is none", func(s *tf.Scope, one tf.Output) {
			tf.Trace("f", func(*tf.Scope, tf.Output) map[string][]chan int { return nil }, nil).Call(s, one)
		}, tf.InvalidArgument, []string{"results of f, key/0: ", "chan int"}},
		{"no function", func(s *tf.Scope, one tf.Output) { tf.Trace[tf.Output, tf.Output]("f", nil, nil).Call(s, one) }, tf.InvalidArgument,
			[]string{"trace f", "nil"}},
	} {
		for mode, s := range map[string]*tf.Scope{"graph": g.Scope(), "eager": newScope(t, e)} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				tc.call(s, tf.ConstScalar(s, float32(1)))
				wantError(t, s.Err(), tc.code, tc.texts...)
			})
		}
	}
	wantTraces(t, bad, 2) // a failure is not kept
	before := e.Scope()
	x := tf.ConstScalar(before, float32(1))
	e.Close()
	closing(t, tf.Trace("f", double, nil), nil).Call(before, x)
	wantError(t, before.Err(), tf.FailedPrecondition, "call of f at traced_test.go:", "the eager context is closed")
	before.Close()
}

// Others that wait for a trace that panics get an error, and the next call
// traces again.
func TestTracedPanics(t *testing.T) {
	s := newGraph(t).Scope()
	x := tf.ConstScalar(s, float32(1))
	fail := true
	f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
		if fail {
			panic("mine")
		}
		return double(s, x)
	}, nil), nil)
	func() {
		defer func() {
			if p := recover(); p != "mine" {
				t.Errorf("recovered %v", p)
			}
		}()
		f.Call(s, x)
	}()
	fail = false
	f.Call(s, x)
	wantOK(t, s)
	wantTraces(t, f, 2)
}

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
	wantError(t, s.Err(), tf.FailedPrecondition, "call of f", "at traced_test.go:", "captured", "Keep")
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

func TestTracedJIT(t *testing.T) {
	jit := &tf.TraceOptions{JIT: true}
	e := newEager(t)
	g := newGraph(t)
	text := func(s *tf.Scope, x tf.Output) tf.Output {
		return s.Begin("StringLength").In(node(s, "AsString", x)).One()
	}
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		set := v.Assign(s, tf.ConstScalar(s, float32(10)))
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
			return node(s, "AddV2", node(s, "Mul", x, x), v.Read(s))
		}, jit), nil)
		outer := closing(t, tf.Trace("outer", func(s *tf.Scope, x tf.Output) tf.Output { return f.Call(s, x) }, nil), nil)
		for range 2 {
			y := f.Call(s.After(set), tf.ConstScalar(s, float32(3)))
			z := outer.Call(s.After(set), tf.ConstScalar(s, float32(3)))
			wantOK(t, s)
			wantValues(t, get(y), float32(19))
			wantValues(t, get(z), float32(19))
		}
		c, err := f.Concrete(s, tf.Output{}, tf.TensorSpec{DType: tf.Float32, Shape: tf.Shape{}})
		if err != nil {
			t.Fatal(err)
		}
		def, err := c.Def()
		if err != nil || !def.Attr["_XlaMustCompile"].GetB() {
			t.Errorf("attributes %v, %v", def.GetAttr(), err)
		}
		wantTraces(t, f, 1)
	})
	refused := closing(t, tf.Trace("refused", text, jit), nil)
	plain := closing(t, tf.Trace("refused", text, nil), nil)
	t.Run("refused", func(t *testing.T) {
		s := newScope(t, e)
		if y := plain.Call(s, tf.ConstScalar(s, int32(100))); s.Err() != nil {
			t.Fatal(y, s.Err())
		}
		refused.Call(s, tf.ConstScalar(s, int32(100)))
		wantError(t, s.Err(), tf.InvalidArgument, "AsString", "traced_test.go:")
	})
	t.Run("refused in a graph", func(t *testing.T) {
		s := g.Scope()
		y := refused.Call(s, tf.ConstScalar(s, int32(100)))
		wantOK(t, s)
		_, err := newSession(t, g).Run(background, nil, []tf.Output{y})
		wantError(t, err, tf.InvalidArgument, "AsString")
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
