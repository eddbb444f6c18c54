package savedmodel

import (
	"slices"
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// lateRead is a read of a variable for one operation, or for the results of a
// signature, that happens when all else that it takes is there.
type lateRead struct {
	from      *refTensor
	in        *place
	node      *nodepb.NodeDef
	inputs    []int  // of the node
	signature string // instead of a node
	tensor    string // the result of the signature that it stands for
	wait      []string
}

// lateReadKey tells the reads for operations.
type lateReadKey struct {
	from *refTensor
	in   *place
	node *nodepb.NodeDef
}

// value is a value of a variable on its way through the graph.
type value struct {
	tensor string
	root   *refTensor
	read   string // the node that runs when the variable is read
	in     *place
	deep   bool // it went through more than that, and Identity
	branch branch
}

// place is where a value is that went into a branch or loop: the operation that
// let it in, which can do the same with a handle.
type place struct {
	from  *refTensor
	outer *place // nil is where the reference is
	node  *nodepb.NodeDef
	index int // of its result
	depth int
}

// mostPlaces is the most branches and loops within each other that are followed.
const mostPlaces = 8

// branch is the last branches that a value is in: a condition and which of its
// sides. What happens in the other one does not happen where the value is.
type branch [4]struct {
	condition string
	side      int
}

// ordering is what comes after the operations that change a variable.
type ordering struct {
	r        *references
	v        *refVariable
	after    map[string]map[string]bool // by writer
	branches map[string]branch          // of the writers
	reads    map[lateReadKey]*lateRead
	places   map[place]*place
}

// order finds the operations that see other values with the reads that there are
// than they do with references.
func (r *references) order(v *refVariable) {
	o := &ordering{r, v, map[string]map[string]bool{}, map[string]branch{}, map[lateReadKey]*lateRead{}, map[place]*place{}}
	for _, w := range v.writers {
		if o.after[w] == nil {
			o.after[w], o.branches[w] = r.reachedFrom(w), r.branchOf(r.nodes[w].GetInput()[0])
		}
	}
	var todo []value
	for _, t := range v.tensors {
		todo = append(todo, value{tensor: t.name, root: t, read: t.from.GetName(), branch: r.branchOf(t.name)})
	}
	seen := map[value]bool{}
	for len(todo) > 0 && v.kept == "" && r.budget >= 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[x] {
			seen[x] = true
			todo = append(todo, o.follow(x)...)
		}
	}
	if r.budget < 0 {
		v.keep("the graph is too large to tell the order of its updates")
	}
}

