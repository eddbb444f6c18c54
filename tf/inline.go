package tf

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	"google.golang.org/protobuf/proto"
)

// Inline adds the operations of f's body to a graph, instead of a call of it,
// and returns the results. all is as for [Function.Apply]. Their names begin with the scope's prefix and f's
// name. Stateful operations run only where a result needs them. Calls within f
// stay calls.
func (f *Function) Inline(s *Scope, all ...Output) []Output {
	what := "inline " + f.name
	if s.g == nil {
		s.fail(what, Errorf("", InvalidArgument, "the scope is eager; call the function"))
	}
	if len(all) != len(f.in)+len(f.captures) {
		s.fail(what, Errorf("", InvalidArgument, "the function takes %d values, got %d", len(f.in)+len(f.captures), len(all)))
	}
	all = slices.Clone(all)
	for i := range all {
		if s.root.err != nil {
			return nil
		}
		all[i], _ = s.local(what, all[i], i)
	}
	if s.root.err != nil {
		return nil
	}
	in := &inliner{s: s, f: f, args: all}
	outs, err := in.inline()
	if err != nil {
		s.fail(what, err)
		return nil
	}
	return outs
}

// inliner turns the form of a function's body into that of a graph: an input
// "node:arg:1" of the one is "node:2" in the other.
type inliner struct {
	s    *Scope
	f    *Function
	args []Output
	def  *functionpb.FunctionDef
	d    *definition

	argument map[string]int            // of the function, by name
	first    map[string]map[string]int // node -> result's name -> number of its first output
}

func (in *inliner) inline() ([]Output, error) {
	var err error
	if in.d, err = in.f.h.Acquire(); err != nil {
		return nil, Errorf("", FailedPrecondition, "it is closed")
	}
	defer in.f.h.Release()
	if in.def, err = in.f.Def(); err != nil {
		return nil, err
	}
	for _, dep := range in.d.deps {
		if err := in.s.g.addFunction(dep); err != nil {
			return nil, err
		}
	}
	if err := in.number(); err != nil {
		return nil, err
	}
	g := in.s.g
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	outs, err := in.addTo(g)
	if err == nil && len(in.s.recorder) > 0 {
		in.record(g)
	}
	return outs, err
}

// number finds the outputs of all nodes.
func (in *inliner) number() error {
	in.argument, in.first = map[string]int{}, map[string]map[string]int{}
	for i, a := range in.def.Signature.InputArg {
		in.argument[a.Name] = i
	}
	signatures := map[string]*opdef.OpDef{}
	for _, n := range in.def.NodeDef {
		sig := opDef(n.Op)
		if sig == nil {
			if sig = signatures[n.Op]; sig == nil {
				sig = in.signature(n.Op)
				signatures[n.Op] = sig
			}
		}
		if sig == nil {
			return Errorf("", NotFound, "node %q is a %s, which is neither an operation nor a function", n.Name, n.Op)
		}
		at, k := map[string]int{}, 0
		for _, o := range sig.OutputArg {
			at[o.Name] = k
			k += argLength(o, n)
		}
		in.first[n.Name] = at
	}
	return nil
}

// signature is that of a function that the body calls by its name.
func (in *inliner) signature(name string) *opdef.OpDef {
	for _, dep := range in.d.deps {
		if dep.name != name {
			continue
		}
		raw, st := ctf.FunctionDef(dep.p)
		def := &functionpb.FunctionDef{}
		if st.Code == 0 && proto.Unmarshal(raw, def) == nil {
			return def.Signature
		}
	}
	return nil
}

// argLength is how many tensors an argument of n stands for.
func argLength(a *opdef.OpDef_ArgDef, n *nodepb.NodeDef) int {
	switch {
	case a.NumberAttr != "":
		return int(n.Attr[a.NumberAttr].GetI())
	case a.TypeListAttr != "":
		return len(n.Attr[a.TypeListAttr].GetList().GetType())
	}
	return 1
}

