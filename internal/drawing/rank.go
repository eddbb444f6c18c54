package drawing

import "slices"

// layout is a graph on its way to a picture. Its vertices are the nodes and,
// after them, the bends of long edges.
type layout struct {
	g       *Graph
	edges   []Edge  // without cycles: some are turned round
	turned  []bool  // by edge
	out, in [][]int // neighbours, by vertex
	rank    []int
	layers  [][]int // vertices from left to right
	paths   [][]int // by edge: the vertices it goes through
	x       []float64
	width   []float64
}

// acyclic turns the edges round that close a cycle: those that lead back to a
// node of the present path of a depth-first search.
func (l *layout) acyclic() {
	n := len(l.g.Nodes)
	next := make([][]int, n) // edges that leave a node
	for i, e := range l.edges {
		next[e.From] = append(next[e.From], i)
	}
	const (
		unseen = iota
		open
		done
	)
	state, at := make([]int, n), make([]int, n)
	l.turned = make([]bool, len(l.edges))
	for root := range n {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		for path := []int{root}; len(path) > 0; {
			v := path[len(path)-1]
			if at[v] == len(next[v]) {
				state[v] = done
				path = path[:len(path)-1]
				continue
			}
			i := next[v][at[v]]
			at[v]++
			switch to := l.edges[i].To; state[to] {
			case open:
				l.turned[i] = true
			case unseen:
				state[to] = open
				path = append(path, to)
			}
		}
	}
	for i, turned := range l.turned {
		if turned {
			l.edges[i].From, l.edges[i].To = l.edges[i].To, l.edges[i].From
		}
	}
}

// rankNodes puts each node below all that lead to it, and those that nothing
// leads to just above what they lead to.
func (l *layout) rankNodes() {
	n := len(l.g.Nodes)
	l.rank = make([]int, n)
	out, waiting := make([][]int, n), make([]int, n)
	for _, e := range l.edges {
		out[e.From] = append(out[e.From], e.To)
		waiting[e.To]++
	}
	var ready, sources []int
	for v := range n {
		if waiting[v] == 0 {
			ready = append(ready, v)
		}
	}
	sources = slices.Clone(ready)
	for len(ready) > 0 {
		v := ready[0]
		ready = ready[1:]
		for _, to := range out[v] {
			l.rank[to] = max(l.rank[to], l.rank[v]+1)
			if waiting[to]--; waiting[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	for _, v := range sources {
		if len(out[v]) == 0 || l.g.Nodes[v].Class == Input {
			continue
		}
		least := l.rank[out[v][0]]
		for _, to := range out[v] {
			least = min(least, l.rank[to])
		}
		l.rank[v] = least - 1
	}
}

// mostBends limits the vertices that long edges add; the edges past it are drawn
// straight.
const mostBends = 60_000

// split makes a vertex where an edge passes a layer.
func (l *layout) split() {
	l.paths = make([][]int, len(l.edges))
	bends := 0
	for i, e := range l.edges {
		path := []int{e.From}
		if long := l.rank[e.To] - l.rank[e.From] - 1; bends+long <= mostBends {
			bends += long
			for r := l.rank[e.From] + 1; r < l.rank[e.To]; r++ {
				path = append(path, len(l.rank))
				l.rank = append(l.rank, r)
			}
		}
		l.paths[i] = append(path, e.To)
	}
	l.in, l.out = make([][]int, len(l.rank)), make([][]int, len(l.rank))
	for _, path := range l.paths {
		for k := 1; k < len(path); k++ {
			from, to := path[k-1], path[k]
			if l.rank[to] != l.rank[from]+1 { // past mostBends
				continue
			}
			l.out[from] = append(l.out[from], to)
			l.in[to] = append(l.in[to], from)
		}
	}
	if len(l.rank) > 0 {
		l.layers = make([][]int, slices.Max(l.rank)+1)
	}
	for v, r := range l.rank {
		l.layers[r] = append(l.layers[r], v)
	}
}
