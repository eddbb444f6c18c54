package inspect

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// drawTFLite makes a drawing of each subgraph.
func drawTFLite(s *tflite.Structure) (out []*drawing.Graph) {
	for i := range s.Subgraphs {
		title := s.Subgraphs[i].Name
		if title == "" {
			title = fmt.Sprintf("subgraph %d", i)
		}
		for _, d := range s.Signatures {
			if d.Subgraph == i {
				title += ", signature " + d.Key
			}
		}
		d := &tfliteDrawing{g: &s.Subgraphs[i], out: &drawing.Graph{Title: title}}
		d.draw()
		out = append(out, d.out)
	}
	return out
}

type tfliteDrawing struct {
	g    *tflite.Subgraph
	out  *drawing.Graph
	from map[int]int // node that computes a tensor

	// constants are the constants, and what operators unpack of them: they stand in
	// the tips of what uses them.
	constants map[int]*tflite.TensorDef
}

func (d *tfliteDrawing) draw() {
	d.from, d.constants = map[int]int{}, map[int]*tflite.TensorDef{}
	for i := range d.g.Tensors {
		if t := &d.g.Tensors[i]; t.Data != nil {
			d.constants[i] = t
		}
	}
	for _, t := range d.g.Inputs {
		d.from[t] = len(d.out.Nodes)
		d.end(drawing.Input, t)
	}
	for i := range d.g.Operators {
		d.operator(&d.g.Operators[i])
	}
	for _, t := range d.g.Outputs {
		at := len(d.out.Nodes)
		d.end(drawing.Output, t)
		d.edge(t, at)
	}
}

func (d *tfliteDrawing) end(class drawing.Class, tensor int) {
	t := &d.g.Tensors[tensor]
	d.out.Nodes = append(d.out.Nodes, drawing.Node{Label: terminal.Printable(t.Name), Note: tensorText(t), Tip: string(class) + " " + tensorTip(t), Class: class})
}

// edge leads from what computes a tensor to a node.
func (d *tfliteDrawing) edge(tensor, to int) {
	if from, ok := d.from[tensor]; ok {
		d.out.Edges = append(d.out.Edges, drawing.Edge{From: from, To: to, Tip: tensorTip(&d.g.Tensors[tensor])})
	}
}

// unpacks reports whether an operator only turns a constant into another form.
func (d *tfliteDrawing) unpacks(o *tflite.Operator) bool {
	return (o.Name == "DEQUANTIZE" || o.Name == "DENSIFY") && len(o.Inputs) == 1 && len(o.Outputs) == 1 && d.constants[o.Inputs[0]] != nil
}

func (d *tfliteDrawing) operator(o *tflite.Operator) {
	if d.unpacks(o) {
		d.constants[o.Outputs[0]] = d.constants[o.Inputs[0]]
		return
	}
	at := len(d.out.Nodes)
	n := drawing.Node{Label: terminal.Printable(o.Name), Class: drawing.Op}
	if o.Custom {
		n.Class = drawing.Custom
	}
	lines := []string{o.Name}
	var largest tf.Shape // of the weights
	for _, t := range o.Inputs {
		if t < 0 {
			continue
		}
		d.edge(t, at)
		if def := d.constants[t]; def != nil {
			if def.DType != tf.Int32 && def.DType != tf.Int64 && len(def.Shape) > len(largest) {
				largest = def.Shape
			}
			lines = append(lines, "constant "+tensorTip(def))
		} else {
			lines = append(lines, "in "+tensorTip(&d.g.Tensors[t]))
		}
	}
	for _, t := range o.Outputs {
		if t >= 0 {
			d.from[t] = at
			n.Scope = d.g.Tensors[t].Name
			lines = append(lines, "out "+tensorTip(&d.g.Tensors[t]))
		}
	}
	for _, option := range o.Options {
		lines = append(lines, clipLine(fmt.Sprintf("%s = %v", option.Name, option.Value)))
	}
	if n.Tip = tipText(lines); largest != nil {
		n.Note = "weights " + shapeDims(largest)
	}
	d.out.Nodes = append(d.out.Nodes, n)
}

const mostTip = 24 // lines

// tipText joins lines for a tip, not too many.
func tipText(lines []string) string {
	if len(lines) > mostTip {
		lines = append(lines[:mostTip:mostTip], "...")
	}
	return strings.Join(lines, "\n")
}

// clipLine shortens a long line.
func clipLine(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:97]) + "..."
	}
	return s
}

// shapeDims is a shape as pictures have it: 1×28×28.
func shapeDims(s tf.Shape) string {
	var parts []string
	for _, d := range s {
		if d < 0 {
			parts = append(parts, "?")
		} else {
			parts = append(parts, fmt.Sprint(d))
		}
	}
	return strings.Join(parts, "×")
}

func tensorText(t *tflite.TensorDef) string {
	return t.DType.String() + " " + shapeDims(t.ShapeSignature)
}

func tensorTip(t *tflite.TensorDef) string {
	text := clipLine(terminal.Printable(t.Name)) + ": " + tensorText(t)
	if q := QuantizationOf(t.Quantization).Text(); q != "" {
		text += ", " + q
	}
	return text
}
