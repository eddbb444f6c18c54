package tf

import (
	"strconv"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	"google.golang.org/protobuf/proto"
)

// Graph holds operations for a Session to run. Operations may be added while
// sessions run, by one goroutine at a time.
type Graph struct {
	h *handle.Handle[*ctf.Graph]
	p *ctf.Graph

	mu    sync.Mutex
	nodes map[*ctf.Operation]*node
	names map[string]int // a name taken, and the next number to try after it
	pos   uint64         // how far names has seen the graph
	funcs map[string]*definition
	body  *body                         // not nil in the graph of a function's body
	kept  []*handle.Handle[*definition] // functions of gradients to come
}

// NewGraph makes an empty graph.
func NewGraph() (*Graph, error) {
	if err := open(); err != nil {
		return nil, err
	}
	p := ctf.NewGraph()
	return &Graph{
		h: handle.New(p, ctf.DeleteGraph), p: p,
		nodes: map[*ctf.Operation]*node{}, names: map[string]int{}, funcs: map[string]*definition{},
	}, nil
}

// Scope is a fresh scope that adds to g.
func (g *Graph) Scope() *Scope { return &Scope{g: g, root: &root{}, device: noDevice} }

// Close frees the graph. Its sessions keep what they run; its Outputs must not
// be used after.
func (g *Graph) Close() error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	kept := g.kept
	g.kept = nil
	g.mu.Unlock()
	for _, h := range kept {
		h.Close()
	}
	return g.h.Close()
}

func (g *Graph) acquire() error {
	if _, err := g.h.Acquire(); err != nil {
		return Errorf("graph", FailedPrecondition, "it is closed")
	}
	return nil
}

// node is the record of an operation, made when first asked for. g.mu is held.
func (g *Graph) node(op *ctf.Operation) *node {
	n := g.nodes[op]
	if n == nil {
		n = &node{g: g, op: op, typ: ctf.OpType(op) + "\x00", name: ctf.OpName(op), dts: ctf.OpOutputs(op)}
		g.nodes[op] = n
	}
	return n
}

// unique takes a name that no operation has. g.mu is held.
func (g *Graph) unique(base string) string {
	next, taken := g.names[base]
	if !taken {
		g.names[base] = 1
		return base
	}
	for ; ; next++ {
		name := base + "_" + strconv.Itoa(next)
		if _, taken := g.names[name]; !taken {
			g.names[name], g.names[base] = 1, next+1
			return name
		}
	}
}

// seeNames notes the names of operations that were not added through a scope,
// and those under which their variables are shared. g.mu is held.
func (g *Graph) seeNames() {
	for op := ctf.NextOp(g.p, &g.pos); op != nil; op = ctf.NextOp(g.p, &g.pos) {
		g.take(ctf.OpName(op))
		if ctf.OpType(op) == "VarHandleOp" {
			g.take(string(opAttr(op, "shared_name").GetS()))
		}
	}
}

func (g *Graph) take(name string) {
	if g.names[name] == 0 {
		g.names[name] = 1
	}
}

// Op finds an operation by name.
func (g *Graph) Op(name string) (Op, error) {
	if err := g.acquire(); err != nil {
		return Op{}, err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	var op *ctf.Operation
	if strings.IndexByte(name, 0) < 0 {
		op = ctf.LookupOp(g.p, name)
	}
	if op == nil {
		return Op{}, Errorf("find operation", NotFound, "the graph has no operation %q", name)
	}
	return Op{g.node(op)}, nil
}

// Output finds an output by name: "op:1"; "op" is its output 0.
func (g *Graph) Output(name string) (Output, error) {
	base, i, err := splitName(name)
	if err != nil {
		return Output{}, err
	}
	op, err := g.Op(base)
	if err != nil {
		return Output{}, err
	}
	if i >= max(op.NumOutputs(), 1) {
		return Output{}, Errorf("find output", OutOfRange, "operation %q has %d outputs, asked for number %d", base, op.NumOutputs(), i)
	}
	return op.Output(i), nil
}

func splitName(name string) (string, int, error) {
	base, index, ok := strings.Cut(name, ":")
	if !ok {
		return base, 0, nil
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 {
		return "", 0, Errorf("find output", InvalidArgument, "%q is not of the form operation:number", name)
	}
	return base, i, nil
}

// Ops are all operations, in the order they were added; none of a closed graph.
func (g *Graph) Ops() []Op {
	if g.acquire() != nil {
		return nil
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []Op
	for n := range g.each {
		out = append(out, Op{n})
	}
	return out
}

// each yields the records of all operations. g.mu is held.
func (g *Graph) each(yield func(*node) bool) {
	var pos uint64
	for op := ctf.NextOp(g.p, &pos); op != nil; op = ctf.NextOp(g.p, &pos) {
		if !yield(g.node(op)) {
			return
		}
	}
}

// Def exports the graph with its functions.
func (g *Graph) Def() (*graphpb.GraphDef, error) {
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	return g.def()
}

func (g *Graph) def() (*graphpb.GraphDef, error) {
	raw, s := ctf.GraphDef(g.p)
	if err := check("export graph", s); err != nil {
		return nil, err
	}
	def := &graphpb.GraphDef{}
	if err := proto.Unmarshal(raw, def); err != nil {
		return nil, Errorf("export graph", Internal, "%v", err)
	}
	return def, nil
}
