package savedmodel

import (
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// sometimes are the nodes that the control flow of TensorFlow 1 runs not just
// once: those in loops, from Enter to Exit, and those in branches, from Switch to
// Merge. Nothing outside can wait for them, as they may not run at all.
func sometimes(nodes []*nodepb.NodeDef) map[string]bool {
	f := &flow{nodes: byName(nodes), users: map[string][]string{}, waits: map[string]int{}, depth: map[string]depth{}}
	for _, n := range nodes {
		for _, from := range f.before(n) {
			f.users[from] = append(f.users[from], n.GetName())
			f.waits[n.GetName()]++
		}
	}
	var ready []string
	for _, n := range nodes {
		if f.waits[n.GetName()] == 0 {
			ready = append(ready, n.GetName())
		}
	}
	out := map[string]bool{}
	for len(ready) > 0 {
		name := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		d := f.after(f.nodes[name])
		f.depth[name] = d
		if d.loops > 0 || d.branches > 0 {
			out[name] = true
		}
		for _, user := range f.users[name] {
			if f.waits[user]--; f.waits[user] == 0 {
				ready = append(ready, user)
			}
		}
	}
	return out
}

// flow follows control flow through a graph.
type flow struct {
	nodes map[string]*nodepb.NodeDef
	users map[string][]string
	waits map[string]int // inputs that are not visited yet
	depth map[string]depth
}

// depth is how many loops and branches a node is in.
type depth struct{ loops, branches int }

// before are the nodes that n takes, but for those of the turn before.
func (f *flow) before(n *nodepb.NodeDef) (names []string) {
	for _, in := range n.GetInput() {
		from := f.nodes[nodeOf(in)]
		if from != nil && flowOp(from) != "NextIteration" {
			names = append(names, from.GetName())
		}
	}
	return names
}

// after is the depth behind n.
func (f *flow) after(n *nodepb.NodeDef) (d depth) {
	for _, from := range f.before(n) {
		in := f.depth[from]
		d.loops, d.branches = max(d.loops, in.loops), max(d.branches, in.branches)
	}
	switch flowOp(n) {
	case "Enter":
		d.loops++
	case "Exit": // the way out of a loop is a branch, of the Switch that ends it
		d = depth{d.loops - 1, d.branches - 1}
	case "Switch":
		d.branches++
	case "Merge":
		if !f.startsLoop(n) {
			d.branches--
		}
	}
	return depth{max(d.loops, 0), max(d.branches, 0)}
}

func (f *flow) startsLoop(merge *nodepb.NodeDef) bool {
	for _, in := range merge.GetInput() {
		if from := f.nodes[nodeOf(in)]; from != nil && flowOp(from) == "NextIteration" {
			return true
		}
	}
	return false
}

// flowOp is the operation of n, that on references as that on values.
func flowOp(n *nodepb.NodeDef) string { return strings.TrimPrefix(n.GetOp(), "Ref") }
