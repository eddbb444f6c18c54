package drawing

import (
	"fmt"
	"html"
	"strings"
)

// Sizes, in pixels.
const (
	gapX       = 18.0
	gapY       = 34.0
	margin     = 16.0
	lineHeight = 15.0
	padding    = 9.0  // beside a label
	boxPadding = 8.0  // above and below, together
	noteSize   = 0.95 // of the label's size
	leastWidth = 56.0
	mostChars  = 34
	bendWidth  = 6.0
)

// Style is the CSS of the pictures, light and dark.
const Style = `
.graph { --box: #fff; --text: #1c1c1a; --note: #6b6a66; --edge: #a9a8a2; --op: #2a78d6; --end: #2b8a57; --constant: #8a8983; --custom: #c2571f; --group: #7a56c2; }
@media (prefers-color-scheme: dark) { .graph { --box: #242423; --text: #f0efec; --note: #a3a29c; --edge: #63625d; --op: #5a9ee8; --end: #58b986; --constant: #8f8e88; --custom: #e0824f; --group: #a88be6; } }
.graph rect { fill: var(--box); stroke: var(--op); stroke-width: 1.2; }
.graph .input rect, .graph .output rect { stroke: var(--end); stroke-width: 2; }
.graph .constant rect { stroke: var(--constant); stroke-dasharray: 3 2; }
.graph .custom rect { stroke: var(--custom); stroke-width: 2; }
.graph .group rect { stroke: var(--group); stroke-width: 2; }
.graph text { font: 500 12px system-ui, sans-serif; fill: var(--text); text-anchor: middle; }
.graph text.note { font: 10.5px system-ui, sans-serif; fill: var(--note); }
.graph path { fill: none; stroke: var(--edge); stroke-width: 1.1; }
.graph path.back { stroke-dasharray: 4 3; }
.graph path:hover { stroke: var(--op); stroke-width: 2.4; }
.graph g:hover rect { stroke-width: 2.6; }
.graph marker path { fill: var(--edge); stroke: none; }
`

// SVG draws the graph. The names it holds are escaped.
func SVG(g *Graph) string {
	l := &layout{g: g, edges: g.valid()}
	l.acyclic()
	l.rankNodes()
	l.split()
	l.measure()
	l.order()
	l.columns()
	return l.draw()
}

// measure gives each vertex its width.
func (l *layout) measure() {
	l.width = make([]float64, len(l.rank))
	for v := range l.width {
		l.width[v] = bendWidth
		if v < len(l.g.Nodes) {
			n := l.g.Nodes[v]
			l.width[v] = max(leastWidth, textWidth(n.Label)+2*padding, noteSize*textWidth(n.Note)+2*padding)
		}
	}
}

// textWidth is about the width of a label. The fonts differ, so it is not small.
func textWidth(s string) (w float64) {
	for _, c := range short(s) {
		switch {
		case strings.ContainsRune("iljtf.,:;'|()[] I1", c):
			w += 4.6
		case c == 'm' || c == 'w' || c == 'M' || c == 'W' || c > 0x2000:
			w += 11
		case c >= 'A' && c <= 'Z':
			w += 8.7
		default:
			w += 7.3
		}
	}
	return w
}

// short cuts a text in its middle: names differ at their ends.
func short(s string) string {
	r := []rune(s)
	if len(r) <= mostChars {
		return s
	}
	return string(r[:mostChars/2-1]) + "…" + string(r[len(r)-mostChars/2:])
}

func (l *layout) height(v int) float64 {
	if v < len(l.g.Nodes) && l.g.Nodes[v].Note != "" {
		return 2*lineHeight + boxPadding
	}
	return lineHeight + boxPadding
}

func (l *layout) draw() string {
	top := make([]float64, len(l.layers)) // of each layer
	tall := make([]float64, len(l.layers))
	y, right := margin, 0.0
	for r, layer := range l.layers {
		top[r], tall[r] = y, lineHeight+boxPadding
		for _, v := range layer {
			tall[r] = max(tall[r], l.height(v))
			right = max(right, l.x[v]+l.width[v]/2)
		}
		y += tall[r] + gapY
	}
	width, height := right+margin, y-gapY+margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="graph" xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`,
		width, height, width, height, html.EscapeString(l.g.Title))
	b.WriteString(`<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>` + "\n")
	for i := range l.edges {
		l.drawEdge(&b, i, top, tall)
	}
	for v := range l.g.Nodes {
		l.drawNode(&b, v, top[l.rank[v]]+(tall[l.rank[v]]-l.height(v))/2)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (l *layout) drawNode(b *strings.Builder, v int, y float64) {
	n, x, w, h := l.g.Nodes[v], l.x[v], l.width[v], l.height(v)
	fmt.Fprintf(b, `<g class="%s"><title>%s</title><rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="5"/>`,
		html.EscapeString(string(n.Class)), html.EscapeString(n.Tip), x-w/2, y, w, h)
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f">%s</text>`, x, y+lineHeight, html.EscapeString(short(n.Label)))
	if n.Note != "" {
		fmt.Fprintf(b, `<text class="note" x="%.0f" y="%.0f">%s</text>`, x, y+2*lineHeight-1, html.EscapeString(short(n.Note)))
	}
	b.WriteString("</g>\n")
}

// drawEdge draws a smooth line: between layers it is a curve that begins and
// ends upright, through a layer it goes straight down.
func (l *layout) drawEdge(b *strings.Builder, i int, top, tall []float64) {
	path := l.paths[i]
	first, last := path[0], path[len(path)-1]
	y := top[l.rank[first]] + (tall[l.rank[first]]+l.height(first))/2
	class := ""
	ends := `marker-end="url(#tip)"`
	if l.turned[i] {
		class, ends = ` class="back"`, `marker-start="url(#tip)"`
	}
	fmt.Fprintf(b, `<path%s %s d="M%.0f %.0f`, class, ends, l.x[first], y)
	for k := 1; k < len(path); k++ {
		v := path[k]
		from, to := l.x[path[k-1]], l.x[v]
		end := top[l.rank[v]]
		if v == last {
			end += (tall[l.rank[v]] - l.height(v)) / 2
		}
		bend := min((end-y)/2, 2*gapY)
		fmt.Fprintf(b, `C%.0f %.0f %.0f %.0f %.0f %.0f`, from, y+bend, to, end-bend, to, end)
		if y = end; v != last {
			y = top[l.rank[v]] + tall[l.rank[v]]
			fmt.Fprintf(b, `V%.0f`, y)
		}
	}
	b.WriteString(`">`)
	if tip := l.edges[i].Tip; tip != "" {
		fmt.Fprintf(b, `<title>%s</title>`, html.EscapeString(tip))
	}
	b.WriteString("</path>\n")
}
