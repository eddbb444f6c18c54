package drawing

import (
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// chain is a graph of n nodes, one below the other, with edges besides.
func chain(n int, besides ...Edge) *Graph {
	g := &Graph{Title: "chain"}
	for i := range n {
		g.Nodes = append(g.Nodes, Node{Label: fmt.Sprintf("node %d", i), Class: Op})
		if i > 0 {
			g.Edges = append(g.Edges, Edge{From: i - 1, To: i})
		}
	}
	g.Edges = append(g.Edges, besides...)
	return g
}

// random is a graph of n nodes with about two edges each, some of them in
// cycles.
func random(n int, seed uint64) *Graph {
	rng := rand.New(rand.NewPCG(seed, 1))
	g := &Graph{Title: "random"}
	for i := range n {
		g.Nodes = append(g.Nodes, Node{Label: strings.Repeat("x", 1+rng.IntN(20)), Note: "note", Scope: fmt.Sprintf("a%d/b%d/c%d", i%3, i%40, i)})
		for range 2 {
			g.Edges = append(g.Edges, Edge{From: max(0, i-1-rng.IntN(12)), To: i})
		}
	}
	for range n / 10 {
		g.Edges = append(g.Edges, Edge{From: rng.IntN(n), To: rng.IntN(n)})
	}
	return g
}

func laidOut(g *Graph) *layout {
	l := &layout{g: g, edges: g.valid()}
	l.acyclic()
	l.rankNodes()
	l.split()
	l.measure()
	l.order()
	l.columns()
	return l
}

// TestLayout checks what makes a drawing readable: arrows lead down, and no
// boxes overlap.
func TestLayout(t *testing.T) {
	for seed := range uint64(20) {
		l := laidOut(random(5+int(seed)*10, seed))
		for i, e := range l.edges {
			if l.rank[e.From] >= l.rank[e.To] {
				t.Fatalf("seed %d: edge %d leads from layer %d to %d", seed, i, l.rank[e.From], l.rank[e.To])
			}
		}
		placed := 0
		for r, layer := range l.layers {
			for i, v := range layer {
				placed++
				if l.rank[v] != r {
					t.Fatalf("seed %d: vertex %d of layer %d stands in %d", seed, v, l.rank[v], r)
				}
				if i == 0 {
					continue
				}
				before := layer[i-1]
				if room := l.x[v] - l.width[v]/2 - (l.x[before] + l.width[before]/2); room < 1 {
					t.Fatalf("seed %d: %v between two of layer %d", seed, room, r)
				}
			}
		}
		if placed != len(l.rank) {
			t.Fatalf("seed %d: %d of %d vertices are placed", seed, placed, len(l.rank))
		}
	}
}

// TestOrder unties a graph that needs no crossings: two chains whose nodes come
// by turns and backwards.
func TestOrder(t *testing.T) {
	g := &Graph{Nodes: make([]Node, 12)}
	for i := range 4 {
		from, to := 2*i, 2*i+2
		if i%2 == 0 {
			g.Edges = append(g.Edges, Edge{From: from, To: to + 1}, Edge{From: from + 1, To: to})
		} else {
			g.Edges = append(g.Edges, Edge{From: from, To: to}, Edge{From: from + 1, To: to + 1})
		}
	}
	l := laidOut(g)
	place := make([]float64, len(l.rank))
	for _, layer := range l.layers {
		for i, v := range layer {
			place[v] = float64(i)
		}
	}
	if n := l.crossings(place); n != 0 {
		t.Errorf("%d crossings, want 0", n)
	}
}

func TestInversions(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		values := make([]int, rng.IntN(30))
		for i := range values {
			values[i] = rng.IntN(10)
		}
		want := 0
		for i := range values {
			for k := range i {
				if values[k] > values[i] {
					want++
				}
			}
		}
		if got := inversions(values, 10); got != want {
			t.Fatalf("%v: %d inversions, want %d", values, got, want)
		}
	}
}

// TestSVG draws strange graphs as well-formed XML.
func TestSVG(t *testing.T) {
	evil := chain(2)
	evil.Title, evil.Nodes[0].Label, evil.Nodes[1].Tip = `"><script>`, `</text><script>`, "a & b\n<c>"
	for name, g := range map[string]*Graph{
		"empty":   {},
		"one":     chain(1),
		"chain":   chain(5),
		"loop":    chain(3, Edge{From: 2, To: 0}, Edge{From: 1, To: 1}),
		"no ends": chain(3, Edge{From: -1, To: 7}, Edge{From: 99, To: 0}),
		"twice":   chain(3, Edge{From: 0, To: 1}, Edge{From: 0, To: 1}),
		"long":    chain(9, Edge{From: 0, To: 8, Tip: "far"}),
		"evil":    evil,
		"random":  random(100, 7),
	} {
		svg := SVG(g)
		boxes := 0
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in %s", name, err, svg)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
				boxes++
			} else if ok && e.Name.Local == "script" {
				t.Errorf("%s: a name became an element", name)
			}
		}
		if boxes != len(g.Nodes) {
			t.Errorf("%s: %d boxes for %d nodes", name, boxes, len(g.Nodes))
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: a coordinate is no number", name)
		}
	}
}

func TestCollapse(t *testing.T) {
	g := random(3000, 3)
	for _, most := range []int{2999, 1000, 100, 10, 2} {
		c := g.Collapse(most)
		if len(c.Nodes) > most || len(c.Nodes) < 2 || len(c.Edges) == 0 {
			t.Errorf("at most %d: %d nodes, %d edges", most, len(c.Nodes), len(c.Edges))
		}
	}
	if c := g.Collapse(3000); c != g {
		t.Error("a graph small enough was changed")
	}
	plain := chain(1000) // no scopes
	if c := plain.Collapse(300); len(c.Nodes) > 300 || !strings.Contains(c.Nodes[0].Note, "operators") {
		t.Errorf("without scopes: %d nodes, the first %+v", len(c.Nodes), c.Nodes[0])
	}
}

func TestWithout(t *testing.T) {
	g := chain(3)
	g.Nodes = append(g.Nodes, Node{Label: "alone"}, Node{Label: "last"})
	g.Edges = append(g.Edges, Edge{From: 2, To: 4})
	w := g.Without(func(int) bool { return true })
	if len(w.Nodes) != 4 || w.Nodes[3].Label != "last" || w.Edges[2] != (Edge{From: 2, To: 3}) {
		t.Errorf("nodes %v, edges %v", w.Nodes, w.Edges)
	}
}

// TestLarge draws the largest graph that is drawn whole in a reasonable time and
// size.
func TestLarge(t *testing.T) {
	start := time.Now()
	svg := SVG(random(2000, 9))
	if took := time.Since(start); took > 20*time.Second || len(svg) > 4<<20 {
		t.Errorf("%d bytes after %v", len(svg), took)
	}
	t.Logf("%d bytes after %v", len(svg), time.Since(start))
}
