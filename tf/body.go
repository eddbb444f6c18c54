package tf

import (
	"slices"
	"strconv"

	"github.com/gotf/gotf/internal/ctf"
)

// body is the scope of a function while it is traced.
type body struct {
	outer    *Scope
	captured []Output      // values of outer scopes, near or far
	holders  []Output      // the placeholders that stand for them
	deps     []*definition // functions that the body calls, each counted

	tracing     any      // the trace of a Traced that the body is made for
	jit         bool     // XLA compiles the function
	resultNames []string // nil: of TensorFlow's choice
}

// capture is the placeholder in s that stands for o of an outer scope.
func (b *body) capture(s *Scope, o Output) (Output, bool) {
	if i := slices.Index(b.captured, o); i >= 0 {
		return b.holders[i], true
	}
	if !b.outer.reaches(o) {
		b.outer.local("capture", o, 0) // says why
		s.SetErr(b.outer.Err())
		return Output{}, false
	}
	plain := s.g.Scope()
	h := Placeholder(plain.Named("capture"), o.DType(), o.Shape())
	s.SetErr(plain.Err())
	b.captured = append(b.captured, o)
	b.holders = append(b.holders, h)
	return h, h.n != nil
}

// reaches reports whether o is of s, or of a scope around the function that s is
// in the body of.
func (s *Scope) reaches(o Output) bool {
	switch {
	case o.n == nil || int(o.i) >= len(o.n.dts):
		return false
	case s.e != nil:
		return o.n.e == s.e && !o.n.owner.Closed()
	case o.n.g == s.g:
		return true
	}
	return s.g.body != nil && s.g.body.outer.reaches(o)
}

func (b *body) release() {
	for _, d := range b.deps {
		d.release()
	}
	b.deps = nil
}

func (b *body) resultName(i int) string {
	if b.resultNames == nil {
		return "output_" + strconv.Itoa(i)
	}
	return b.resultNames[i]
}

// anatomy is what a function is made of.
type anatomy struct {
	params, results []ctf.In
	captures        []Output // values of outer scopes that the last params stand for
	ops             []*ctf.Operation
	stateful        []*ctf.Operation
	nodes           map[string]bodyNode
}

// dissect finds the parts of the function of args that gives outs. g.mu is held.
func (g *Graph) dissect(args, outs []Output) *anatomy {
	a := &anatomy{nodes: make(map[string]bodyNode, len(g.nodes))}
	var roots []*node
	for n := range g.each {
		typ := n.typ[:len(n.typ)-1]
		a.nodes[n.name] = bodyNode{typ, n.pcs, n.gradient}
		if typ != "Placeholder" && opDef(typ).GetIsStateful() {
			a.stateful = append(a.stateful, n.op)
			roots = append(roots, n)
		}
	}
	for _, o := range outs {
		roots = append(roots, o.n)
		a.results = append(a.results, o.in())
	}
	live := g.needed(roots)
	param := func(o Output) {
		a.params = append(a.params, o.in())
		delete(live, o.n)
	}
	for _, o := range args {
		param(o)
	}
	for i, h := range g.body.holders {
		if live[h.n] {
			param(h)
			a.captures = append(a.captures, g.body.captured[i])
		}
	}
	for n := range g.each {
		if live[n] {
			a.ops = append(a.ops, n.op)
		}
	}
	return a
}

// needed are the operations that have to run for those of todo, which it uses
// up, and those of todo. g.mu is held.
func (g *Graph) needed(todo []*node) map[*node]bool {
	seen := map[*node]bool{}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, o := range n.inputs() {
			todo = append(todo, o.n)
		}
		for _, c := range ctf.OpControlInputs(n.op) {
			todo = append(todo, g.node(c))
		}
	}
	return seen
}
