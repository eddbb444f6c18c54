package grad_test

import (
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// Steps of training with a tape, a tenth of them through a traced function. A
// lost step is some 40 values: 2 GB.
func TestLongTapeSteps(t *testing.T) {
	leaktest.Long(t)
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	own := e.Scope()
	defer own.Close()
	w := tf.NewVariable(own, "w", tf.Float32, tf.Shape{4, 3})
	defer w.Close()
	b := tf.NewVariable(own, "b", tf.Float32, tf.Shape{3})
	defer b.Close()
	w.Assign(own, tf.Const(own, make([]float32, 12), 4, 3))
	b.Assign(own, tf.Const(own, make([]float32, 3)))
	x, rate := tf.Const(own, []float32{1, -2, 3, -4, 5, -6, 7, -8}, 2, 4), tf.ConstScalar(own, float32(0.01))
	labels, axis := tf.Const(own, []int32{0, 2}), tf.ConstScalar(own, int32(0))
	loss := func(s *tf.Scope, x tf.Output) tf.Output {
		logits := op.AddV2(s, op.MatMul(s, x, w.Read(s), nil), b.Read(s))
		losses, _ := op.SparseSoftmaxCrossEntropyWithLogits(s, logits, labels)
		return op.Mean(s, losses, axis, nil)
	}
	traced := tf.Trace("loss", loss, nil)
	defer traced.Close()
	step := func(i int) {
		s := e.Scope()
		defer s.Close()
		tape, ts := grad.NewTape(s)
		var y tf.Output
		if i%10 == 0 {
			y = traced.Call(ts, x)
		} else {
			y = loss(ts, x)
		}
		d := tape.Gradient(y, w.Handle(), b.Handle())
		w.AssignSub(s, op.Mul(s, rate, d[0]))
		b.AssignSub(s, op.Mul(s, rate, d[1]))
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
	}
	step(0) // what is traced stays
	leaktest.Flat(t, 100_000, 48<<20, step)
	if n := traced.Traces(); n != 1 {
		t.Errorf("traced %d times, want once", n)
	}
	final, err := loss(own, x).Value()
	if err != nil {
		t.Fatal(err)
	}
	defer final.Close()
	if got, _ := tf.Values[float32](final); got[0] > 0.1 {
		t.Errorf("the loss is %v after training", got)
	}
}
