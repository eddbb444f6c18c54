package tf

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/ctf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	"google.golang.org/protobuf/proto"
)

// ImportOptions says how a GraphDef joins a graph.
type ImportOptions struct {
	Prefix   string            // put before all names, with a slash
	InputMap map[string]Output // feeds these outputs of the GraphDef from the graph instead
	Returns  []string          // outputs of the GraphDef to return, as "op:0"
}

const importGraph = "import graph"

// Import adds a GraphDef, made by any program, and returns the outputs asked for.
func (g *Graph) Import(def *graphpb.GraphDef, o *ImportOptions) ([]Output, error) {
	if o == nil {
		o = &ImportOptions{}
	}
	raw, err := proto.Marshal(def)
	if err != nil {
		return nil, Errorf(importGraph, InvalidArgument, "%v", err)
	}
	redirect, err := g.inputMap(def, o.InputMap)
	if err != nil {
		return nil, err
	}
	returns, index := make([]string, len(o.Returns)), make([]int, len(o.Returns))
	for i, name := range o.Returns {
		if returns[i], index[i], err = splitName(name); err != nil {
			return nil, err
		}
	}
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	ins, s := ctf.Import(g.p, raw, o.Prefix, redirect, returns, index, nil)
	if err := check(importGraph, s); err != nil {
		return nil, err
	}
	g.seeNames()
	outs := make([]Output, len(ins))
	for i, in := range ins {
		outs[i] = Output{g.node((*ctf.Operation)(in.P)), in.I}
	}
	return outs, nil
}

func (g *Graph) inputMap(def *graphpb.GraphDef, m map[string]Output) (out []ctf.InputMapping, err error) {
	nodes := map[string]bool{}
	for _, n := range def.GetNode() {
		nodes[n.Name] = len(m) > 0
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		in := ctf.InputMapping{}
		if in.Name, in.Index, err = splitName(name); err != nil {
			return nil, err
		}
		if !nodes[in.Name] {
			return nil, Errorf(importGraph, NotFound, "input %q is mapped, but the GraphDef has no operation %q", name, in.Name)
		}
		to := m[name]
		if to.n == nil || to.n.g != g || int(to.i) >= len(to.n.dts) {
			return nil, Errorf(importGraph, InvalidArgument, "input %q is mapped to %s, which is no output of this graph", name, to.Name())
		}
		in.To = to.in()
		out = append(out, in)
	}
	return out, nil
}

// SetShape tells shape inference more about an output than it found out.
func (g *Graph) SetShape(o Output, shape Shape) error {
	if o.n == nil || o.n.g != g || int(o.i) >= len(o.n.dts) {
		return Errorf("set shape", InvalidArgument, "%s is no output of this graph", o.Name())
	}
	what := "set shape of " + o.Name()
	if err := shape.check(); err != nil {
		return Errorf(what, InvalidArgument, "%v", err)
	}
	if shape == nil {
		return nil
	}
	if err := g.acquire(); err != nil {
		return err
	}
	defer g.h.Release()
	o.n.shape.Store(nil)
	return check(what, ctf.SetOutputShape(g.p, o.n.op, int(o.i), shape))
}
