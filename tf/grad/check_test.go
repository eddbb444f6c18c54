package grad_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// wrongBitcast registers a gradient that is wrong in one element.
var wrongBitcast = sync.OnceValue(func() error {
	return grad.Register("Bitcast", func(s *tf.Scope, _ tf.Op, dy []tf.Output) []tf.Output {
		return []tf.Output{op.Mul(s, dy[0], tf.Const(s, []float64{1, 1, 1, 1, 1.01, 1}, 2, 3))}
	})
})

func TestCheckFindsErrors(t *testing.T) {
	if err := wrongBitcast(); err != nil {
		t.Fatal(err)
	}
	bitcast := func(s *tf.Scope, x []tf.Output) tf.Output { return op.Bitcast(s, x[0], tf.Float64) }
	square := func(s *tf.Scope, x []tf.Output) tf.Output { return op.Square(s, x[0]) }
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{0.5, 1, 2, 3, 4, 5}, 2, 3)
		err := grad.Check(l.Scope, bitcast, x)
		if !errors.Is(err, tf.DataLoss) || !strings.Contains(err.Error(), "x 0, element [1 1] of shape (2, 3)") {
			t.Errorf("err = %v, want one about element [1 1]", err)
		}
		if err := grad.Check(l.Scope, square, op.Cast(l.Scope, x, tf.Float32, nil)); err != nil {
			t.Errorf("float32: %v", err)
		}
		if err := grad.Check(l.Scope, square, tf.Const(l.Scope, []int32{1})); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("integers: err = %v, want invalid argument", err)
		}
		stopped := func(s *tf.Scope, x []tf.Output) tf.Output { return op.Square(s, op.StopGradient(s, x[0])) }
		if err := grad.Check(l.Scope, stopped, x); !errors.Is(err, tf.DataLoss) {
			t.Errorf("a missing gradient: err = %v, want data loss", err)
		}
	})
}

// TestNothingLeft: a tape's values go with its scope.
func TestNothingLeft(t *testing.T) {
	l := eagerLab(t)
	xs, labels := small(l.Scope, 4, 6, 5, 3)
	var before int64
	for i := range 50 {
		s := l.Context().Scope()
		outer, so := grad.NewTape(s)
		outer.Watch(xs...)
		inner, si := grad.NewTape(so)
		inner.Watch(xs...)
		d := inner.Gradient(mlp(si, xs, labels), xs[1])
		if d := outer.Gradient(d[0], xs[3]); s.Err() != nil || d[0].IsNil() {
			t.Fatal(s.Err())
		}
		s.Close()
		if i == 0 {
			before = handle.Live()
		}
	}
	if after := handle.Live(); after != before {
		t.Errorf("%d C objects after 50 tapes, %d after one", after, before)
	}
}

// TestTapesInParallel: goroutines share a context, each with a scope and a tape.
func TestTapesInParallel(t *testing.T) {
	l := eagerLab(t)
	xs, labels := small(l.Scope, 4, 6, 5, 3)
	want := l.fetch(l.gradients(func(s *tf.Scope) tf.Output { return mlp(s, xs, labels) }, xs...)...)
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			s := l.Context().Scope()
			defer s.Close()
			for range 5 {
				tape, ts := grad.NewTape(s)
				tape.Watch(xs...)
				for i, d := range tape.Gradient(mlp(ts, xs, labels), xs...) {
					v, err := d.Value()
					if err != nil {
						t.Error(err, s.Err())
						return
					}
					near(t, "gradient", wide(t, v), want[i], 1e-6)
					v.Close()
				}
			}
		}()
	}
	all.Wait()
}
