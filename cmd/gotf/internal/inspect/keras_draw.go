package inspect

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/drawing"
)

// mostModels is how many models inside of models are drawn, one in another.
const mostModels = 8

// drawKeras makes a drawing of a model's layers, and of those of the models
// among them.
func drawKeras(l *kerasLayer, depth int) (out []*drawing.Graph) {
	model := l.config()
	if len(model.Layers) == 0 || depth == mostModels {
		return nil
	}
	g := &drawing.Graph{Title: l.Class}
	if name := firstOf(model.Name, l.Name); name != "" {
		g.Title += " " + name
	}
	at := map[string]int{}
	for _, layer := range model.Layers {
		c := layer.config()
		name := firstOf(c.Name, layer.Name)
		at[name] = len(g.Nodes)
		n := drawing.Node{Label: terminal.Printable(layer.Class), Note: terminal.Printable(name), Class: drawing.Op}
		n.Tip = n.Label + " " + n.Note
		if shape := c.shape(); shape != nil {
			n.Tip += "\n" + c.dtype() + " " + shapeDims(shape)
		}
		if layer.Class == "InputLayer" {
			n.Class = drawing.Input
		}
		g.Nodes = append(g.Nodes, n)
	}
	for i, layer := range model.Layers {
		seen := map[int]bool{}
		for _, name := range callers(layer.Inbound) {
			if from, ok := at[name]; ok && !seen[from] {
				seen[from] = true
				g.Edges = append(g.Edges, drawing.Edge{From: from, To: i, Tip: terminal.Printable(name)})
			}
		}
		if i > 0 && l.Class == "Sequential" && len(seen) == 0 {
			g.Edges = append(g.Edges, drawing.Edge{From: i - 1, To: i})
		}
	}
	out = append(out, g)
	for _, layer := range model.Layers {
		out = append(out, drawKeras(&layer, depth+1)...)
	}
	return out
}

// callers are the layers whose outputs a layer takes, from the description of its
// calls: keras_history of Keras 3, ["name", 0, 0, {...}] of Keras 2.
func callers(v any) (names []string) {
	switch v := v.(type) {
	case []any:
		if name, ok := historyOf(v); ok {
			return []string{name}
		}
		for _, e := range v {
			names = append(names, callers(e)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			names = append(names, callers(v[key])...)
		}
	}
	return names
}

// historyOf is the layer of ["name", 0, 0].
func historyOf(v []any) (string, bool) {
	if len(v) < 3 {
		return "", false
	}
	name, ok := v[0].(string)
	_, node := v[1].(float64)
	_, tensor := v[2].(float64)
	return name, ok && node && tensor
}
