package tf

import (
	"slices"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	"google.golang.org/protobuf/proto"
)

// Inline adds the operations of f's body to a graph, instead of a call of it,
// and returns the results. all is as for [Function.Apply]. Functions that f calls
// are inlined too; those of branches and loops stay. Names begin with the scope's
// prefix and f's name. Stateful operations run only where a result needs them.
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
	d, err := f.h.Acquire()
	if err != nil {
		s.fail(what, Errorf("", FailedPrecondition, "it is closed"))
		return nil
	}
	defer f.h.Release()
	outs, err := s.inline(d, all)
	if err != nil {
		s.fail(what, err)
		return nil
	}
	return outs
}

func (s *Scope) inline(d *definition, args []Output) ([]Output, error) {
	flat, err := flatten(d)
	if err != nil {
		return nil, err
	}
	g := s.g
	for _, dep := range flat.kept {
		if err := g.addFunction(dep); err != nil {
			return nil, err
		}
	}
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	prefix := g.unique(s.opName(d.name))
	if err := s.importFlat(flat, prefix, args); err != nil {
		return nil, err
	}
	outs := make([]Output, len(flat.results))
	for i, ref := range flat.results {
		if ref.arg >= 0 {
			outs[i] = args[ref.arg]
			continue
		}
		op := ctf.LookupOp(g.p, prefix+"/"+ref.node)
		if op == nil {
			return nil, Errorf("", DataLoss, "result %d is of %q, which the body does not have", i, ref.node)
		}
		outs[i] = Output{g.node(op), int32(ref.index)}
	}
	return outs, nil
}

// importFlat adds the nodes to the graph, whose lock is held.
func (s *Scope) importFlat(flat *flatBody, prefix string, args []Output) error {
	if len(flat.nodes) == 0 {
		return nil
	}
	g := s.g
	raw, err := proto.Marshal(&graphpb.GraphDef{Node: flat.nodes, Versions: graphVersions()})
	if err != nil {
		return Errorf("", Internal, "%v", err)
	}
	redirect := make([]ctf.InputMapping, len(args))
	for i, a := range args {
		redirect[i] = ctf.InputMapping{Name: argumentName(i), To: a.in()}
	}
	var control []*ctf.Operation
	for _, c := range s.control {
		if c.n != nil && c.n.g == g {
			control = append(control, c.n.op)
		}
	}
	if _, st := ctf.Import(g.p, raw, prefix, redirect, nil, nil, control); st.Code != 0 {
		return check("", st)
	}
	g.seeNames()
	g.seeChecks(flat.nodes, prefix)
	for i, m := range flat.nodes { // each after those it depends on
		b := flat.origins[i]
		if b == nil && len(s.recorder) == 0 {
			continue
		}
		n := g.node(ctf.LookupOp(g.p, prefix+"/"+m.Name))
		if b != nil {
			n.pcs, n.gradient = b.pcs, b.gradient
		}
		for _, r := range s.recorder {
			r.see(n, n.inputs(), nil)
		}
	}
	return nil
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
