package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// repeated is gotf's side in what scripts/peers/core.py measures: a turn repeats
// a step and gives the mean time of what it counts.
type repeated struct {
	step   func() (spent time.Duration, count int, err error)
	length time.Duration
	unit   time.Duration
	free   []interface{ Close() error }
}

// lowLevel compares what is below Keras. prepare gives the step.
func lowLevel(what string, unit time.Duration, prepare func(r *repeated) error) func(context.Context, *environment) (pair, error) {
	return func(ctx context.Context, e *environment) (pair, error) {
		peer, err := e.startPython(ctx, "core.py", "--what", what, "--threads=1", fmt.Sprintf("--seconds=%g", e.seconds))
		if err != nil {
			return pair{}, err
		}
		r := &repeated{unit: unit, length: time.Second / 2}
		err = prepare(r)
		if err == nil {
			_, err = r.turn(ctx) // to be warm
		}
		if err != nil {
			r.close()
			peer.close()
			return pair{}, err
		}
		r.length = time.Duration(e.seconds * float64(time.Second))
		return pair{r, peer}, nil
	}
}

func (r *repeated) turn(ctx context.Context) (float64, error) {
	var spent time.Duration
	count := 0
	for start := time.Now(); count == 0 || time.Since(start) < r.length; {
		d, n, err := r.step()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, err
		}
		spent, count = spent+d, count+n
	}
	return float64(spent) / float64(r.unit) / float64(count), nil
}

// close frees in the order opposite to that of making.
func (r *repeated) close() error {
	for i := range r.free {
		r.free[len(r.free)-1-i].Close()
	}
	return nil
}

// context makes an eager context that runs as the peer's does.
func (r *repeated) context() (*tf.Eager, *tf.Scope, error) {
	e, err := tf.NewEager(&tf.Config{IntraOpThreads: 1, InterOpThreads: 1})
	if err != nil {
		return nil, nil, err
	}
	s := e.Scope()
	r.free = append(r.free, e, s)
	return e, s, nil
}

// timed is a step of many calls of f, on a scope that closes with them.
func timed(e *tf.Eager, each, many int, f func(s *tf.Scope)) func() (time.Duration, int, error) {
	return func() (time.Duration, int, error) {
		start := time.Now()
		s := e.Scope()
		for range many {
			f(s)
		}
		err := s.Err()
		s.Close()
		return time.Since(start), each * many, err
	}
}

func fill(n int, scale float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = scale * float32(i*7919%1000) / 1000
	}
	return x
}

const many = 200 // of the short ones, between looks at the clock

func eagerOp(r *repeated) error {
	e, s, err := r.context()
	if err != nil {
		return err
	}
	x, w, b := tf.Const(s, fill(100, .1), 10, 10), tf.Const(s, fill(100, .1), 10, 10), tf.Const(s, fill(100, .1), 10, 10)
	r.step = timed(e, 2, many, func(s *tf.Scope) { op.AddV2(s, op.MatMul(s, x, w, nil), b) })
	return s.Err()
}

// perceptron is a multi-layer one: weights and biases of two layers.
type perceptron []*tf.Variable

func (r *repeated) perceptron(s *tf.Scope, in, hidden, out int64) perceptron {
	variable := func(shape ...int64) *tf.Variable {
		v := tf.NewVariable(s, "v", tf.Float32, shape)
		v.Assign(s, tf.Const(s, fill(int(tf.Shape(shape).NumElements()), 1/float32(in)), shape...))
		r.free = append(r.free, v)
		return v
	}
	return perceptron{variable(in, hidden), variable(hidden), variable(hidden, out), variable(out)}
}

func (p perceptron) call(s *tf.Scope, x tf.Output) tf.Output {
	x = op.Relu(s, op.AddV2(s, op.MatMul(s, x, p[0].Read(s), nil), p[1].Read(s)))
	return op.AddV2(s, op.MatMul(s, x, p[2].Read(s), nil), p[3].Read(s))
}

func eagerTape(r *repeated) error {
	e, s, err := r.context()
	if err != nil {
		return err
	}
	p := r.perceptron(s, 784, 128, 10)
	var handles []tf.Output
	for _, v := range p {
		handles = append(handles, v.Handle())
	}
	labels := make([]int32, 32)
	for i := range labels {
		labels[i] = int32(i % 10)
	}
	x, y, rate := tf.Const(s, fill(32*784, 1), 32, 784), tf.Const(s, labels), tf.ConstScalar(s, float32(0.01))
	axis := tf.ConstScalar(s, int32(0))
	train := func(s *tf.Scope) {
		tape, ts := grad.NewTape(s)
		losses, _ := op.SparseSoftmaxCrossEntropyWithLogits(ts, p.call(ts, x), y)
		loss := op.Mean(ts, losses, axis, nil)
		for i, g := range tape.Gradient(loss, handles...) {
			p[i].AssignSub(s, op.Mul(s, rate, g))
		}
	}
	r.step = func() (time.Duration, int, error) {
		start := time.Now()
		s := e.Scope()
		train(s)
		err := s.Err()
		s.Close() // the values of a step live no longer
		return time.Since(start), 1, err
	}
	return s.Err()
}

func functionCall(r *repeated) error {
	e, s, err := r.context()
	if err != nil {
		return err
	}
	p := r.perceptron(s, 32, 32, 10)
	f := tf.Trace("mlp", p.call, nil)
	r.free = append(r.free, f)
	x := tf.Const(s, fill(32, 1), 1, 32)
	r.step = timed(e, 1, many, func(s *tf.Scope) { f.Call(s, x) })
	return s.Err()
}

// traceThousand makes a function of 1,000 operations.
func traceThousand(r *repeated) error {
	_, s, err := r.context()
	if err != nil {
		return err
	}
	body := func(s *tf.Scope, x tf.Output) tf.Output {
		y := x
		for range 500 {
			y = op.AddV2(s, op.Mul(s, y, x), x)
		}
		return y
	}
	spec := tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{10}}
	r.step = func() (time.Duration, int, error) {
		start := time.Now()
		f := tf.Trace("thousand", body, nil)
		defer f.Close()
		_, err := f.Concrete(s, tf.Output{}, spec)
		return time.Since(start), 1, err
	}
	return nil
}
