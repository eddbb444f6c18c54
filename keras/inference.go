package keras

import (
	"context"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Inference is a model's forward pass on a graph and session of its own, with
// the values that the model had when it was made.
type Inference struct {
	Graph     *tf.Graph
	Session   *tf.Session
	Variables []*core.Variable // in the model's order, named by their paths
	Input     tf.TensorSpec    // "input_layer" [-1 28 28 1]
	Output    tf.TensorSpec    // "output_0" [-1 10]

	m *Model
}

// Inference makes one, to export the model or to run it beside training.
func (m *Model) Inference(ctx context.Context) (*Inference, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	values, err := m.run.get(ctx, m.weights)
	if err != nil {
		return nil, err
	}
	defer closeAll(values)
	r, err := newGraphRunner()
	if err != nil {
		return nil, err
	}
	n := &Inference{Graph: r.graph, m: m}
	for _, v := range m.weights {
		w := *v
		w.Variable = tf.NewVariable(r.s, core.NodeName(v.Path), v.DType(), v.Shape())
		n.Variables = append(n.Variables, &w)
	}
	n.Input = tf.TensorSpec{Name: m.config.Input().Name, DType: m.inputType(), Shape: m.InputShape()}
	if err = r.s.Err(); err == nil {
		err = r.set(ctx, n.Variables, values)
	}
	if err == nil {
		n.Session, err = r.session(ctx)
	}
	if err == nil {
		n.Output, err = n.output()
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return n, nil
}

// Call adds the forward pass to a scope of the graph, or of a function traced
// on it.
func (n *Inference) Call(s *tf.Scope, x tf.Output) tf.Output {
	ctx := core.NewContext(s, false)
	ctx.Seed = n.m.config.Seed
	for i, v := range n.m.weights {
		ctx.Bind(v, n.Variables[i].Read(s))
	}
	return n.m.call(ctx, x)
}

// output traces the forward pass to see what it gives.
func (n *Inference) output() (tf.TensorSpec, error) {
	out := tf.TensorSpec{Name: "output_0", Shape: n.m.OutputShape()}
	in := n.Input
	in.Name = "x" // an input layer may be called anything
	f, err := tf.NewFunction(n.Graph.Scope(), "call", []tf.TensorSpec{in}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		y := n.Call(s, in[0])
		out.DType = y.DType()
		return []tf.Output{y}
	})
	if err != nil {
		return out, err
	}
	return out, f.Close()
}

// Close frees the session and the graph.
func (n *Inference) Close() error {
	n.Session.Close()
	return n.Graph.Close()
}
