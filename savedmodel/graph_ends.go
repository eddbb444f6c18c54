package savedmodel

import (
	"slices"
	"strings"

	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// GraphEnds are the operations where a frozen graph begins and ends, as
// [LoadFrozen] takes them if it is told no others. The outputs are the operations
// whose results nobody takes, not even to wait for them, without those that only
// check something or direct the control flow. The inputs are the placeholders
// that these need, also those with a default: Op tells them apart, and LoadFrozen
// leaves the latter at their default. It needs no library.
func GraphEnds(def *graphpb.GraphDef) (inputs, outputs []*nodepb.NodeDef) {
	g := &graphEnds{def: def, nodes: byName(def.GetNode()), sometimes: sometimes(def.GetNode())}
	ends := g.idle()
	outputs = slices.DeleteFunc(slices.Clone(ends), func(n *nodepb.NodeDef) bool {
		return g.sometimes[n.GetName()] || g.isCheck(n) || g.isControl(n, 0)
	})
	if len(outputs) == 0 {
		outputs = ends
	}
	p := &part{nodes: g.nodes}
	var from []string
	for _, n := range outputs {
		from = append(from, n.GetName())
	}
	needed := p.reach(from...)
	for _, n := range def.GetNode() {
		if needed[n.GetName()] && isPlaceholder(n) {
			inputs = append(inputs, n)
		}
	}
	return inputs, outputs
}

func isPlaceholder(n *nodepb.NodeDef) bool {
	return n.GetOp() == "Placeholder" || n.GetOp() == "PlaceholderWithDefault"
}

type graphEnds struct {
	def       *graphpb.GraphDef
	nodes     map[string]*nodepb.NodeDef
	sometimes map[string]bool
}

// idle are the operations that compute what nobody takes.
func (g *graphEnds) idle() (out []*nodepb.NodeDef) {
	used := map[string]bool{}
	for _, n := range g.def.GetNode() {
		for _, in := range n.GetInput() {
			used[nodeOf(in)] = true
		}
	}
	for _, n := range g.def.GetNode() {
		switch op := n.GetOp(); {
		case used[n.GetName()], isPlaceholder(n), op == "Const", op == "NoOp", op == "Assert":
		default:
			out = append(out, n)
		}
	}
	return out
}

// mostControl bounds how far control flow is followed back.
const mostControl = 32

// isControl is whether a value only directs control flow: it is the condition of
// a branch, as the branches hand it on.
func (g *graphEnds) isControl(n *nodepb.NodeDef, hops int) bool {
	var data []string
	for _, in := range n.GetInput() {
		if !strings.HasPrefix(in, "^") {
			data = append(data, in)
		}
	}
	if len(data) == 0 || hops > mostControl {
		return false
	}
	switch flowOp(n) {
	case "Switch":
		return len(data) == 2 && canonical(data[0]) == canonical(data[1])
	case "Identity", "Merge":
		return !slices.ContainsFunc(data, func(in string) bool {
			from := g.nodes[nodeOf(in)]
			return from == nil || !g.isControl(from, hops+1)
		})
	}
	return false
}

// isCheck is whether n is a branch that only checks something: one of the
// functions that it chooses from has an Assert.
func (g *graphEnds) isCheck(n *nodepb.NodeDef) bool {
	for n.GetOp() == "Identity" && len(n.GetInput()) > 0 {
		from := g.nodes[nodeOf(n.GetInput()[0])]
		if from == nil || from == n || from.GetOp() == "Identity" {
			return false
		}
		n = from
	}
	if op := n.GetOp(); op != "If" && op != "StatelessIf" || len(n.GetAttr()["Tout"].GetList().GetType()) != 1 {
		return false
	}
	for _, branch := range []string{"then_branch", "else_branch"} {
		name := n.GetAttr()[branch].GetFunc().GetName()
		for _, f := range g.def.GetLibrary().GetFunction() {
			if f.GetSignature().GetName() == name && slices.ContainsFunc(f.GetNodeDef(), func(n *nodepb.NodeDef) bool { return n.GetOp() == "Assert" }) {
				return true
			}
		}
	}
	return false
}
