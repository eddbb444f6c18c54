package grad_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// In a scope that checks numerics, an operation of the gradient that makes an Inf
// is told, with the line that asked for the gradient.
func TestGradientChecksNumerics(t *testing.T) {
	const text = "holds 0 NaN and 1 Inf among 2 numbers"
	wantError := func(t *testing.T, err error, words ...string) {
		t.Helper()
		for _, w := range append(words, text) {
			if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), w) {
				t.Errorf("err = %v, want %q in it", err, w)
			}
		}
	}
	t.Run("graph", func(t *testing.T) {
		g, err := tf.NewGraph()
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		s := g.Scope().CheckNumerics(true)
		x := tf.Const(s, []float64{0, 1})
		y := op.Sqrt(s, x)
		dx, line := grad.Gradients(s, []tf.Output{y}, []tf.Output{x}, nil), numericsLine()
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
		sess, err := tf.NewSession(g, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer sess.Close()
		out, err := sess.Run(context.Background(), nil, []tf.Output{y})
		if err != nil {
			t.Fatal(err)
		}
		out[0].Close()
		_, err = sess.Run(context.Background(), nil, dx)
		wantError(t, err, `"gradients/Sqrt_grad/`, "at "+line)
	})
	t.Run("tape", func(t *testing.T) {
		e, err := tf.NewEager(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		outer := e.Scope()
		defer outer.Close()
		tape, s := grad.NewTape(outer.CheckNumerics(true))
		x := tf.Const(s, []float64{0, 1})
		tape.Watch(x)
		y := op.Sqrt(s, x)
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
		_, line := tape.Gradient(y, x), numericsLine()
		wantError(t, s.Err(), "at "+line)
	})
}

func numericsLine() string {
	_, _, n, _ := runtime.Caller(1)
	return fmt.Sprintf("numerics_test.go:%d", n)
}

// So it is where the gradient goes through functions, branches and loops.
func TestGradientThroughBodiesChecksNumerics(t *testing.T) {
	for name, f := range map[string]func(s *tf.Scope, x tf.Output) tf.Output{
		"call": func(s *tf.Scope, x tf.Output) tf.Output {
			f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{DType: tf.Float64, Shape: tf.Shape{2}}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
				return []tf.Output{op.Sqrt(s, in[0])}
			})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			return f.Call(s, x)[0]
		},
		"if": func(s *tf.Scope, x tf.Output) tf.Output {
			some := op.Any(s, op.Less(s, x, tf.ConstScalar(s, 5.0)), tf.ConstScalar(s, int32(0)), nil)
			return control.If(s, some, func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sqrt(s, x)} }, func(s *tf.Scope) []tf.Output { return []tf.Output{x} })[0]
		},
		"while": func(s *tf.Scope, x tf.Output) tf.Output {
			more := func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[1], tf.ConstScalar(s, int32(1))) }
			return control.While(s, []tf.Output{x, tf.ConstScalar(s, int32(0))}, more, func(s *tf.Scope, v []tf.Output) []tf.Output {
				return []tf.Output{op.Sqrt(s, v[0]), op.Add(s, v[1], tf.ConstScalar(s, int32(1)))}
			}, nil)[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			for start, want := range map[float64]string{1: "", 0: "SqrtGrad"} {
				g, err := tf.NewGraph()
				if err != nil {
					t.Fatal(err)
				}
				defer g.Close()
				s := g.Scope().CheckNumerics(true)
				x := tf.Const(s, []float64{start, 1})
				dx := grad.Gradients(s, []tf.Output{f(s, x)}, []tf.Output{x}, nil)
				if s.Err() != nil {
					t.Fatal(s.Err())
				}
				sess, err := tf.NewSession(g, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer sess.Close()
				out, err := sess.Run(context.Background(), nil, dx)
				if want == "" && err == nil {
					out[0].Close()
				} else if want == "" || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), " at numerics_test.go:") {
					t.Errorf("of %v: err = %v, want %q in it", start, err, want)
				}
			}
		})
	}
}
