package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// diffStructure is how two models differ without their numbers.
type diffStructure struct {
	Same      bool         `json:"same"`
	Changes   []diffChange `json:"changes"`   // of signatures, inputs, outputs
	Operators []diffCount  `json:"operators"` // whose counts differ, of two models of one kind
}

// diffChange is something that one side has, or has otherwise: A or B is "" where
// it is missing.
type diffChange struct {
	What string `json:"what"` // "signature \"f\"", "input \"x\" of \"serve\""
	A    string `json:"a"`
	B    string `json:"b"`
}

type diffCount struct {
	Name string `json:"name"`
	A    int    `json:"a"`
	B    int    `json:"b"`
}

func compareStructure(a, b *inspection) *diffStructure {
	d := &diffStructure{Changes: []diffChange{}, Operators: []diffCount{}}
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

func (d *diffStructure) signatures(a, b []signatureFacts) {
	find := func(in []signatureFacts, key string) *signatureFacts {
		i := slices.IndexFunc(in, func(s signatureFacts) bool { return s.Key == key })
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
			d.Changes = append(d.Changes, diffChange{fmt.Sprintf("signature %q", s.Key), s.text(), ""})
		}
	}
	for _, s := range b {
		if find(a, s.Key) == nil {
			d.Changes = append(d.Changes, diffChange{fmt.Sprintf("signature %q", s.Key), "", s.text()})
		}
	}
}

func (s *signatureFacts) text() string {
	return fmt.Sprintf("%d inputs, %d outputs", len(s.Inputs), len(s.Outputs))
}

func (d *diffStructure) ports(kind, key string, a, b []tensorFacts) {
	texts := func(all []tensorFacts) (map[string]string, []string) {
		by, names := map[string]string{}, []string{}
		for _, t := range all {
			by[t.Name] = t.text()
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
			d.Changes = append(d.Changes, diffChange{what, x[name], y[name]})
		}
	}
}

// pairs compares inputs or outputs whose names may differ.
func (d *diffStructure) pairs(kind string, a, b []tensorFacts) {
	pairs, err := pairPorts(kind, a, b)
	if err != nil {
		d.ports(kind, "", a, b)
		return
	}
	for _, p := range pairs {
		if p.a.DType == unknownType || p.a.Shape == nil && p.a.DType == p.b.DType {
			p.a = p.b // a graph's nodes do not tell
		} else if p.b.DType == unknownType || p.b.Shape == nil && p.a.DType == p.b.DType {
			p.b = p.a
		}
		if x, y := p.a.text(), p.b.text(); x != y {
			d.Changes = append(d.Changes, diffChange{fmt.Sprintf("%s %q", kind, p.a.Name), x, y})
		}
	}
}

func (t *tensorFacts) text() string {
	text := t.DType + " " + t.Shape.String()
	if q := t.Quantization.text(); q != "" {
		text += ", " + q
	}
	return text
}

func (d *diffStructure) counts(a, b []operatorFacts) {
	in := func(all []operatorFacts) (map[string]int, []string) {
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
			d.Operators = append(d.Operators, diffCount{name, x[name], y[name]})
		}
	}
}

func (d *diffStructure) summary() string {
	var parts []string
	for _, kind := range []string{"signature", "input", "output"} {
		n := 0
		for _, c := range d.Changes {
			if strings.HasPrefix(c.What, kind) {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, countOf(n, kind))
		}
	}
	if n := len(d.Operators); n > 0 {
		parts = append(parts, "counts of "+countOf(n, "kind")+" of operator")
	}
	return strings.Join(parts, ", ")
}

func (d *diffStructure) text(w io.Writer) {
	if len(d.Changes) > 0 {
		fmt.Fprintln(w, "\nsignatures")
		var t textTable
		for _, c := range d.Changes[:min(len(d.Changes), 2*mostLines)] {
			t.add(printable(c.What), "A: "+missing(c.A), "B: "+missing(c.B))
		}
		t.print(w, "  ")
	}
	if len(d.Operators) == 0 {
		return
	}
	shown := d.Operators[:min(len(d.Operators), 2*mostLines)]
	fmt.Fprintf(w, "\noperators%s\n", ofMany(len(shown), len(d.Operators), "the first"))
	t := textTable{right: map[int]bool{1: true, 2: true}}
	for _, c := range shown {
		t.add(printable(c.Name), fmt.Sprintf("A: %d", c.A), fmt.Sprintf("B: %d", c.B))
	}
	t.print(w, "  ")
}

func missing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
