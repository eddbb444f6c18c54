package grad_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// The worked example of docs/gradients.md: a line through three points, in both
// modes.

// model holds the slope and the height of a line.
type model struct{ w, b *tf.Variable }

func newModel(s *tf.Scope) model {
	return model{tf.NewVariable(s, "w", tf.Float32, tf.Shape{}), tf.NewVariable(s, "b", tf.Float32, tf.Shape{})}
}

func (m model) close() {
	m.w.Close()
	m.b.Close()
}

// first are the operations that give the variables their first values.
func (m model) first(s *tf.Scope) []tf.Output {
	zero := tf.ConstScalar(s, float32(0))
	return []tf.Output{m.w.Assign(s, zero), m.b.Assign(s, zero)}
}

// loss is the mean square of w*x + b - y.
func (m model) loss(s *tf.Scope, x, y tf.Output) tf.Output {
	line := op.AddV2(s, op.Mul(s, m.w.Read(s), x), m.b.Read(s))
	return op.Mean(s, op.SquaredDifference(s, line, y), tf.ConstScalar(s, int32(0)), nil)
}

// descend moves the variables against their gradients.
func (m model) descend(s *tf.Scope, dw, db tf.Output) []tf.Output {
	rate := tf.ConstScalar(s, float32(0.1))
	return []tf.Output{m.w.AssignSub(s, op.Mul(s, rate, dw)), m.b.AssignSub(s, op.Mul(s, rate, db))}
}

// Training on an eager scope, with a tape. Variables are watched by themselves.
func ExampleTape_variables() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	m := newModel(s)
	defer m.close()
	m.first(s)
	x, y := tf.Const(s, []float32{0, 1, 2}), tf.Const(s, []float32{1, 3, 5})
	for range 200 {
		step := e.Scope() // owns what one step makes
		t, ts := grad.NewTape(step)
		loss := m.loss(ts, x, y)
		d := t.Gradient(loss, m.w.Handle(), m.b.Handle())
		m.descend(step, d[0], d[1])
		if step.Err() != nil {
			log.Fatal(step.Err())
		}
		step.Close()
	}

	for _, v := range []*tf.Variable{m.w, m.b} {
		value, err := v.Read(s).Value()
		if err != nil {
			log.Fatal(err)
		}
		defer value.Close()
		of, err := tf.Values[float32](value)
		fmt.Printf("%s %.2f %v\n", v.Name(), of[0], err)
	}
	// Output:
	// w 2.00 <nil>
	// b 1.00 <nil>
}

// The same in a graph: the gradients are added once, and each step is a run.
func ExampleGradients_variables() {
	g, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()

	s := g.Scope()
	m := newModel(s)
	first := m.first(s)
	x, y := tf.Const(s, []float32{0, 1, 2}), tf.Const(s, []float32{1, 3, 5})
	loss := m.loss(s, x, y)
	d := grad.Gradients(s, []tf.Output{loss}, []tf.Output{m.w.Handle(), m.b.Handle()}, nil)
	step := m.descend(s, d[0], d[1])
	if s.Err() != nil {
		log.Fatal(s.Err())
	}

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer sess.Close()
	ctx := context.Background()
	if _, err := sess.Run(ctx, nil, nil, first...); err != nil {
		log.Fatal(err)
	}
	for range 200 {
		if _, err := sess.Run(ctx, nil, nil, step...); err != nil {
			log.Fatal(err)
		}
	}

	left, err := sess.Run(ctx, nil, []tf.Output{loss})
	if err != nil {
		log.Fatal(err)
	}
	defer left[0].Close()
	of, err := tf.Values[float32](left[0])
	fmt.Printf("loss %.4f %v\n", of[0], err)
	// Output: loss 0.0000 <nil>
}
