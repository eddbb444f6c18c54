package tflite_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func TestProfile(t *testing.T) {
	it := load(t, "conv.tflite", &tflite.Options{NoXNNPACK: true})
	before := it.Inputs()
	ops, err := it.Profile(background, 5)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	share := 0.0
	for k, o := range ops {
		names = append(names, o.Op)
		share += o.Share
		if o.Index != k || o.Subgraph != 0 || o.Calls != 1 || o.Depth != 0 || o.Name == "" || o.Outputs[0] != o.Name ||
			!(o.Min <= o.Mean && o.Mean <= o.Max && o.Mean > 0) {
			t.Errorf("%+v", o)
		}
	}
	if want := []string{"CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED"}; !slices.Equal(names, want) {
		t.Errorf("operations %q, want %q", names, want)
	}
	if !(share > 0.1 && share <= 1) {
		t.Errorf("the shares sum to %v", share)
	}
	if !slices.EqualFunc(before, it.Inputs(), func(a, b tflite.TensorInfo) bool { return a.Shape.Equal(b.Shape) }) {
		t.Error("the interpreter has other shapes")
	}

	ops, err = load(t, "conv.tflite", nil).Profile(background, 5)
	if err != nil || len(ops) < 2 || ops[0].Op != "XNNPACK" || ops[0].Ops != 5 || ops[0].Mean <= 0 || ops[1].Depth != 1 {
		t.Errorf("with XNNPACK: %+v, %v", ops, err)
	}
}

// TestProfileLoop profiles a signature with its present inputs: a loop's body
// runs as often as they say.
func TestProfileLoop(t *testing.T) {
	it := load(t, "loop.tflite", &tflite.Options{NoXNNPACK: true})
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	if err := tflite.Set(s, "steps", []int32{6}); err != nil {
		t.Fatal(err)
	}
	ops, err := s.Profile(background, 3)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, o := range ops {
		if calls[o.Op] += o.Calls; (o.Depth == 0) != (o.Op == "WHILE") {
			t.Errorf("%+v", o)
		}
	}
	if calls["WHILE"] != 1 || calls["LESS"] != 7 || calls["ADD"] != 12 {
		t.Errorf("calls %v", calls)
	}

	if err := tflite.Set(s, "steps", []int32{math.MaxInt32}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(background, 20e6)
	defer cancel()
	if _, err := s.Profile(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if _, err := s.Profile(background, -1); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("error %v", err)
	}
}