// addTo imports the body into g, whose lock is held, and returns the results.
func (in *inliner) addTo(g *Graph) ([]Output, error) {
	graph := &graphpb.GraphDef{Versions: graphVersions()}
	var redirect []ctf.InputMapping
	for name, i := range in.argument {
		redirect = append(redirect, ctf.InputMapping{Name: name, To: in.args[i].in()})
	}
	for _, n := range in.def.NodeDef {
		m := proto.Clone(n).(*nodepb.NodeDef)
		m.Input = m.Input[:0]
		for _, name := range n.Input {
			if control, ok := strings.CutPrefix(name, "^"); ok {
				if _, isArg := in.argument[control]; !isArg {
					m.Input = append(m.Input, name)
				}
				continue
			}
			ref, err := in.reference(name)
			if err != nil {
				return nil, err
			}
			m.Input = append(m.Input, ref)
		}
		graph.Node = append(graph.Node, m)
	}
	prefix := g.unique(in.s.opName(in.f.name))
	if err := in.importBody(g, graph, prefix, redirect); err != nil {
		return nil, err
	}
	outs := make([]Output, len(in.def.Signature.OutputArg))
	for i, o := range in.def.Signature.OutputArg {
		ref, err := in.reference(in.def.Ret[o.Name])
		if err != nil {
			return nil, err
		}
		name, k, err := splitName(ref)
		if err != nil {
			return nil, err
		}
		if a, isArg := in.argument[name]; isArg {
			outs[i] = in.args[a]
			continue
		}
		op := ctf.LookupOp(g.p, prefix+"/"+name)
		if op == nil {
			return nil, Errorf("", DataLoss, "result %s is %q, which the body does not have", o.Name, ref)
		}
		outs[i] = Output{g.node(op), int32(k)}
	}
	return outs, nil
}

func (in *inliner) importBody(g *Graph, graph *graphpb.GraphDef, prefix string, redirect []ctf.InputMapping) error {
	if len(graph.Node) == 0 {
		return nil
	}
	raw, err := proto.Marshal(graph)
	if err != nil {
		return Errorf("", Internal, "%v", err)
	}
	var control []*ctf.Operation
	for _, c := range in.s.control {
		if c.n != nil && c.n.g == g {
			control = append(control, c.n.op)
		}
	}
	if _, st := ctf.Import(g.p, raw, prefix, redirect, nil, nil, control); st.Code != 0 {
		return check("", st)
	}
	g.seeNames()
	for name, b := range in.d.nodes {
		if op := ctf.LookupOp(g.p, prefix+"/"+name); op != nil {
			n := g.node(op)
			n.pcs, n.gradient = b.pcs, b.gradient
		}
	}
	for _, n := range graph.Node {
		n.Name = prefix + "/" + n.Name
	}
	in.def.NodeDef = graph.Node
	return nil
}

// reference is an input in the form of a graph: "node:2".
func (in *inliner) reference(name string) (string, error) {
	node, rest, _ := strings.Cut(name, ":")
	if _, isArg := in.argument[node]; isArg {
		return node + ":0", nil
	}
	arg, index, _ := strings.Cut(rest, ":")
	first, ok := in.first[node][arg]
	k, err := strconv.Atoi(index)
	if !ok || err != nil {
		return "", Errorf("", DataLoss, "the body has no value %q", name)
	}
	return node + ":" + strconv.Itoa(first+k), nil
}

// record shows the new operations to the scope's recorders, each after those it
// depends on. g's lock is held.
func (in *inliner) record(g *Graph) {
	fresh := map[*ctf.Operation]bool{}
	for _, n := range in.def.NodeDef {
		fresh[ctf.LookupOp(g.p, n.Name)] = true
	}
	var visit func(op *ctf.Operation)
	visit = func(op *ctf.Operation) {
		if !fresh[op] {
			return
		}
		fresh[op] = false
		n := g.node(op)
		for _, o := range n.inputs() {
			visit(o.n.op)
		}
		for _, r := range in.s.recorder {
			r.see(n, n.ins, nil)
		}
	}
	for _, n := range in.def.NodeDef {
		visit(ctf.LookupOp(g.p, n.Name))
	}
}

// graphVersions are those of graphs that this library makes.
var graphVersions = sync.OnceValue(func() *versionspb.VersionDef {
	g, err := NewGraph()
	if err != nil {
		return nil
	}
	defer g.Close()
	def, err := g.Def()
	if err != nil {
		return nil
	}
	return def.Versions
})
