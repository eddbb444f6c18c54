package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// valueRange is where the values of an input lie.
type valueRange struct {
	low, high float64
	whole     bool
	from      string // how it is known
}

// drawn says where the values of a random input came from.
type drawn struct {
	Input string       `json:"input"`
	Low   inspect.Real `json:"low"`
	High  inspect.Real `json:"high"`
	From  string       `json:"from,omitempty"` // the range of which quantization
}

// quantizedRanges are those of a signature's inputs that are quantized, or that
// the model quantizes first, as one for floats does: what it was calibrated on.
func quantizedRanges(path string, s *tflite.Signature) (map[string]valueRange, error) {
	facts, err := tflite.InspectFile(path)
	if err != nil {
		return nil, err
	}
	graph, tensors := 0, map[string]int{}
	for _, d := range facts.Signatures {
		if d.Key != s.Key {
			continue
		}
		graph = d.Subgraph
		for _, in := range d.Inputs {
			tensors[in.Name] = in.Tensor
		}
	}
	g := &facts.Subgraphs[graph]
	if len(tensors) == 0 {
		for _, t := range g.Inputs {
			tensors[g.Tensors[t].Name] = t
		}
	}
	ranges := map[string]valueRange{}
	for name, t := range tensors {
		if r, ok := rangeOfTensor(g, t); ok {
			ranges[name] = r
		}
	}
	return ranges, nil
}

func rangeOfTensor(g *tflite.Subgraph, t int) (valueRange, bool) {
	if len(g.Tensors[t].Quantization.Scales) == 0 {
		i := slices.IndexFunc(g.Operators, func(o tflite.Operator) bool {
			return o.Name == "QUANTIZE" && len(o.Inputs) == 1 && o.Inputs[0] == t && len(o.Outputs) == 1
		})
		if i < 0 {
			return valueRange{}, false
		}
		t = g.Operators[i].Outputs[0]
	}
	q := g.Tensors[t].Quantization
	low, high, ok := intRange(g.Tensors[t].DType)
	if !ok || len(q.Scales) != 1 {
		return valueRange{}, false
	}
	scale, zero := float64(q.Scales[0]), float64(q.ZeroPoints[0])
	return valueRange{low: scale * (low - zero), high: scale * (high - zero)}, true
}

// rangeOf is where random values lie that most models take: those of a quantized
// input in its range; other reals from -1 to 1; bytes from 0 to 255; other
// integers from 0 to 9, as they are often indices.
func (s *samples) rangeOf(p portPair) valueRange {
	if r, ok := s.a[p.a.Name]; ok {
		r.from = "A"
		return r
	}
	if r, ok := s.b[p.b.Name]; ok {
		r.from = "B"
		return r
	}
	d, _ := tf.ParseDType(p.a.DType)
	low, high, isInt := intRange(d)
	switch {
	case d == tf.Bool:
		return valueRange{low: 0, high: 1, whole: true}
	case d == tf.Int8 || d == tf.Uint8:
		return valueRange{low: low, high: high, whole: true}
	case isInt:
		return valueRange{low: 0, high: 9, whole: true}
	}
	return valueRange{low: -1, high: 1}
}

// drawn lists the ranges of inputs that were random.
func (s *samples) drawn() []drawn {
	out := []drawn{}
	for _, p := range s.inputs {
		if p.a.DType == tf.String.String() || s.given != nil {
			continue
		}
		r := s.rangeOf(p)
		out = append(out, drawn{p.a.Name, inspect.Real(r.low), inspect.Real(r.high), r.from})
	}
	return out
}

// drawnText says it for people.
func drawnText(inputs []drawn) string {
	if len(inputs) == 0 {
		return ""
	}
	var parts []string
	for _, d := range inputs[:min(len(inputs), 4)] {
		text := fmt.Sprintf("%s from %.4g to %.4g", terminal.Printable(d.Input), float64(d.Low), float64(d.High))
		if d.From != "" {
			text += fmt.Sprintf(" (the range of %s's quantization)", d.From)
		}
		parts = append(parts, text)
	}
	if n := len(inputs) - len(parts); n > 0 {
		parts = append(parts, fmt.Sprintf("%d more", n))
	}
	return ": " + strings.Join(parts, ", ") + "; --inputs gives real ones"
}
