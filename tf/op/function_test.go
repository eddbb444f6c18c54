package op_test

import (
	"errors"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// function traces body, which has one argument, and closes it with the test.
func function(t *testing.T, s *tf.Scope, d tf.DType, shape tf.Shape, body func(s *tf.Scope, x tf.Output) tf.Output) *tf.Function {
	t.Helper()
	f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{DType: d, Shape: shape}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{body(s, in[0])}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestStatelessIf(t *testing.T) {
	s := eager(t)
	double := function(t, s, tf.Float32, tf.Shape{1}, func(s *tf.Scope, x tf.Output) tf.Output { return op.AddV2(s, x, x) })
	negate := function(t, s, tf.Float32, tf.Shape{1}, func(s *tf.Scope, x tf.Output) tf.Output { return op.Neg(s, x) })
	for cond, want := range map[bool]string{true: "float32[1] [6]", false: "float32[1] [-3]"} {
		out := op.StatelessIf(s, tf.ConstScalar(s, cond), outputs{floats(s, 3)}, []tf.DType{tf.Float32}, double, negate, nil)
		if got := show(t, s, out...); got != want {
			t.Errorf("%v: got %s, want %s", cond, got, want)
		}
	}
}

func TestCase(t *testing.T) {
	s := eager(t)
	var branches []*tf.Function
	for _, k := range []float32{1, 10, 100} {
		branches = append(branches, function(t, s, tf.Float32, tf.Shape{1}, func(s *tf.Scope, x tf.Output) tf.Output {
			return op.Mul(s, x, tf.Const(s, []float32{k}))
		}))
	}
	out := op.Case(s, axis(s, 2), outputs{floats(s, 3)}, []tf.DType{tf.Float32}, branches, nil)
	if got, want := show(t, s, out...), "float32[1] [300]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhile(t *testing.T) {
	s := eager(t)
	below := function(t, s, tf.Int32, tf.Shape{}, func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Less(s, x, tf.ConstScalar(s, int32(1000)))
	})
	double := function(t, s, tf.Int32, tf.Shape{}, func(s *tf.Scope, x tf.Output) tf.Output { return op.AddV2(s, x, x) })
	out := op.While(s, outputs{axis(s, 3)}, below, double, &op.WhileAttrs{ParallelIterations: op.Ptr[int64](1)})
	if got, want := show(t, s, out...), "int32[] [1536]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMapDataset(t *testing.T) {
	s := eager(t)
	types, shapes := []tf.DType{tf.Int64}, []tf.Shape{{}}
	square := function(t, s, tf.Int64, tf.Shape{}, func(s *tf.Scope, x tf.Output) tf.Output { return op.Mul(s, x, x) })
	n := func(x int64) tf.Output { return tf.ConstScalar(s, x) }

	data := op.RangeDataset(s, n(1), n(5), n(1), types, shapes, nil)
	data = op.MapDataset(s, data, nil, square, types, shapes, nil)
	data = op.BatchDatasetV2(s, data, n(3), tf.ConstScalar(s, false), types, []tf.Shape{{-1}}, nil)
	it := op.AnonymousIteratorV3(s, types, []tf.Shape{{-1}})
	op.MakeIterator(s, data, it)
	next := func() []tf.Output { return op.IteratorGetNext(s, it, types, []tf.Shape{{-1}}) }
	for _, want := range []string{"int64[3] [1 4 9]", "int64[1] [16]"} {
		if got := show(t, s, next()...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if next(); !errors.Is(s.Err(), tf.OutOfRange) {
		t.Errorf("err = %v, want %v", s.Err(), tf.OutOfRange)
	}
}

func TestNilFunction(t *testing.T) {
	s := eager(t)
	op.While(s, outputs{axis(s, 3)}, nil, nil, nil)
	if !errors.Is(s.Err(), tf.InvalidArgument) {
		t.Errorf("err = %v, want %v", s.Err(), tf.InvalidArgument)
	}
}
