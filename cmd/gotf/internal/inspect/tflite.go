package inspect

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/metadata"
)

func inspectTFLite(r *Report) error {
	s, err := tflite.InspectFile(r.Path)
	if err != nil {
		return err
	}
	r.Bytes = s.Size
	m := &ModelFacts{Description: s.Description}
	r.ModelFacts = m
	values, size := s.Weights()
	r.WeightTotals = &WeightTotals{values, size}
	for _, o := range s.OperatorCounts() {
		m.Operators = append(m.Operators, OperatorFacts{o.Name, o.Custom, o.Count})
		m.Nodes += o.Count
	}
	for _, g := range s.Subgraphs {
		m.Subgraphs = append(m.Subgraphs, subgraphFacts{g.Name, len(g.Operators)})
	}
	for _, d := range s.Signatures {
		g := s.Subgraphs[d.Subgraph]
		m.Signatures = append(m.Signatures, SignatureFacts{d.Key, tfliteTensors(g, d.Inputs), tfliteTensors(g, d.Outputs)})
	}
	if len(s.Signatures) == 0 {
		g := s.Subgraphs[0]
		m.Inputs, m.Outputs = tfliteTensors(g, tensorNames(g, g.Inputs)), tfliteTensors(g, tensorNames(g, g.Outputs))
	}
	m.takeDefault()
	m.Constants = tfliteConstants(s)
	for _, e := range s.Metadata {
		m.Metadata = append(m.Metadata, partFacts{Name: e.Name, Bytes: int64(len(e.Data))})
		if e.Name == "min_runtime_version" && m.Producer == "" {
			m.Producer = strings.ToValidUTF8(string(bytes.TrimRight(e.Data[:min(len(e.Data), 32)], "\x00")), "?")
		}
	}
	m.readMetadata(r.Path)
	if r.next = runCommandFor(r); r.next == "" {
		r.next = runMainFor(r)
	}
	r.graphs = func() []*drawing.Graph { return drawTFLite(s) }
	return nil
}

// runMainFor is the next command for a model without signatures.
func runMainFor(r *Report) string {
	main := &Report{Format: r.Format, Path: r.Path, ModelFacts: &ModelFacts{
		Signatures: []SignatureFacts{{Inputs: r.Inputs, Outputs: r.Outputs}},
	}}
	return runCommandFor(main)
}

// tensorNames gives tensors their own names, as those of a signature.
func tensorNames(g tflite.Subgraph, tensors []int) (out []tflite.NamedTensor) {
	for _, i := range tensors {
		out = append(out, tflite.NamedTensor{Name: g.Tensors[i].Name, Tensor: i})
	}
	return out
}

func tfliteTensors(g tflite.Subgraph, named []tflite.NamedTensor) []TensorFacts {
	out := make([]TensorFacts, 0, len(named))
	for _, n := range named {
		t := g.Tensors[n.Tensor]
		out = append(out, TensorFacts{Name: n.Name, DType: t.DType.String(), Shape: t.ShapeSignature, Quantization: QuantizationOf(t.Quantization)})
	}
	return out
}

// tfliteConstants lists the constants of all subgraphs, each buffer once.
func tfliteConstants(s *tflite.Structure) (out []WeightFacts) {
	seen := map[int]bool{}
	for _, g := range s.Subgraphs {
		for _, t := range g.Tensors {
			if t.Data == nil || seen[t.Buffer] {
				continue
			}
			seen[t.Buffer] = true
			out = append(out, WeightFacts{TensorFacts{Name: t.Name, DType: t.DType.String(), Shape: t.Shape, Quantization: QuantizationOf(t.Quantization)}, int64(len(t.Data))})
		}
	}
	return out
}

// readMetadata takes in the metadata and the files packed with a model. Damage
// there does not keep the model from being used, and is no error.
func (m *ModelFacts) readMetadata(file string) {
	p, err := metadata.ReadFile(file)
	if err != nil {
		m.MetadataError = terminal.OneLine(err)
		return
	}
	if md := p.Metadata; md != nil {
		m.Model = &aboutFacts{md.Name, md.Description, md.Version, md.Author, md.License}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		data := p.Files[name]
		f := partFacts{Name: name, Bytes: int64(len(data))}
		if utf8.Valid(data) {
			f.Lines = len(slices.Collect(bytes.Lines(data)))
		}
		m.Files = append(m.Files, f)
	}
}
