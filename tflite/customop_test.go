package tflite_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// atanh is an operation of custom.tflite that fails past 1.
var atanh = tflite.CustomOp{Name: "Atanh", Invoke: func(_ context.Context, n *tflite.Node) error {
	x, err := tflite.View[float32](n.Input(0))
	if err != nil {
		return err
	}
	y, err := tflite.View[float32](n.Output(0))
	if err != nil {
		return err
	}
	for i, v := range x {
		if v > 1 {
			return fmt.Errorf("%w: atanh of %v", errDomain, v)
		}
		y[i] = float32(math.Atanh(float64(v)))
	}
	return nil
}}

var errDomain = errors.New("out of the domain")

// twice stands in for MatrixSolve: it knows its output's shape only when it
// runs, and notes the options.
func twice(options *string, rows *int) tflite.CustomOp {
	return tflite.CustomOp{
		Name: "MatrixSolve",
		Init: func(raw []byte) (any, error) {
			*options = string(raw)
			return new(int), nil
		},
		Prepare: func(n *tflite.Node) error { return n.SetDynamic(0) },
		Invoke: func(_ context.Context, n *tflite.Node) error {
			*n.State.(*int)++
			*rows = *n.State.(*int)
			if err := n.Resize(0, tf.Shape{int64(*rows), 2}); err != nil {
				return err
			}
			y, err := tflite.View[float32](n.Output(0))
			for i := range y {
				y[i] = float32(i)
			}
			return err
		},
	}
}

func TestCustomOps(t *testing.T) {
	for _, noXNNPACK := range []bool{false, true} {
		var options string
		var rows int
		it := load(t, "features/custom.tflite", &tflite.Options{
			NoXNNPACK: noXNNPACK, Ops: []tflite.CustomOp{atanh, twice(&options, &rows)}})
		if !strings.Contains(options, "adjoint") {
			t.Errorf("the options are %q", options)
		}
		x := tensor(t, []float32{0.5, -0.25, 0, 0.75, 0.1, 0.9}, 3, 2)
		for round := 1; round <= 3; round++ {
			out, err := it.Run(background, "serving_default", map[string]*tf.Tensor{"x": x, "a": tensor(t, make([]float32, 4), 2, 2)})
			if err != nil {
				t.Fatal(err)
			}
			y := values[float32](t, out["y"])
			for i, v := range values[float32](t, x) {
				if want := 2 * math.Atanh(float64(v)); math.Abs(float64(y[i])-want) > 1e-6 {
					t.Errorf("2*atanh(%v) = %v, want %v", v, y[i], want)
				}
			}
			if got := out["solved"].Shape(); !got.Equal(tf.Shape{int64(round), 2}) || rows != round {
				t.Errorf("round %d made shape %v", round, got)
			}
			out["y"].Close()
			out["solved"].Close()
		}
		_, err := it.Run(background, "serving_default", map[string]*tf.Tensor{"x": tensor(t, []float32{2, 0}, 1, 2), "a": tensor(t, make([]float32, 4), 2, 2)})
		if !errors.Is(err, errDomain) || !errors.Is(err, tf.Internal) ||
			err.Error() != "tflite: invoke: internal: custom operation Atanh: out of the domain: atanh of 2" {
			t.Errorf("error %v", err)
		}
	}
}

func TestCustomOpFailures(t *testing.T) {
	var options string
	var rows int
	solve := twice(&options, &rows)
	boom := errors.New("boom")
	ok := func(context.Context, *tflite.Node) error { return nil }
	m, err := tflite.LoadModel(models + "/features/custom.tflite")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, tc := range []struct {
		name string
		ops  []tflite.CustomOp
		want string
	}{
		{"none", nil, "unimplemented: the model needs the custom operations MatrixSolve, Atanh, which neither the TFLite library nor the option Ops has"},
		{"one", []tflite.CustomOp{solve, {Name: "Atan", Invoke: ok}}, `the custom operation Atanh, which neither the TFLite library nor the option Ops has, did you mean "Atan"?`},
		{"no name", []tflite.CustomOp{{Invoke: ok}}, "the option Ops[0]: the custom operation has no name"},
		{"no invoke", []tflite.CustomOp{atanh, {Name: "MatrixSolve"}}, "the option Ops[1]: the custom operation MatrixSolve has no Invoke"},
		{"init", []tflite.CustomOp{solve, {Name: "Atanh", Invoke: ok, Init: func([]byte) (any, error) { return nil, boom }}},
			"custom operation Atanh: boom"},
		{"prepare", []tflite.CustomOp{solve, {Name: "Atanh", Invoke: ok, Prepare: func(*tflite.Node) error { return boom }}},
			"custom operation Atanh: boom"},
		{"panic", []tflite.CustomOp{solve, {Name: "Atanh", Invoke: ok, Prepare: func(n *tflite.Node) error { return [1]error{}[n.NumInputs()+3] }}},
			"custom operation Atanh: panic: runtime error: index out of range [4] with length 1 (customop_test.go:"},
		{"bad output", []tflite.CustomOp{solve, {Name: "Atanh", Invoke: ok, Prepare: func(n *tflite.Node) error { return n.Resize(7, tf.Shape{1}) }}},
			"custom operation Atanh: invalid argument: output 7 of 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			it, err := tflite.NewInterpreter(m, &tflite.Options{Ops: tc.ops})
			if err == nil { // shapes are dynamic: the first run says it
				defer it.Close()
				err = it.Invoke(background)
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v\nwant  %s", err, tc.want)
			}
		})
	}
}

// TestCustomOpLent uses a node after its call.
func TestCustomOpLent(t *testing.T) {
	var kept *tflite.Node
	var input tflite.NodeTensor
	var options string
	var rows int
	keep := tflite.CustomOp{Name: "Atanh", Invoke: func(_ context.Context, n *tflite.Node) error {
		kept, input = n, n.Input(0)
		if !input.Present() || n.Input(1).Present() || n.Output(-1).Present() {
			return errors.New("wrong tensors are present")
		}
		return nil
	}}
	it := load(t, "features/custom.tflite", &tflite.Options{Ops: []tflite.CustomOp{keep, twice(&options, &rows)}})
	if err := it.Invoke(background); err != nil {
		t.Fatal(err)
	}
	if input.Present() || input.Bytes() != nil || input.Shape() != nil || kept.NumInputs() != 0 || kept.Resize(0, tf.Shape{1}) == nil {
		t.Error("a node works after its call")
	}
	if _, err := tflite.View[float32](input); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("error %v", err)
	}
}
