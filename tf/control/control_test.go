package control_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

// lab is a scope with what tests do to it.
type lab struct {
	*tf.Scope
	t      testing.TB
	config *tf.Config
	inits  []tf.Output // to run before all else in a session
	feeds  []tf.Feed
}

// everywhere runs a test in each mode, and in the kinds of sessions that treat
// control flow differently.
func everywhere(t *testing.T, f func(t *testing.T, l *lab)) {
	for name, cfg := range map[string]*tf.Config{
		"graph":           nil,
		"unoptimized":     unoptimized,
		"single-threaded": {SingleThreaded: true, IntraOpThreads: 1, InterOpThreads: -1},
	} {
		t.Run(name, func(t *testing.T) { f(t, graphLab(t, cfg)) })
	}
	t.Run("eager", func(t *testing.T) { f(t, eagerLab(t)) })
}

var unoptimized = &tf.Config{Edit: func(c *config.ConfigProto) {
	c.GraphOptions.OptimizerOptions.OptLevel = config.OptimizerOptions_L0
	c.GraphOptions.RewriteOptions = &config.RewriterConfig{DisableMetaOptimizer: true}
}}

// bothModes runs a test on a graph and on an eager scope.
func bothModes(t *testing.T, f func(t *testing.T, l *lab)) {
	t.Run("graph", func(t *testing.T) { f(t, graphLab(t, nil)) })
	t.Run("eager", func(t *testing.T) { f(t, eagerLab(t)) })
}

func graphLab(t testing.TB, cfg *tf.Config) *lab {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return &lab{Scope: g.Scope(), t: t, config: cfg}
}

func eagerLab(t testing.TB) *lab {
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Scope()
	t.Cleanup(func() {
		s.Close()
		e.Close()
	})
	return &lab{Scope: s, t: t}
}

// input is a value that a graph knows only the given shape of.
func input[T tf.Element](l *lab, known tf.Shape, data []T, shape ...int64) tf.Output {
	l.t.Helper()
	if l.Eager() {
		return tf.Const(l.Scope, data, shape...)
	}
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { x.Close() })
	p := tf.Placeholder(l.Scope, tf.DTypeOf[T](), known)
	l.feeds = append(l.feeds, tf.Feed{Output: p, Tensor: x})
	return p
}

func scalarInput[T tf.Element](l *lab, v T) tf.Output {
	x := input(l, tf.Shape{}, []T{v}, []int64{}...)
	return x
}

// variable is a float32 scalar.
func (l *lab) variable(v float32) *tf.Variable {
	x := tf.NewVariable(l.Scope, "v", tf.Float32, tf.Shape{})
	l.t.Cleanup(func() { x.Close() })
	l.inits = append(l.inits, x.Assign(l.Scope, tf.ConstScalar(l.Scope, v)))
	return x
}

// run gives the values of outs, all of one run.
func (l *lab) run(outs ...tf.Output) []*tf.Tensor {
	l.t.Helper()
	ts, err := l.try(outs...)
	if err != nil {
		l.t.Fatal(err)
	}
	return ts
}

// try is run for what may fail.
func (l *lab) try(outs ...tf.Output) (ts []*tf.Tensor, err error) {
	l.t.Helper()
	if l.Err() != nil {
		return nil, l.Err()
	}
	if l.Eager() {
		for _, o := range outs {
			v, err := o.Value()
			if err != nil {
				return nil, err
			}
			ts = append(ts, v)
		}
	} else {
		sess, err := tf.NewSession(l.Graph(), l.config)
		if err != nil {
			return nil, err
		}
		defer sess.Close()
		if len(l.inits) > 0 {
			if _, err := sess.Run(context.Background(), nil, nil, l.inits...); err != nil {
				return nil, err
			}
		}
		if ts, err = sess.Run(context.Background(), l.feeds, outs); err != nil {
			return nil, err
		}
	}
	for _, v := range ts {
		l.t.Cleanup(func() { v.Close() })
	}
	return ts, nil
}

// want checks the value of o.
func want[T tf.Element](l *lab, o tf.Output, shape tf.Shape, values ...T) {
	l.t.Helper()
	wantTensor(l.t, l.run(o)[0], shape, values...)
}

func wantTensor[T tf.Element](t testing.TB, x *tf.Tensor, shape tf.Shape, values ...T) {
	t.Helper()
	got, err := tf.Values[T](x)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(values) || !shape.Equal(x.Shape()) {
		t.Fatalf("got %v %v, want %v %v", x.Shape(), got, shape, values)
	}
	for i, v := range values {
		if got[i] != v {
			t.Fatalf("got %v %v, want %v %v", x.Shape(), got, shape, values)
		}
	}
}

// wantError checks an error: one line with all of texts.
func wantError(t testing.TB, err error, texts ...string) {
	t.Helper()
	var e *tf.Error
	if !errors.As(err, &e) || !errors.Is(err, tf.InvalidArgument) {
		t.Fatalf("err = %v, want an InvalidArgument tf.Error", err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than a line: %q", err)
	}
	for _, want := range texts {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("err = %q, want %q in it", err, want)
		}
	}
}

func f32(s *tf.Scope, v float32) tf.Output { return tf.ConstScalar(s, v) }
func i32(s *tf.Scope, v int32) tf.Output   { return tf.ConstScalar(s, v) }
