package inspect

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/drawing"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("inspect").Funcs(template.FuncMap{
	"size": terminal.Bytes, "printable": terminal.Printable, "long": isLong,
}).Parse(pageText))

const (
	mostDrawn = 2_000   // nodes of a graph
	mostPage  = 4 << 20 // bytes of drawings
	mostRows  = 300     // of a list
	mostGraph = 300     // sections with graphs
)

// isLong says that a cell may take several lines.
func isLong(cell string) bool { return utf8.RuneCountInString(cell) > 40 }

// drawnGraph is a section of the page.
type drawnGraph struct {
	Title     string
	Nodes     int
	Collapsed int // nodes that are drawn, if they are fewer
	SVG       template.HTML
	Open      bool
}

// writePage writes the report as a page of its own.
func writePage(path string, r *Report) error {
	view := struct {
		Path, Title string
		Bytes       int64
		Sections    []reportSection
		Style       template.CSS
		Graphs      []drawnGraph
		MoreGraphs  int
		Bars        []operatorBar
	}{Path: r.Path, Title: r.Format.Title(), Bytes: r.Bytes, Sections: r.sections(mostRows), Style: template.CSS(drawing.Style)}
	if r.graphs != nil {
		graphs := r.graphs()
		view.Graphs = drawAll(graphs[:min(len(graphs), mostGraph)])
		view.MoreGraphs = len(graphs) - len(view.Graphs)
	}
	if r.ModelFacts != nil {
		view.Bars = operatorBars(r.Operators)
	}
	var b strings.Builder
	if err := page.Execute(&b, view); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteFile(path, atomicfile.Bytes([]byte(b.String())))
}

// drawAll draws graphs until the page is full; small ones are drawn whole.
func drawAll(graphs []*drawing.Graph) (out []drawnGraph) {
	left, most := mostPage, mostDrawn
	opened := false
	for i, g := range graphs {
		d := drawnGraph{Title: g.Title, Nodes: len(g.Nodes), Open: i == 0 || !opened && i < 6}
		opened = opened || len(g.Nodes) >= 12 // one that shows something
		if len(g.Nodes) > 0 && left > 0 {
			small := g.Collapse(most)
			svg := drawing.SVG(small)
			for len(svg) > left && len(small.Nodes) > 50 {
				small = g.Collapse(len(small.Nodes) / 2)
				svg = drawing.SVG(small)
			}
			if len(svg) <= left {
				left -= len(svg)
				d.SVG = template.HTML(svg)
			}
			if len(small.Nodes) < len(g.Nodes) {
				d.Collapsed = len(small.Nodes)
			}
		}
		out = append(out, d)
		if opened {
			most = 600 // the first is the one looked at
		}
	}
	return out
}

// operatorBar shows how often an operator occurs.
type operatorBar struct {
	OperatorFacts
	Percent int // of the most frequent
}

func operatorBars(operators []OperatorFacts) (out []operatorBar) {
	for _, o := range operators[:min(len(operators), 30)] {
		out = append(out, operatorBar{o, max(1, 100*o.Count/operators[0].Count)})
	}
	return out
}
