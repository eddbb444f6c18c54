package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// exportGraph writes a SavedModel of one function of a float32 scalar x.
func exportGraph(t *testing.T, y func(*tf.Scope, tf.Output) tf.Output) string {
	t.Helper()
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	x := op.Placeholder(s, tf.Float32, &op.PlaceholderAttrs{Shape: tf.Shape{}})
	out := y(s, x)
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	session, err := tf.NewSession(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	dir := filepath.Join(t.TempDir(), "model")
	err = savedmodel.Export(t.Context(), dir, session, &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		savedmodel.ServingDefault: {Inputs: map[string]tf.Output{"x": x}, Outputs: map[string]tf.Output{"y": out}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestCrash runs a model that makes TensorFlow end its process.
func TestCrash(t *testing.T) {
	dir := exportGraph(t, func(s *tf.Scope, x tf.Output) tf.Output {
		list := op.TensorListReserve(s, tf.Const(s, []int32{}, 0), tf.ConstScalar(s, int32(1)), tf.Float32)
		row := op.ExpandDims(s, x, tf.ConstScalar(s, int32(0)))
		list = op.TensorListScatterIntoExistingList(s, list, row, tf.Const(s, []int32{-99999999}, 1))
		return op.TensorListStack(s, list, tf.Const(s, []int32{}, 0), tf.Float32, nil)
	})
	out := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := gotftest.Run(t, "run", "--dir", dir, "--inputs", "x="+gotftest.WriteNPY[float32](t, t.TempDir(), "x.npy", nil, 1), "--outdir", out)
	if code != exit.Failed || stdout != "" || strings.Count(stderr, "\n") != 1 ||
		!strings.HasPrefix(stderr, "gotf: run "+dir+": TensorFlow's native code cannot take it and ended its process (SIG") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Errorf("%s is there", out)
	}
}

// TestChildInterrupted cancels a model that runs for ever.
func TestChildInterrupted(t *testing.T) {
	dir := exportGraph(t, forever)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	x := gotftest.WriteNPY[float32](t, t.TempDir(), "x.npy", nil, 1)
	start := time.Now()
	code, _, stderr := gotftest.RunContext(ctx, "run", "--dir", dir, "--inputs", "x="+x)
	if code != exit.Interrupted || strings.Count(stderr, "\n") != 1 || time.Since(start) > 15*time.Second {
		t.Errorf("exit %d after %v: %q", code, time.Since(start), stderr)
	}
}

// forever counts up from x until the count is negative.
func forever(s *tf.Scope, x tf.Output) tf.Output {
	zero := tf.ConstScalar(s, float32(0))
	return control.While(s, []tf.Output{x},
		func(s *tf.Scope, v []tf.Output) tf.Output { return op.GreaterEqual(s, v[0], zero) },
		func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{op.Abs(s, v[0])} }, nil)[0]
}
