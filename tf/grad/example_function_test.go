package grad_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// A step of training that is one function, the tape included.
func ExampleNewTape_function() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	w := tf.NewVariable(s, "w", tf.Float32, tf.Shape{})
	defer w.Close()
	w.Assign(s, tf.ConstScalar(s, float32(3)))

	loss := tf.Trace("loss", func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Square(s, op.Sub(s, op.Mul(s, w.Read(s), x), tf.ConstScalar(s, float32(10))))
	}, nil)
	defer loss.Close()
	step := tf.Trace("step", func(s *tf.Scope, x tf.Output) tf.Output {
		tape, ts := grad.NewTape(s)
		y := loss.Call(ts, x)
		d := tape.Gradient(y, w.Handle())[0]
		w.AssignSub(s, op.Mul(s, d, tf.ConstScalar(s, float32(0.1))))
		return y
	}, nil)
	defer step.Close()

	x := tf.ConstScalar(s, float32(2))
	for range 50 {
		step.Call(s, x)
	}
	v, err := w.Read(s).Value()
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}
	defer v.Close()
	values, _ := tf.Values[float32](v)
	fmt.Printf("%.3f after %d traces\n", values[0], step.Traces()+loss.Traces())
	// Output: 5.000 after 2 traces
}
