package op_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func TestResults(t *testing.T) {
	run(t, []call{
		{"TopKV2", func(s *tf.Scope) outputs {
			v, i := op.TopKV2(s, floats(s, 3, 9, 5), axis(s, 2), nil)
			return outputs{v, i}
		}, "float32[2] [9 5]; int32[2] [1 2]"},
		{"Unique", func(s *tf.Scope) outputs {
			y, i := op.Unique(s, ints(s, 4, 4, 1), &op.UniqueAttrs{OutIdx: tf.Int64})
			return outputs{y, i}
		}, "int32[2] [4 1]; int64[3] [0 0 1]"},
		{"Switch", func(s *tf.Scope) outputs {
			_, yes := op.Switch(s, floats(s, 5), tf.ConstScalar(s, true))
			return outputs{yes}
		}, "float32[1] [5]"},
		{"Split", func(s *tf.Scope) outputs { return op.Split(s, axis(s, 0), ints(s, 1, 2, 3, 4), 2) }, "int32[2] [1 2]; int32[2] [3 4]"},
		{"SplitV", func(s *tf.Scope) outputs { return op.SplitV(s, ints(s, 1, 2, 3), ints(s, 1, 2), axis(s, 0), 2) }, "int32[1] [1]; int32[2] [2 3]"},
		{"Unpack", func(s *tf.Scope) outputs { return op.Unpack(s, square(s), 2, &op.UnpackAttrs{Axis: 1}) }, "float32[2] [1 3]; float32[2] [2 4]"},
		{"ShapeN", func(s *tf.Scope) outputs { return op.ShapeN(s, outputs{square(s), floats(s, 1)}, nil) }, "int32[2] [2 2]; int32[1] [1]"},
		{"IdentityN", func(s *tf.Scope) outputs { return op.IdentityN(s, outputs{floats(s, 1), words(s, "a")}) }, `float32[1] [1]; string[1] ["a"]`},
		{"Svd", func(s *tf.Scope) outputs {
			sv, _, _ := op.Svd(s, tf.Const(s, []float64{3, 0, 0, 4}, 2, 2), &op.SvdAttrs{ComputeUv: op.Ptr(false)})
			return outputs{sv}
		}, "float64[2] [4 3]"},
		{"ParseExampleV2", func(s *tf.Scope) outputs {
			// {"a": int64 7} as tensorflow.Example
			const example = "\x0a\x0c\x0a\x0a\x0a\x01a\x12\x05\x1a\x03\x0a\x01\x07"
			none := func() tf.Output { return tf.Const(s, []string{}) }
			_, _, _, dense, _, _ := op.ParseExampleV2(s, words(s, example), none(), none(), words(s, "a"), none(),
				outputs{tf.Const(s, []int64{})}, 0, nil, nil, nil, []tf.Shape{{1}})
			return dense
		}, "int64[1 1] [7]"},
	})
}

func TestManyResults(t *testing.T) {
	s := eager(t)
	x := make([]int32, 300)
	for i := range x {
		x[i] = int32(i)
	}
	parts := op.Split(s, tf.ConstScalar(s, int32(0)), tf.Const(s, x), 300)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	if got := show(t, s, op.ConcatV2(s, parts, tf.ConstScalar(s, int32(0)))); got != fmt.Sprint("int32[300] ", x) {
		t.Errorf("got %s", got)
	}
}

// TestFailure checks that calls after a failed one compose: results are zero
// values, as many as asked for.
func TestFailure(t *testing.T) {
	s := eager(t)
	op.MatMul(s, floats(s, 1), floats(s, 1), nil)
	first := s.Err()
	if !errors.Is(first, tf.InvalidArgument) {
		t.Fatalf("err = %v, want %v", first, tf.InvalidArgument)
	}
	x := floats(s, 1, 2)
	if parts := op.Split(s, axis(s, 0), x, 2); len(parts) != 2 || !parts[1].IsNil() {
		t.Errorf("Split gives %v, want two zero values", parts)
	}
	if values, _ := op.TopKV2(s, x, axis(s, 1), nil); !values.IsNil() {
		t.Errorf("TopKV2 gives %v, want a zero value", values)
	}
	component, _, more := op.Batch(s, outputs{x, x}, 1, 1, 0, 0, nil)
	if len(component) != 2 || !more.IsNil() {
		t.Errorf("Batch gives %v and %v, want two zero values and one", component, more)
	}
	for _, n := range []int64{-3, 1 << 40} {
		op.Unpack(s, x, n, nil)
	}
	if s.Err() != first {
		t.Errorf("err = %v, want the first: %v", s.Err(), first)
	}
}
