// Package npprint prints arrays as NumPy does.
package npprint

import (
	"strings"

	"github.com/gotf/gotf/internal/npy"
)

// How NumPy prints arrays by default.
const (
	printWidth = 75   // characters in a line
	printMost  = 1000 // values; of larger arrays only the edges are printed
	printEdge  = 3    // values at each edge
)

// Text is a as NumPy prints it.
func Text(a *npy.Array) string {
	n := 1
	for _, d := range a.Shape {
		n *= int(d)
	}
	if n == 0 {
		return "[]"
	}
	p := &printer{shape: a.Shape, edges: n > printMost}
	p.words = newFormatter(a, p.shown())
	if len(a.Shape) == 0 {
		return strings.TrimSpace(p.words(0))
	}
	return p.text(0, 0, " ", printWidth)
}

// printer lays out the values of an array.
type printer struct {
	shape []int64
	edges bool
	words func(i int) string // the value at a position in C order
}

// indices of dimension axis that are shown, -1 for what is left out.
func (p *printer) indices(axis int) (out []int) {
	n := int(p.shape[axis])
	for i := 0; i < n; i++ {
		if p.edges && n > 2*printEdge && i == printEdge {
			out = append(out, -1)
			i = n - printEdge
		}
		out = append(out, i)
	}
	return out
}

// shown lists the positions of the values that are printed.
func (p *printer) shown() []int {
	at := []int{0}
	for axis, d := range p.shape {
		var next []int
		for _, base := range at {
			for _, i := range p.indices(axis) {
				if i >= 0 {
					next = append(next, base*int(d)+i)
				}
			}
		}
		at = next
	}
	return at
}

// text prints the part of the array at axis whose first position in units of
// that part is base.
func (p *printer) text(axis, base int, indent string, width int) string {
	if axis == len(p.shape) {
		return p.words(base)
	}
	d := int(p.shape[axis])
	if axis < len(p.shape)-1 {
		var parts []string
		for _, i := range p.indices(axis) {
			part := "..."
			if i >= 0 {
				part = p.text(axis+1, base*d+i, indent+" ", width-1)
			}
			parts = append(parts, indent+part)
		}
		gap := strings.Repeat("\n", len(p.shape)-axis-1)
		return "[" + strings.Join(parts, gap)[len(indent):] + "]"
	}
	var done strings.Builder
	line := indent
	for k, i := range p.indices(axis) {
		word := "..."
		if i >= 0 {
			word = p.words(base*d + i)
		}
		if k > 0 {
			line += " "
		}
		if len(line)+len(word) > width-1 && len(line) > len(indent) {
			done.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += word
	}
	done.WriteString(line)
	return "[" + done.String()[len(indent):] + "]"
}
