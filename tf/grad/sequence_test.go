package grad_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(kinks, map[string]string{
		"BlockLSTM/short":   "the kernel leaves the gates of the last step as they were",
		"BlockLSTMV2/short": "the kernel leaves the gates of the last step as they were",
		"CTCLoss/float64":   "single precision",
	})
}

// TestBlockLSTM compares the second gradients of whole sequences with Python's of
// the same LSTM in plain operations.
func TestBlockLSTM(t *testing.T) {
	n := 0
	for _, c := range goldenCases(t, "sequence") {
		name, second := strings.CutSuffix(c.Name, "/second")
		if !second {
			continue
		}
		n++
		c.Op, _, _ = strings.Cut(name, "/")
		t.Run(name, func(t *testing.T) { inBothModes(t, c.compare) })
	}
	if n == 0 {
		t.Fatal("no cases")
	}
}

// TestBlockLSTMGates checks gradients of all outputs, which Python drops.
func TestBlockLSTMGates(t *testing.T) {
	clip := float32(-1)
	for _, peephole := range []bool{false, true} {
		checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
			zeros := tf.Const(s, make([]float32, 2))
			length := tf.ConstScalar(s, int64(2))
			i, cs, f, o, ci, co, h := op.BlockLSTM(s, length, x[0], x[1], x[2], x[3], x[4], zeros, x[4], tf.Const(s, make([]float32, 8)),
				&op.BlockLSTMAttrs{CellClip: &clip, UsePeephole: peephole})
			return op.ConcatV2(s, []tf.Output{i, cs, f, o, ci, co, h}, axis(s, 2))
		}, tf.Shape{2, 1, 2}, tf.Shape{1, 2}, tf.Shape{1, 2}, tf.Shape{4, 8}, tf.Shape{2})
	}
}

// TestUnknownSteps: what needs the number of steps says so.
func TestUnknownSteps(t *testing.T) {
	l := graphLab(t)
	s := l.Scope
	x := op.Placeholder(s, tf.Float32, &op.PlaceholderAttrs{Shape: tf.Shape{-1, 1, 2}})
	c, w := tf.Const(s, make([]float32, 2), 1, 2), tf.Const(s, make([]float32, 32), 4, 8)
	p, b := tf.Const(s, make([]float32, 2)), tf.Const(s, make([]float32, 8))
	gate, _, _, _, _, _, _ := op.BlockLSTM(s, tf.ConstScalar(s, int64(1)), x, c, c, w, p, p, p, b, nil)
	grad.Gradients(s, []tf.Output{gate}, []tf.Output{x}, nil)
	if err := s.Err(); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "number of steps") {
		t.Errorf("err = %v, want one that names the number of steps", err)
	}
}

// TestCTCSecond: there is no second gradient, and it says so.
func TestCTCSecond(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		s := l.Scope
		x := tf.Const(s, make([]float32, 6), 2, 1, 3)
		f := func(s *tf.Scope, x []tf.Output) tf.Output {
			loss, _ := op.CTCLoss(s, x[0], tf.Const(s, []int64{0, 0}, 1, 2), tf.Const(s, []int32{1}), tf.Const(s, []int32{2}), nil)
			return loss
		}
		err := grad.Check(s, derivative(f), x)
		if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "CTC") {
			t.Errorf("err = %v, want one that names CTC", err)
		}
	})
}
