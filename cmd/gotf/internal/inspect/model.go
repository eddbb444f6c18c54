package inspect

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf"
)

// sections show a model.
func (m *ModelFacts) sections(most int, total *WeightTotals) []reportSection {
	out := []reportSection{{Table: m.summary(total)}}
	for _, s := range m.Signatures {
		out = append(out, reportSection{"signature " + terminal.Printable(s.Key), portsTable(s.Inputs, s.Outputs), true})
	}
	if len(m.Signatures) == 0 && len(m.Inputs)+len(m.Outputs) > 0 {
		out = append(out, reportSection{"inputs and outputs", portsTable(m.Inputs, m.Outputs), true})
	}
	out = weightsSection(out, "variables", m.Variables, most)
	out = weightsSection(out, "constants", m.Constants, most)
	out = partsSection(out, "metadata", m.Metadata, most)
	return partsSection(out, "files inside", m.Files, most)
}

func (m *ModelFacts) summary(total *WeightTotals) (t terminal.Table) {
	if about := m.Model; about != nil {
		t.Line("model", terminal.Printable(strings.TrimSpace(about.Name+" "+about.Version)))
		t.Line("about", clipLine(terminal.Printable(about.Description)))
		t.Line("author", clipLine(terminal.Printable(about.Author)))
		t.Line("licence", clipLine(terminal.Printable(about.License)))
	}
	t.Line("metadata", terminal.Printable(m.MetadataError))
	t.Line("description", terminal.Printable(m.Description))
	switch {
	case m.Producer == "":
	case m.Subgraphs != nil:
		t.Line("runtime", terminal.Printable(m.Producer)+" or newer")
	case m.Layers != nil:
		t.Line("written by", "Keras "+terminal.Printable(m.Producer))
	default:
		t.Line("written by", "TensorFlow "+terminal.Printable(m.Producer))
	}
	t.Line("tags", terminal.Printable(strings.Join(m.TagSet, ", ")))
	if len(m.TagSets) > 1 {
		t.Line("parts", fmt.Sprintf("%d: %q", len(m.TagSets), m.TagSets))
	}
	t.Line("parameters", total.text())
	if m.Layers != nil {
		t.Line("layers", layersText(m.Layers))
	} else {
		t.Line("operators", m.operatorsText())
	}
	t.Line("quantization", m.quantizationText())
	return t
}

func (t *WeightTotals) text() string {
	if t == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s)", terminal.Thousands(t.Parameters), terminal.Bytes(t.WeightBytes))
}

func portsTable(inputs, outputs []TensorFacts) (t terminal.Table) {
	for _, p := range inputs {
		note := p.Quantization.Text()
		if p.Optional {
			note = "has a default"
		}
		t.Add("input", terminal.Printable(p.Name), p.DType, ShapeText(p.Shape), note)
	}
	for _, p := range outputs {
		t.Add("output", terminal.Printable(p.Name), p.DType, ShapeText(p.Shape), p.Quantization.Text())
	}
	return t
}

// ShapeText is a shape for people.
func ShapeText(s tf.Shape) string {
	if s == nil {
		return "unknown rank"
	}
	if n := len(s); n > mostDimensions {
		return fmt.Sprintf("%s, ...) of %d dimensions", strings.TrimSuffix(s[:mostDimensions].String(), ")"), n)
	}
	return s.String()
}

// mostDimensions is how many of a shape are printed; TensorFlow's have 254 at
// most, and hardly any more than eight.
const mostDimensions = 16

// Text is for people, "" of nil.
func (q *QuantizationFacts) Text() string {
	switch {
	case q == nil:
		return ""
	case len(q.Scale) == 1:
		return fmt.Sprintf("scale %v, zero point %d", q.Scale[0], q.ZeroPoint[0])
	}
	return fmt.Sprintf("%d scales along dimension %d", len(q.Scale), q.Dimension)
}

// quantizationText says in what types the constants of a .tflite file are stored.
func (m *ModelFacts) quantizationText() string {
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
		parts = append(parts, fmt.Sprintf("%s %s", terminal.Bytes(bytes[n]), n))
	}
	return strings.Join(parts, ", ")
}

func (m *ModelFacts) operatorsText() string {
	var parts []string
	for i, o := range m.Operators {
		if i == terminal.MostLines {
			parts = append(parts, fmt.Sprintf("and %d more kinds", len(m.Operators)-i))
			break
		}
		custom := map[bool]string{true: " (custom)"}[o.Custom]
		parts = append(parts, fmt.Sprintf("%d %s%s", o.Count, terminal.Printable(o.Name), custom))
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
		text += fmt.Sprintf("; %d in the graph, %d in %s", m.Nodes-inside, inside, terminal.Count(len(m.Functions), "function"))
	}
	return text
}

func layersText(layers []layerFacts) string {
	var parts []string
	for i, l := range layers {
		if i == terminal.MostLines {
			parts = append(parts, fmt.Sprintf("and %d more", len(layers)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", terminal.Printable(l.Name), terminal.Printable(l.Class)))
	}
	return fmt.Sprintf("%d: %s", len(layers), strings.Join(parts, ", "))
}

// weightsSection shows the largest weights.
func weightsSection(out []reportSection, title string, all []WeightFacts, most int) []reportSection {
	if len(all) == 0 {
		return out
	}
	shown := sortedBy(all, func(f WeightFacts) int64 { return -f.Bytes })
	shown = shown[:min(len(shown), most)]
	t := terminal.Table{Right: map[int]bool{3: true}}
	for _, f := range shown {
		t.Add(terminal.ShortName(f.Name), f.DType, ShapeText(f.Shape), terminal.Bytes(f.Bytes), f.Quantization.Text())
	}
	return append(out, reportSection{title + terminal.OfMany(len(shown), len(all), "the largest"), t, false})
}

func partsSection(out []reportSection, title string, parts []partFacts, most int) []reportSection {
	if len(parts) == 0 {
		return out
	}
	shown := parts[:min(len(parts), most)]
	t := terminal.Table{Right: map[int]bool{1: true}}
	for _, p := range shown {
		lines := map[bool]string{true: terminal.Count(p.Lines, "line")}[p.Lines > 0]
		t.Add(terminal.Printable(p.Name), terminal.Bytes(p.Bytes), lines)
	}
	return append(out, reportSection{title + terminal.OfMany(len(shown), len(parts), "the first"), t, false})
}
