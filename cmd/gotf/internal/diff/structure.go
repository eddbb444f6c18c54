package diff

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// structure is how two models differ without their numbers.
type structure struct {
	Same      bool     `json:"same"`
	Changes   []change `json:"changes"`   // of signatures, inputs, outputs
	Operators []count  `json:"operators"` // whose counts differ, of two models of one kind
}

// change is something that one side has, or has otherwise: A or B is "" where
// it is missing.
type change struct {
	What string `json:"what"` // "signature \"f\"", "input \"x\" of \"serve\""
	A    string `json:"a"`
	B    string `json:"b"`
}

type count struct {
	Name string `json:"name"`
	A    int    `json:"a"`
	B    int    `json:"b"`
}

func compareStructure(a, b *inspect.Report) *structure {
	d := &structure{Changes: []change{}, Operators: []count{}}
	switch {
	case a.Format != b.Format: // the other signatures need not be converted
		d.pairs("input", a.Inputs, b.Inputs)
		d.pairs("output", a.Outputs, b.Outputs)
	case len(a.Signatures)+len(b.Signatures) == 0:
		d.ports("input", "", a.Inputs, b.Inputs)
		d.ports("output", "", a.Outputs, b.Outputs)
	default:
		d.signatures(a.Signatures, b.Signatures)
	}
	if a.Format == b.Format {
		d.counts(a.Operators, b.Operators)
	}
	d.Same = len(d.Changes) == 0 && len(d.Operators) == 0
	return d
}

func (d *structure) signatures(a, b []inspect.SignatureFacts) {
	find := func(in []inspect.SignatureFacts, key string) *inspect.SignatureFacts {
		i := slices.IndexFunc(in, func(s inspect.SignatureFacts) bool { return s.Key == key })
		if i < 0 {
			return nil
		}
		return &in[i]
	}
	for _, s := range a {
		if other := find(b, s.Key); other != nil {
			d.ports("input", s.Key, s.Inputs, other.Inputs)
			d.ports("output", s.Key, s.Outputs, other.Outputs)
		} else {
			d.Changes = append(d.Changes, change{fmt.Sprintf("signature %q", s.Key), signatureText(s), ""})
		}
	}
	for _, s := range b {
		if find(a, s.Key) == nil {
			d.Changes = append(d.Changes, change{fmt.Sprintf("signature %q", s.Key), "", signatureText(s)})
		}
	}
}

func signatureText(s inspect.SignatureFacts) string {
	return fmt.Sprintf("%d inputs, %d outputs", len(s.Inputs), len(s.Outputs))
}

func (d *structure) ports(kind, key string, a, b []inspect.TensorFacts) {
	texts := func(all []inspect.TensorFacts) (map[string]string, []string) {
		by, names := map[string]string{}, []string{}
		for _, t := range all {
			by[t.Name] = portText(t)
			names = append(names, t.Name)
		}
		return by, names
	}
	x, names := texts(a)
	y, more := texts(b)
	for _, name := range more {
		if x[name] == "" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if x[name] != y[name] {
			what := fmt.Sprintf("%s %q", kind, name)
			if key != "" {
				what += fmt.Sprintf(" of %q", key)
			}
			d.Changes = append(d.Changes, change{what, x[name], y[name]})
		}
	}
}

// pairs compares inputs or outputs whose names may differ.
func (d *structure) pairs(kind string, a, b []inspect.TensorFacts) {
	pairs, err := pairPorts(kind, a, b)
	if err != nil {
		d.ports(kind, "", a, b)
		return
	}
	for _, p := range pairs {
		if p.a.DType == inspect.UnknownType || p.a.Shape == nil && p.a.DType == p.b.DType {
			p.a = p.b // a graph's nodes do not tell
		} else if p.b.DType == inspect.UnknownType || p.b.Shape == nil && p.a.DType == p.b.DType {
			p.b = p.a
		}
		if x, y := portText(p.a), portText(p.b); x != y {
			d.Changes = append(d.Changes, change{fmt.Sprintf("%s %q", kind, p.a.Name), x, y})
		}
	}
}

func portText(t inspect.TensorFacts) string {
	text := t.DType + " " + inspect.ShapeText(t.Shape)
	if q := t.Quantization.Text(); q != "" {
		text += ", " + q
	}
	return text
}

func (d *structure) counts(a, b []inspect.OperatorFacts) {
	in := func(all []inspect.OperatorFacts) (map[string]int, []string) {
		by, names := map[string]int{}, []string{}
		for _, o := range all {
			by[o.Name] = o.Count
			names = append(names, o.Name)
		}
		return by, names
	}
	x, names := in(a)
	y, more := in(b)
	names = append(names, more...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if x[name] != y[name] {
			d.Operators = append(d.Operators, count{name, x[name], y[name]})
		}
	}
}

func (d *structure) summary() string {
	var parts []string
	for _, kind := range []string{"signature", "input", "output"} {
		n := 0
		for _, c := range d.Changes {
			if strings.HasPrefix(c.What, kind) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, terminal.Count(n, kind))
		}
	}
	if n := len(d.Operators); n > 0 {
		parts = append(parts, "counts of "+terminal.Count(n, "kind")+" of operator")
	}
	return strings.Join(parts, ", ")
}

func (d *structure) text(w io.Writer) {
	if len(d.Changes) > 0 {
		fmt.Fprintln(w, "\nsignatures")
		var t terminal.Table
		for _, c := range d.Changes[:min(len(d.Changes), 2*terminal.MostLines)] {
			t.Add(terminal.Printable(c.What), "A: "+missing(c.A), "B: "+missing(c.B))
		}
		t.Print(w, "  ")
	}
	if len(d.Operators) == 0 {
		return
	}
	shown := d.Operators[:min(len(d.Operators), 2*terminal.MostLines)]
	fmt.Fprintf(w, "\noperators%s\n", terminal.OfMany(len(shown), len(d.Operators), "the first"))
	t := terminal.Table{Right: map[int]bool{1: true, 2: true}}
	for _, c := range shown {
		t.Add(terminal.Printable(c.Name), fmt.Sprintf("A: %d", c.A), fmt.Sprintf("B: %d", c.B))
	}
	t.Print(w, "  ")
}

func missing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
