package savedmodel

import (
	"context"

	"github.com/gotf/gotf/tf"
)

// frozen is a copy of a small model whose variables are constants: kernels keep
// constant weights in the order they like best, which halves the time of small
// batches.
type frozen struct {
	session   *tf.Session
	functions map[string]*function
}

// freeze makes the copy, or nothing if some signature does more with its
// variables than read them.
func (m *Model) freeze() (*frozen, error) {
	reads, ok := m.reads()
	if !ok || len(reads) == 0 {
		return nil, nil
	}
	values, err := m.session.Run(context.Background(), nil, reads)
	if err != nil {
		return nil, nil // a variable without a value: a call says so better
	}
	defer closeAll(values)
	def, err := m.session.Graph().Def()
	if err != nil {
		return nil, err
	}
	g, err := tf.NewGraph()
	if err != nil {
		return nil, err
	}
	s := g.Scope().Sub("frozen")
	consts := map[string]tf.Output{}
	for i, r := range reads {
		consts[r.Name()] = s.ConstTensor(values[i])
	}
	if err = s.Err(); err == nil {
		_, err = g.Import(def, &tf.ImportOptions{InputMap: consts})
	}
	var c frozen
	if err == nil {
		c.session, err = tf.NewSession(g, inCaller)
	}
	if err == nil {
		c.functions, err = m.rebind(g)
	}
	if err != nil {
		c.session.Close()
		g.Close()
		return nil, err
	}
	return &c, nil
}

// rebind is the model's functions in a copy of its graph.
func (m *Model) rebind(g *tf.Graph) (map[string]*function, error) {
	out := map[string]*function{}
	for key, f := range m.functions {
		c := *f
		var err error
		if c.inputs, err = endpoints(f.op, g, f.Inputs); err == nil {
			c.outputs, err = endpoints(f.op, g, f.Outputs)
		}
		if err != nil {
			return nil, err
		}
		out[key] = &c
	}
	return out, nil
}

func (c *frozen) close() {
	if c != nil {
		c.session.Close()
		c.session.Graph().Close()
	}
}

// reads are the reads of variables that the signatures need, each variable's
// apart. It is false where they use resources in other ways.
func (m *Model) reads() (reads []tf.Output, ok bool) {
	var todo []tf.Op
	seen := map[tf.Op]bool{}
	visit := func(o tf.Op) {
		if !o.IsNil() && !seen[o] {
			seen[o] = true
			todo = append(todo, o)
		}
	}
	for _, f := range m.functions {
		for _, o := range f.outputs {
			visit(o.Op())
		}
	}
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if o.Type() == "ReadVariableOp" && o.Input(0).Op().Type() == "VarHandleOp" {
			reads = append(reads, o.Output(0))
			for _, c := range o.ControlInputs() {
				visit(c)
			}
			continue
		}
		for _, in := range o.Inputs() {
			if d := in.DType(); d == tf.Resource || d == tf.Variant {
				return nil, false
			}
			visit(in.Op())
		}
		for _, c := range o.ControlInputs() {
			visit(c)
		}
		for _, out := range o.Outputs() {
			if out.DType() == tf.Resource {
				return nil, false
			}
		}
	}
	return reads, true
}
