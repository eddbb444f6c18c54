package tf_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
)

func BenchmarkNewTensor(b *testing.B) {
	newTensor(b, []float32{1}) // opens the library
	for _, n := range []int{1, 784, 1 << 18} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data := make([]float32, n)
			b.SetBytes(int64(4 * n))
			b.ReportAllocs()
			for b.Loop() {
				x, err := tf.NewTensor(data)
				if err != nil {
					b.Fatal(err)
				}
				x.Close()
			}
		})
	}
	b.Run("strings", func(b *testing.B) {
		data := make([]string, 100)
		for i := range data {
			data[i] = "a string of more than 24 bytes"
		}
		b.ReportAllocs()
		for b.Loop() {
			x, err := tf.NewTensor(data)
			if err != nil {
				b.Fatal(err)
			}
			x.Close()
		}
	})
}

func BenchmarkValues(b *testing.B) {
	for _, n := range []int{1, 784, 1 << 18} {
		x := newTensor(b, make([]float32, n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(4 * n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tf.Values[float32](x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	s := newTensor(b, make([]string, 100))
	b.Run("strings", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tf.Values[string](s); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A 1x4 by 4x4 product: nearly all of it is the cost of a run.
func BenchmarkRun(b *testing.B) {
	g := newGraph(b)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{1, 4})
	y := node(s.Named("y"), "MatMul", x, tf.Const(s, make([]float32, 16), 4, 4))
	wantOK(b, s)
	feeds := []tf.Feed{{x, newTensor(b, make([]float32, 4), 1, 4)}}
	fetches := []tf.Output{y}
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	b.Run("raw", func(b *testing.B) {
		sess, err := tf.NewSession(g, &tf.Config{SingleThreaded: true, IntraOpThreads: 1})
		closing(b, sess, err)
		run := tf.RawRun(sess, feeds[0], y)
		for b.Loop() {
			run()
		}
	})
	for _, bc := range []struct {
		name string
		cfg  tf.Config
		ctx  context.Context
	}{
		{"single", tf.Config{SingleThreaded: true, IntraOpThreads: 1}, background},
		{"single-cancellable", tf.Config{SingleThreaded: true, IntraOpThreads: 1}, ctx},
		{"default", tf.Config{}, background},
	} {
		b.Run(bc.name, func(b *testing.B) {
			sess, err := tf.NewSession(g, &bc.cfg)
			closing(b, sess, err)
			b.ReportAllocs()
			for b.Loop() {
				out, err := sess.Run(bc.ctx, feeds, fetches)
				if err != nil {
					b.Fatal(err)
				}
				out[0].Close()
			}
		})
	}
}

func BenchmarkEager(b *testing.B) {
	e := newEager(b)
	for _, typ := range []string{"AddV2", "MatMul"} {
		b.Run(typ, func(b *testing.B) {
			s := newScope(b, e)
			x := tf.Const(s, make([]float32, 16), 4, 4)
			t := e.Scope()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				node(t, typ, x, x)
				if i++; i%64 == 0 {
					wantOK(b, t)
					t.Close()
					t = e.Scope()
				}
			}
			t.Close()
		})
	}
}

func BenchmarkFunctionCall(b *testing.B) {
	e := newEager(b)
	outer := newScope(b, e)
	neg := func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) }
	pair := func(s *tf.Scope, in layer) layer { return layer{W: node(s, "Neg", in.W), B: node(s, "Neg", in.B)} }
	f := newFunction(b, outer, "f", neg)
	traced := closing(b, tf.Trace("f", neg, nil), nil)
	structured := closing(b, tf.Trace("f", pair, nil), nil)
	compiled := closing(b, tf.Trace("f", neg, &tf.TraceOptions{JIT: true}), nil)
	x := tf.ConstScalar(outer, float32(1))
	for _, bc := range []struct {
		name string
		call func(s *tf.Scope)
	}{
		{"function", func(s *tf.Scope) { f.Call(s, x) }},
		{"traced", func(s *tf.Scope) { traced.Call(s, x) }},
		{"structured", func(s *tf.Scope) { structured.Call(s, layer{x, x}) }},
		{"jit", func(s *tf.Scope) { compiled.Call(s, x) }},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := e.Scope()
				bc.call(s)
				wantOK(b, s)
				s.Close()
			}
		})
	}
}

func BenchmarkGraphOp(b *testing.B) {
	s := newGraph(b).Scope()
	x := tf.Const(s, make([]float32, 16), 4, 4)
	b.ReportAllocs()
	for b.Loop() {
		node(s, "AddV2", x, x)
	}
	wantOK(b, s)
}

func BenchmarkTrace1000(b *testing.B) {
	s := newScope(b, newEager(b))
	b.ReportAllocs()
	for b.Loop() {
		f, err := tf.NewFunction(s, "f", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
			x := in[0]
			for range 1000 {
				x = node(s, "AddV2", x, in[0])
			}
			return []tf.Output{x}
		})
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
