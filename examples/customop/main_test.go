package main

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

// loaded compiles the library against the headers of the wheel that the tests
// run on, once, and loads it.
var loaded = sync.OnceValues(func() (skip string, err error) {
	if !ctf.Supported {
		return "this build cannot open TensorFlow", nil
	}
	found, err := library.Find(library.TensorFlow)
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath("g++"); err != nil {
		return "there is no g++ to compile logcosh.cc", nil
	}
	if _, err := os.Stat(filepath.Join(found.Dir, "include")); err != nil {
		return "there are no headers in " + found.Dir + ": run scripts/setup", nil
	}
	dir, err := os.MkdirTemp("", "customop")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) // it stays open
	so := filepath.Join(dir, "logcosh.so")
	cmd := exec.Command("../../scripts/customop", so, "op/logcosh.cc", "-Wall", "-Wextra", "-Werror")
	cmd.Env = append(os.Environ(), "GOTF_LIB="+found.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	for range 2 { // the second time does nothing
		ops, err := tf.LoadLibrary(so)
		if err != nil || len(ops) != 1 || ops[0] != "LogCosh" {
			return "", errors.Join(err, errors.New(strings.Join(ops, " ")))
		}
	}
	return "", load(so)
})

func needLibrary(t *testing.T) {
	t.Helper()
	if skip, err := loaded(); err != nil {
		t.Fatal(err)
	} else if skip != "" {
		t.Skip(skip)
	}
}

// inModes runs f on a scope of each kind.
func inModes(t *testing.T, f func(t *testing.T, s *tf.Scope)) {
	needLibrary(t)
	t.Run("eager", func(t *testing.T) {
		e, err := tf.NewEager(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		s := e.Scope()
		defer s.Close()
		f(t, s)
	})
	t.Run("graph", func(t *testing.T) {
		g, err := tf.NewGraph()
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		f(t, g.Scope())
	})
}

func value(t *testing.T, s *tf.Scope, o tf.Output) *tf.Tensor {
	t.Helper()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	if s.Eager() {
		v, err := o.Value()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	sess, err := tf.NewSession(s.Graph(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	out, err := sess.Run(context.Background(), nil, []tf.Output{o})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func TestLogCosh(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope) {
		in := []float64{-3, -0.5, 0, 0.25, 2, 700}
		y := LogCosh(s, tf.Const(s, in, 2, 3), 2)
		if shape := y.Shape(); len(shape) != 2 || shape[0] != 2 || shape[1] != 3 {
			t.Errorf("shape %v, want (2, 3)", shape)
		}
		v := value(t, s, y)
		defer v.Close()
		got, err := tf.Values[float64](v)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range in {
			want := (math.Abs(2*x) + math.Log1p(math.Exp(-4*math.Abs(x))) - math.Ln2) / 2
			if math.Abs(got[i]-want) > 1e-15*(1+want) {
				t.Errorf("LogCosh(%v) = %v, want %v", x, got[i], want)
			}
		}
	})
}

// The gradient is right, and so is the gradient of that.
func TestGradient(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope) {
		x := tf.Const(s, []float64{-2, -0.5, 0.1, 0.75, 3, 9}, 3, 2)
		f := func(s *tf.Scope, xs []tf.Output) tf.Output { return LogCosh(s, xs[0], 0.75) }
		if err := grad.Check(s, f, x); err != nil {
			t.Error(err)
		}
		if err := grad.Check(s, func(s *tf.Scope, xs []tf.Output) tf.Output { return LogCosh(s, f(s, xs), 3) }, x); err != nil {
			t.Error(err)
		}
		x32 := tf.Const(s, []float32{-2, 0.5})
		if err := grad.Check(s, f, x32); err != nil {
			t.Error(err)
		}
	})
}

// What the kernel refuses is an error that names the op and its line.
func TestErrors(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope) {
		y := LogCosh(s, tf.Const(s, []float64{1}), -1)
		err := s.Err()
		if !s.Eager() && err == nil {
			sess, newErr := tf.NewSession(s.Graph(), nil)
			if newErr != nil {
				t.Fatal(newErr)
			}
			defer sess.Close()
			_, err = sess.Run(context.Background(), nil, []tf.Output{y})
		}
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "scale must be positive") || !strings.Contains(err.Error(), "main.go:") {
			t.Errorf("err = %v", err)
		}
	})
	inModes(t, func(t *testing.T, s *tf.Scope) {
		LogCosh(s, tf.Const(s, []int32{1}), 1)
		if err := s.Err(); err == nil || !strings.Contains(err.Error(), "LogCosh") {
			t.Errorf("int32: %v", err)
		}
	})
}

func TestRun(t *testing.T) {
	needLibrary(t)
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"LogCosh float64 (4,) [0.43378083048302", " 0 0.43378083048302", " 999.306852819", "Mul float64 (4,) [-0.76159415595576", " 0 0.76159415595576", " 1]\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("printed\n%swithout %q", &out, want)
		}
	}
}
