package main

import (
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

// What is measured works, and counts what it does.
func TestCoreSteps(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(*repeated) error
		count   int
	}{
		{"eager_op", eagerOp, 2 * many},
		{"eager_tape", eagerTape, 1},
		{"function_call", functionCall, many},
		{"trace", traceThousand, 1},
		{"gradient_resnet50", gradientResNet50, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &repeated{unit: time.Microsecond, length: time.Nanosecond}
			defer r.close()
			if err := tc.prepare(r); err != nil {
				t.Fatal(err)
			}
			if spent, count, err := r.step(); err != nil || count != tc.count || spent <= 0 {
				t.Errorf("%d in %v, %v; want %d", count, spent, err, tc.count)
			}
			if mean, err := r.turn(t.Context()); err != nil || mean <= 0 {
				t.Errorf("a turn gives %v, %v", mean, err)
			}
		})
	}
}

// ResNet-50 has 53 convolutions, each with its normalisation, and a dense layer,
// and its loss depends on all.
func TestResNet50(t *testing.T) {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	loss, weights := resNet50(s)
	gradients := grad.Gradients(s, []tf.Output{loss}, weights, nil)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	if want := 53*3 + 2; len(weights) != want {
		t.Errorf("%d variables, want %d", len(weights), want)
	}
	for i, d := range gradients {
		if d.IsNil() {
			t.Errorf("variable %d has no gradient", i)
		}
	}
	if last := gradients[len(weights)-2].Shape(); !last.Equal(tf.Shape{2048, 1000}) {
		t.Errorf("the last kernel's gradient has shape %v", last)
	}
}
