package drawing

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is what is drawn.
type Graph struct {
	Title string
	Nodes []Node
	Edges []Edge
}

// Node is a box.
type Node struct {
	Label string // the first line
	Note  string // the second line; "" for none
	Tip   string // shown when the pointer rests on the box; may have several lines
	Class Class
	Scope string // "a/b/c": nodes of one scope may be joined
}

// Class is what a node is: its colour.
type Class string

// The classes.
const (
	Op       Class = "op"
	Input    Class = "input"
	Output   Class = "output"
	Constant Class = "constant"
	Custom   Class = "custom"
	Group    Class = "group"
)

// Edge is an arrow between two nodes, by their places in Nodes.
type Edge struct {
	From, To int
	Tip      string
}

// valid leaves out edges without ends, loops and repetitions.
func (g *Graph) valid() []Edge {
	seen := map[[2]int]bool{}
	var out []Edge
	for _, e := range g.Edges {
		ends := [2]int{e.From, e.To}
		if e.From < 0 || e.To < 0 || e.From >= len(g.Nodes) || e.To >= len(g.Nodes) || e.From == e.To || seen[ends] {
			continue
		}
		seen[ends] = true
		out = append(out, e)
	}
	return out
}

// Without is the graph without the nodes that may go and have no edges.
func (g *Graph) Without(mayGo func(i int) bool) *Graph {
	linked := make([]bool, len(g.Nodes))
	for _, e := range g.valid() {
		linked[e.From], linked[e.To] = true, true
	}
	out, place := &Graph{Title: g.Title}, make([]int, len(g.Nodes))
	for i, n := range g.Nodes {
		if linked[i] || !mayGo(i) {
			place[i] = len(out.Nodes)
			out.Nodes = append(out.Nodes, n)
		}
	}
	for _, e := range g.valid() {
		out.Edges = append(out.Edges, Edge{place[e.From], place[e.To], e.Tip})
	}
	return out
}

// Collapse is a graph of at most most nodes: those of one scope are joined, at
// the greatest depth that serves, and if no scopes do, those that follow one
// another.
func (g *Graph) Collapse(most int) *Graph {
	if len(g.Nodes) <= most {
		return g
	}
	deepest := 0
	for _, n := range g.Nodes {
		deepest = max(deepest, strings.Count(n.Scope, "/")+1)
	}
	for depth := min(deepest, 12); depth >= 1; depth-- {
		if c := g.join(func(i int) string { return cut(g.Nodes[i].Scope, depth) }); len(c.Nodes) <= most {
			return c
		}
	}
	each := (len(g.Nodes) + most - 1) / most
	return g.join(func(i int) string { return fmt.Sprintf("%d to %d", i/each*each+1, min(len(g.Nodes), (i/each+1)*each)) })
}

// cut is the first parts of a scope.
func cut(scope string, depth int) string {
	at := 0
	for range depth {
		i := strings.IndexByte(scope[at:], '/')
		if i < 0 {
			return scope
		}
		at += i + 1
	}
	return scope[:at-1]
}

// join makes one node of those for which of gives the same name. Nodes named ""
// and inputs and outputs stay.
func (g *Graph) join(of func(int) string) *Graph {
	out := &Graph{Title: g.Title}
	place, groups := make([]int, len(g.Nodes)), map[string]int{}
	members := map[int][]int{}
	for i, n := range g.Nodes {
		name := of(i)
		if name == "" || n.Class == Input || n.Class == Output {
			place[i] = len(out.Nodes)
			out.Nodes = append(out.Nodes, n)
			continue
		}
		at, ok := groups[name]
		if !ok {
			at = len(out.Nodes)
			groups[name] = at
			out.Nodes = append(out.Nodes, Node{Label: name, Class: Group, Scope: name})
		}
		place[i] = at
		members[at] = append(members[at], i)
	}
	for at, nodes := range members {
		if len(nodes) == 1 {
			out.Nodes[at] = g.Nodes[nodes[0]]
			continue
		}
		out.Nodes[at].Note = fmt.Sprintf("%d operators", len(nodes))
		out.Nodes[at].Tip = out.Nodes[at].Label + "\n" + g.labels(nodes)
	}
	for _, e := range g.Edges {
		if e.From >= 0 && e.To >= 0 && e.From < len(place) && e.To < len(place) {
			out.Edges = append(out.Edges, Edge{place[e.From], place[e.To], e.Tip})
		}
	}
	return out
}

// labels counts the labels of nodes, the most frequent first.
func (g *Graph) labels(nodes []int) string {
	counts := map[string]int{}
	var names []string
	for _, i := range nodes {
		if counts[g.Nodes[i].Label]++; counts[g.Nodes[i].Label] == 1 {
			names = append(names, g.Nodes[i].Label)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	var lines []string
	for i, n := range names {
		if i == 12 {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, fmt.Sprintf("%d %s", counts[n], n))
	}
	return strings.Join(lines, "\n")
}
