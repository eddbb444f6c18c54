package tf_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
)

// numericsLine is where its caller stands, as errors write it.
func numericsLine() string {
	_, _, n, _ := runtime.Caller(1)
	return fmt.Sprintf("numerics_test.go:%d", n)
}

// fetchError computes o and gives the error of that: the scope's, or the run's.
func fetchError(t *testing.T, s *tf.Scope, o tf.Output) error {
	t.Helper()
	if s.Err() != nil || s.Eager() {
		return s.Err()
	}
	out, err := newSession(t, s.Graph()).Run(background, nil, []tf.Output{o})
	if err == nil {
		out[0].Close()
	}
	return err
}

// The first operation that makes a NaN or an Inf is told, not those after it.
func TestCheckNumerics(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		s = s.Sub("net").CheckNumerics(true)
		x := tf.Const(s, []float32{1, 0, -1, 2, 0})
		y, line := s.Named("bad").Begin("Log").In(node(s, "Identity", x)).One(), numericsLine()
		err := fetchError(t, s, node(s, "Exp", node(s, "Neg", y)))
		op := "Log at " + line
		if !s.Eager() {
			op = `run session: Log "net/bad" at ` + line
		}
		wantError(t, err, tf.InvalidArgument, "tf: "+op+": invalid argument: result 0 holds 1 NaN and 2 Inf among 5 numbers")
	})
}

// Numbers that are finite pass, and what is exempt too.
func TestCheckNumericsPasses(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		s = s.CheckNumerics(true)
		mask := tf.Const(s, []float32{0, float32(math.Inf(-1))})
		x := node(s.CheckNumerics(false), "Add", mask, tf.Const(s, []float32{1, 1}))
		y := node(s, "Exp", x)
		wantOK(t, s)
		wantValues(t, get(y), float32(math.E), 0)
		wantOK(t, s)
	})
}

// All types are checked; of a complex number both parts.
func TestCheckNumericsTypes(t *testing.T) {
	for _, d := range []tf.DType{tf.Float16, tf.BFloat16, tf.Float32, tf.Float64, tf.Complex64, tf.Complex128} {
		t.Run(d.String(), func(t *testing.T) {
			inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
				x := tf.Const(s, []float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1)})
				y := s.CheckNumerics(true).Begin("Cast").In(x).Type("DstT", d).One()
				n := 6
				if d == tf.Complex64 || d == tf.Complex128 {
					n = 12
				}
				wantError(t, fetchError(t, s, y), tf.InvalidArgument, fmt.Sprintf("1 NaN and 2 Inf among %d numbers", n))
			})
		})
	}
}

// A second result is told by its number; integers are none of its business.
func TestCheckNumericsOfSecondResult(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		c := s.CheckNumerics(true)
		outs := c.Begin("IdentityN").InList([]tf.Output{tf.Const(c, []int32{1}), tf.Const(c, []float32{float32(math.NaN())})}).Outs()
		if len(outs) == 0 {
			outs = make([]tf.Output, 2)
		}
		wantError(t, fetchError(t, s, outs[0]), tf.InvalidArgument, "IdentityN", "result 1 holds 1 NaN and 0 Inf among 1 numbers")
	})
}

// The body of a function is checked where the scope around it is, and the line
// inside is told.
func TestCheckNumericsInFunction(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		c := s.CheckNumerics(true)
		var line string
		inner, err := tf.NewFunction(c, "inner", []tf.TensorSpec{{"x", tf.Float32, nil}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
			y, at := s.Begin("Sqrt").In(in[0]).One(), numericsLine()
			line = at
			return []tf.Output{node(s, "Tanh", y)}
		})
		closing(t, inner, err)
		outer, err := tf.NewFunction(c, "outer", []tf.TensorSpec{{"x", tf.Float32, nil}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return inner.Call(s, node(s, "Neg", in[0]))
		})
		closing(t, outer, err)
		var y tf.Output
		if outs := outer.Call(c, tf.Const(s, []float32{4, -4, 9})); len(outs) == 1 {
			y = outs[0]
		}
		wantError(t, fetchError(t, s, y), tf.InvalidArgument, `Sqrt "Sqrt" at `+line, "result 0 holds 2 NaN and 0 Inf among 3 numbers")
	})
}

// A target is checked as a fetch is, also in a session that does not tell where
// an error came from, and a value that is fed.
func TestCheckNumericsOfTargetsAndFeeds(t *testing.T) {
	g := newGraph(t)
	s := g.Scope().CheckNumerics(true)
	x := tf.Placeholder(s.Named("x"), tf.Float64, nil)
	y := s.Named("y").Begin("Reciprocal").In(x).One()
	z := s.After(y).Begin("NoOp").Node()
	wantOK(t, s)
	sess, err := tf.NewSession(g, &tf.Config{SingleThreaded: true})
	closing(t, sess, err)
	for _, c := range []struct {
		fed  float64
		want string
	}{{0, `Reciprocal "y" at numerics_test.go:`}, {math.NaN(), `Placeholder "x" at numerics_test.go:`}} {
		for _, target := range []tf.Output{y, z} {
			_, err := sess.Run(background, []tf.Feed{{x, newTensor(t, []float64{c.fed})}}, nil, target)
			wantError(t, err, tf.InvalidArgument, c.want)
		}
	}
	if _, err := sess.Run(background, []tf.Feed{{x, newTensor(t, []float64{1})}}, nil, y, z); err != nil {
		t.Error(err)
	}
}

// A scope that does not check leaves the graph as it is.
func TestNoCheckNumerics(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	node(s, "Log", tf.Const(s, []float32{-1}))
	wantOK(t, s)
	for _, op := range g.Ops() {
		if strings.Contains(op.Name(), "numerics") {
			t.Errorf("%s was added", op.Name())
		}
	}
	if err := errors.Join(s.Err()); err != nil || len(g.Ops()) != 2 {
		t.Errorf("%d operations, %v", len(g.Ops()), err)
	}
}

// A function that is traced anew for a scope that checks: what was traced for
// another does not.
func TestCheckNumericsOfTraced(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Relu", node(s, "Log", x)) }, nil)
		t.Cleanup(func() { f.Close() })
		x := tf.Const(s, []float32{0})
		if err := fetchError(t, s, f.Call(s, x)); err != nil {
			t.Error(err)
		}
		wantError(t, fetchError(t, s, f.Call(s.CheckNumerics(true), x)), tf.InvalidArgument, `Log "Log" at `, "1 Inf")
		if f.Traces() != 2 {
			t.Errorf("%d traces, want 2", f.Traces())
		}
	})
}

// Of a function that XLA compiles the results are checked.
func TestCheckNumericsOfCompiled(t *testing.T) {
	s := newScope(t, newEager(t)).CheckNumerics(true)
	f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Log", x) }, &tf.TraceOptions{JIT: true})
	t.Cleanup(func() { f.Close() })
	f.Call(s, tf.Const(s, []float32{1, 0}))
	wantError(t, s.Err(), tf.InvalidArgument, "f_", " at numerics_test.go:", "result 0 holds 0 NaN and 1 Inf among 2 numbers")
}
