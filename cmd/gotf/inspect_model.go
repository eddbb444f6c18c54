package main

import (
	"fmt"
	"strings"
)

// sections show a model.
func (m *modelFacts) sections(most int, total *weightTotals) []reportSection {
	out := []reportSection{{Table: m.summary(total)}}
	for _, s := range m.Signatures {
		out = append(out, reportSection{"signature " + printable(s.Key), portsTable(s.Inputs, s.Outputs), true})
	}
	if len(m.Signatures) == 0 && len(m.Inputs)+len(m.Outputs) > 0 {
		out = append(out, reportSection{"inputs and outputs", portsTable(m.Inputs, m.Outputs), true})
	}
	out = weightsSection(out, "variables", m.Variables, most)
	out = weightsSection(out, "constants", m.Constants, most)
	out = partsSection(out, "metadata", m.Metadata, most)
	return partsSection(out, "files inside", m.Files, most)
}

func (m *modelFacts) summary(total *weightTotals) (t textTable) {
	if about := m.Model; about != nil {
		t.line("model", printable(strings.TrimSpace(about.Name+" "+about.Version)))
		t.line("about", clipLine(printable(about.Description)))
		t.line("author", clipLine(printable(about.Author)))
		t.line("licence", clipLine(printable(about.License)))
	}
	t.line("metadata", printable(m.MetadataError))
	t.line("description", printable(m.Description))
	switch {
	case m.Producer == "":
	case m.Subgraphs != nil:
		t.line("runtime", printable(m.Producer)+" or newer")
	case m.Layers != nil:
		t.line("written by", "Keras "+printable(m.Producer))
	default:
		t.line("written by", "TensorFlow "+printable(m.Producer))
	}
	t.line("tags", printable(strings.Join(m.TagSet, ", ")))
	if len(m.TagSets) > 1 {
		t.line("parts", fmt.Sprintf("%d: %q", len(m.TagSets), m.TagSets))
	}
	t.line("parameters", total.text())
	if m.Layers != nil {
		t.line("layers", layersText(m.Layers))
	} else {
		t.line("operators", m.operatorsText())
	}
	t.line("quantization", m.quantizationText())
	return t
}

func (t *weightTotals) text() string {
	if t == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s)", thousands(t.Parameters), bytesText(t.WeightBytes))
}

func portsTable(inputs, outputs []tensorFacts) (t textTable) {
	for _, p := range inputs {
		t.add("input", printable(p.Name), p.DType, p.Shape.String(), p.Quantization.text())
	}
	for _, p := range outputs {
		t.add("output", printable(p.Name), p.DType, p.Shape.String(), p.Quantization.text())
	}
	return t
}

func (q *quantizationFacts) text() string {
	switch {
	case q == nil:
		return ""
	case len(q.Scale) == 1:
		return fmt.Sprintf("scale %v, zero point %d", q.Scale[0], q.ZeroPoint[0])
	}
	return fmt.Sprintf("%d scales along dimension %d", len(q.Scale), q.Dimension)
}

// quantizationText says in what types the constants of a .tflite file are stored.
func (m *modelFacts) quantizationText() string {
	bytes := map[string]int64{}
	var names []string
	for _, c := range m.Constants {
		name := c.DType
		if c.Quantization != nil {
			name += map[bool]string{true: " by channel", false: " by tensor"}[len(c.Quantization.Scale) > 1]
		}
		if bytes[name] == 0 {
			names = append(names, name)
		}
		bytes[name] += c.Bytes
	}
	if m.Subgraphs == nil || len(names) == 0 {
		return ""
	}
	var parts []string
	for _, n := range sortedBy(names, func(n string) int64 { return -bytes[n] }) {
		parts = append(parts, fmt.Sprintf("%s %s", bytesText(bytes[n]), n))
	}
	return strings.Join(parts, ", ")
}

func (m *modelFacts) operatorsText() string {
	var parts []string
	for i, o := range m.Operators {
		if i == mostLines {
			parts = append(parts, fmt.Sprintf("and %d more kinds", len(m.Operators)-i))
			break
		}
		custom := map[bool]string{true: " (custom)"}[o.Custom]
		parts = append(parts, fmt.Sprintf("%d %s%s", o.Count, printable(o.Name), custom))
	}
	text := fmt.Sprintf("%d: %s", m.Nodes, strings.Join(parts, ", "))
	if n := len(m.Subgraphs); n > 1 {
		text += fmt.Sprintf("; in %d subgraphs", n)
	}
	if len(m.Functions) > 0 {
		inside := 0
		for _, f := range m.Functions {
			inside += f.Operators
		}
		text += fmt.Sprintf("; %d in the graph, %d in %s", m.Nodes-inside, inside, countOf(len(m.Functions), "function"))
	}
	return text
}

func layersText(layers []layerFacts) string {
	var parts []string
	for i, l := range layers {
		if i == mostLines {
			parts = append(parts, fmt.Sprintf("and %d more", len(layers)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", printable(l.Name), printable(l.Class)))
	}
	return fmt.Sprintf("%d: %s", len(layers), strings.Join(parts, ", "))
}

// weightsSection shows the largest weights.
func weightsSection(out []reportSection, title string, all []weightFacts, most int) []reportSection {
	if len(all) == 0 {
		return out
	}
	shown := sortedBy(all, func(f weightFacts) int64 { return -f.Bytes })
	shown = shown[:min(len(shown), most)]
	t := textTable{right: map[int]bool{3: true}}
	for _, f := range shown {
		t.add(shortName(f.Name), f.DType, f.Shape.String(), bytesText(f.Bytes), f.Quantization.text())
	}
	return append(out, reportSection{title + ofMany(len(shown), len(all), "the largest"), t, false})
}

func partsSection(out []reportSection, title string, parts []partFacts, most int) []reportSection {
	if len(parts) == 0 {
		return out
	}
	shown := parts[:min(len(parts), most)]
	t := textTable{right: map[int]bool{1: true}}
	for _, p := range shown {
		lines := map[bool]string{true: countOf(p.Lines, "line")}[p.Lines > 0]
		t.add(printable(p.Name), bytesText(p.Bytes), lines)
	}
	return append(out, reportSection{title + ofMany(len(shown), len(parts), "the first"), t, false})
}