// reachedFrom are the nodes that run after a node.
func (r *references) reachedFrom(node string) map[string]bool {
	seen := map[string]bool{}
	todo := []string{node}
	for len(todo) > 0 && r.budget >= 0 {
		next := r.after[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		for _, n := range next {
			if r.budget--; !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return seen
}

// branchOf is where a reference is.
func (r *references) branchOf(tensor string) (b branch) {
	var steps []string
	for t := r.tensors[canonical(tensor)]; t != nil && !isReference(t.from); t = r.tensors[canonical(t.from.GetInput()[0])] {
		steps = append(steps, t.name)
	}
	slices.Reverse(steps) // outermost first
	for _, tensor := range steps {
		b = b.through(r.nodes[nodeOf(tensor)], tensor)
	}
	return b
}

// through is the branch of a tensor, the result of n for a value in b.
func (b branch) through(n *nodepb.NodeDef, tensor string) branch {
	switch op := n.GetOp(); {
	case op == "NextIteration":
		return branch{} // the next time may go another way
	case strings.HasSuffix(op, "Switch") && len(n.GetInput()) > 1:
		copy(b[1:], b[:])
		b[0].condition, b[0].side = canonical(n.GetInput()[1]), outputIndex(tensor)
	}
	return b
}

// excludes reports whether only one of two things happens.
func (b branch) excludes(c branch) bool {
	for _, x := range b {
		for _, y := range c {
			if x.condition != "" && x.condition == y.condition && x.side != y.side {
				return true
			}
		}
	}
	return false
}

// changes reports whether a writer runs before something, but not before the
// read of a value.
func (o *ordering) changes(x value, before func(writer string) bool) bool {
	for w, after := range o.after {
		if before(w) && w != x.read && !after[x.read] && !x.branch.excludes(o.branches[w]) {
			return true
		}
	}
	return false
}

// isLate reports whether a writer runs before a node, or is it.
func (o *ordering) isLate(node string) bool {
	for w, after := range o.after {
		if w == node || after[node] {
			return true
		}
	}
	return false
}

// follow visits those that take a value, and returns the values that are in the
// same memory.
func (o *ordering) follow(x value) (on []value) {
	if o.r.fed[x.tensor] {
		o.v.keep("a signature feeds %q", x.tensor)
	}
	o.fetched(x)
	for _, u := range o.r.uses[nodeOf(x.tensor)] {
		n := u.node
		if o.r.budget -= 1 + len(o.after); o.r.budget < 0 {
			return nil
		}
		if canonical(n.GetInput()[u.input]) != x.tensor || u.input < refInputs(n) {
			continue
		}
		next := x
		if o.changes(x, func(w string) bool { return o.after[w][n.GetName()] }) {
			if x.deep || n.GetOp() == "Merge" {
				o.v.keep("%q takes a part of it that changed meanwhile", n.GetName())
			}
			o.late(x, n, u.input)
			next.read = n.GetName()
		}
		for _, tensor := range o.r.outputs[n.GetName()] {
			if o.pass(&next, x, n, u.input, tensor) {
				on = append(on, next)
			}
		}
	}
	return on
}

// pass makes next of the value that n hands on as the tensor, and reports whether
// it is in the same memory.
func (o *ordering) pass(next *value, x value, n *nodepb.NodeDef, input int, tensor string) bool {
	next.tensor, next.branch = tensor, x.branch.through(n, tensor)
	switch op := n.GetOp(); {
	case op == "Switch" && input > 0:
		return false
	case op == "Switch" || op == "Enter" && n.GetAttr()["is_constant"].GetB():
		p := place{from: x.root, outer: x.in, node: n, index: outputIndex(tensor)}
		if x.in != nil {
			p.depth = x.in.depth + 1
		}
		if o.places[p] == nil {
			o.places[p] = &p
		}
		next.in, next.deep = o.places[p], x.deep || p.depth > mostPlaces
	case op != "Identity":
		next.deep = true
	}
	if next.deep {
		next.in = nil
	}
	return aliases[n.GetOp()]
}

// late has an input of n read the variable when n runs.
func (o *ordering) late(x value, n *nodepb.NodeDef, input int) {
	key := lateReadKey{x.root, x.in, n}
	l := o.reads[key]
	if l == nil {
		l = &lateRead{from: x.root, in: x.in, node: n}
		for _, in := range n.GetInput() {
			o.r.budget -= len(o.after) + len(l.wait)
			if from := nodeOf(in); o.isLate(from) && !slices.Contains(l.wait, from) {
				l.wait = append(l.wait, from)
			}
		}
		o.reads[key] = l
		o.v.reads = append(o.v.reads, l)
	}
	if !slices.Contains(l.inputs, input) {
		l.inputs = append(l.inputs, input)
	}
}

// fetched treats a signature as an operation that takes all of its results: what
// it fetches of a variable is seen after all that the signature runs.
func (o *ordering) fetched(x value) {
	if !slices.Contains(o.r.results[nodeOf(x.tensor)], x.tensor) {
		return
	}
	from := x.root.from
	if op := from.GetOp(); nodeOf(x.tensor) == from.GetName() && (op == "RefSwitch" || op == "RefEnter") {
		o.v.keep("a signature returns %q, a reference in a branch or loop", x.tensor)
	}
	for _, key := range sortedKeys(o.r.signatures) {
		results := o.r.signatures[key]
		if !slices.Contains(results, x.tensor) {
			continue
		}
		var nodes []string
		for _, t := range results {
			nodes = append(nodes, nodeOf(t))
		}
		runs := func(w string) bool {
			return slices.ContainsFunc(nodes, func(n string) bool { return n == w || o.after[w][n] })
		}
		if !o.changes(x, runs) {
			continue
		}
		if x.deep || x.in != nil {
			o.v.keep("signature %q returns a part of it that it changes", key)
		}
		l := &lateRead{from: x.root, signature: key, tensor: x.tensor}
		for _, n := range nodes {
			if o.isLate(n) && !slices.Contains(l.wait, n) {
				l.wait = append(l.wait, n)
			}
		}
		o.v.reads = append(o.v.reads, l)
	}
}
