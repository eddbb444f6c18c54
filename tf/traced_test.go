package tf_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// An optional tensor has no entry in the signature, or one that calls without it
// pass over.
func TestTracedSignatureOptional(t *testing.T) {
	type batch struct {
		X    tf.Output
		Mask tf.Output
		Y    tf.Output `tf:"y"`
		Bias tf.Output
	}
	f32 := func(name string) tf.TensorSpec { return tf.TensorSpec{Name: name, DType: tf.Float32} }
	body := func(s *tf.Scope, in batch) tf.Output {
		sum := node(s, "AddV2", in.X, in.Y)
		if in.Bias.IsNil() != in.Mask.IsNil() {
			return node(s, "Neg", sum)
		}
		return sum
	}
	for name, sig := range map[string][]tf.TensorSpec{
		"left out":         {f32(""), f32("")},
		"of all":           {f32(""), {DType: tf.Bool}, f32(""), f32("")},
		"named":            {f32(""), {Name: "Mask", DType: tf.Bool}, f32("")},
		"named, at an end": {f32("x"), f32("y"), f32("Bias")},
	} {
		t.Run(name, func(t *testing.T) {
			inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
				f := closing(t, tf.Trace("f", body, &tf.TraceOptions{Signature: sig}), nil)
				x, y := tf.Const(s, []float32{1, 2}), tf.ConstScalar(s, float32(10))
				for range 2 {
					z := f.Call(s, batch{X: x, Y: y})
					wantOK(t, s)
					wantValues(t, get(z), float32(11), 12)
				}
				wantTraces(t, f, 1)
				if len(sig) == 4 { // one that is there is another kind
					z := f.Call(s, batch{X: x, Y: y, Mask: tf.ConstScalar(s, true)})
					wantOK(t, s)
					wantValues(t, get(z), float32(-11), -12)
					wantTraces(t, f, 2)
				}
			})
		})
	}
	s := newGraph(t).Scope()
	f := closing(t, tf.Trace("f", body, &tf.TraceOptions{Signature: []tf.TensorSpec{f32(""), f32("")}}), nil)
	f.Call(s, batch{X: tf.ConstScalar(s, float32(1))})
	wantError(t, s.Err(), tf.InvalidArgument, "the signature has 2 tensors, the arguments hold 1, not argument Mask, argument y, argument Bias")
	s = newGraph(t).Scope()
	one := tf.ConstScalar(s, float32(1))
	f.Call(s, batch{X: one, Y: one, Bias: one})
	wantError(t, s.Err(), tf.InvalidArgument, "the signature has 2 tensors, the arguments hold more: argument Bias has no entry")
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

// Nothing in, nothing out: what is left is what it does.
func TestTracedEffectsOnly(t *testing.T) {
	s := newScope(t, newEager(t))
	v := closing(t, tf.NewVariable(s, "v", tf.Int32, tf.Shape{}), nil)
	v.Assign(s, tf.ConstScalar(s, int32(0)))
	count := closing(t, tf.Trace("count", func(s *tf.Scope, _ struct{}) struct{} {
		v.AssignAdd(s, tf.ConstScalar(s, int32(1)))
		return struct{}{}
	}, nil), nil)
	for range 3 {
		count.Call(s, struct{}{})
	}
	wantOK(t, s)
	wantValues(t, value(t, v.Read(s)), int32(3))
	wantTraces(t, count, 1)
}
