package metadata

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// Describe makes metadata from what the model itself says: its description and
// the names of its inputs and outputs, all of them plain numbers.
func Describe(data []byte) (*Metadata, error) {
	m, err := openModel(data)
	if err != nil {
		return nil, tf.Errorf("describe model", tf.DataLoss, "%v", err)
	}
	inputs, outputs := m.ports()
	return &Metadata{Subgraphs: []*Subgraph{{Inputs: list(inputs, describe), Outputs: list(outputs, describe)}}}, nil
}

func describe(p port) *Tensor {
	name, _, _ := strings.Cut(p.name(), ":")
	name = strings.TrimPrefix(name, "serving_default_")
	return &Tensor{Name: name, Content: &Content{Feature: &Feature{}}}
}

// Ports finds the tensors of a model that metadata speaks of.
type Ports struct {
	md              *Metadata
	inputs, outputs []port
}

// NewPorts pairs the inputs and outputs of a model with md, which must have as
// many.
func NewPorts(data []byte, md *Metadata) (*Ports, error) {
	if md == nil {
		return nil, tf.Errorf("describe model", tf.InvalidArgument, "the metadata is nil")
	}
	m, err := openModel(data)
	if err != nil {
		return nil, tf.Errorf("describe model", tf.DataLoss, "%v", err)
	}
	err = md.validate()
	if err == nil {
		err = m.checkPackage(&Package{Metadata: &Metadata{Subgraphs: md.Subgraphs}, Files: anyFiles(md)})
	}
	if err != nil {
		return nil, tf.Errorf("describe model", tf.InvalidArgument, "%v", err)
	}
	p := &Ports{md: md}
	p.inputs, p.outputs = m.ports()
	return p, nil
}

// anyFiles stands for all files that md names, where only tensors matter.
func anyFiles(md *Metadata) map[string][]byte {
	files := map[string][]byte{}
	for _, f := range md.recorded() {
		files[f.Name] = nil
	}
	return files
}

// Input finds an input by its name in the signature, in the graph or in the
// metadata, or by its number from 0. "" is the only one.
func (p *Ports) Input(name string) (*Tensor, error) {
	i, err := find("input", name, p.inputs, p.md.Subgraphs[0].Inputs)
	if err != nil {
		return nil, err
	}
	return p.md.Subgraphs[0].Inputs[i], nil
}

// Output finds an output as [Ports.Input] does an input.
func (p *Ports) Output(name string) (*Tensor, error) {
	i, err := find("output", name, p.outputs, p.md.Subgraphs[0].Outputs)
	if err != nil {
		return nil, err
	}
	return p.md.Subgraphs[0].Outputs[i], nil
}

func find(kind, name string, ports []port, tensors []*Tensor) (int, error) {
	var names, shown []string
	for i, p := range ports {
		all := append(p.names(), tensors[i].Name)
		if slices.Contains(all, name) && name != "" {
			return i, nil
		}
		names, shown = append(names, all...), append(shown, p.name())
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(ports) {
		return i, nil
	}
	if name == "" {
		if len(ports) == 1 {
			return 0, nil
		}
		return 0, tf.Errorf("describe model", tf.InvalidArgument, "the model has %d %ss, name one: %s", len(ports), kind, strings.Join(shown, ", "))
	}
	return 0, tf.Errorf("describe model", tf.NotFound, "the model has no %s %q%s (it has %s)", kind, name, suggest.DidYouMean(name, names), strings.Join(shown, ", "))
}

// SetImage says that an input is an image whose values x are given to the
// network as (x - mean) / std, by channel; one value stands for all channels.
// The shape must end in height, width and 1 or 3 channels.
func (p *Ports) SetImage(name string, n Normalization) error {
	i, err := find("input", name, p.inputs, p.md.Subgraphs[0].Inputs)
	if err != nil {
		return err
	}
	in, t := p.inputs[i], p.md.Subgraphs[0].Inputs[i]
	if err := n.validate(); err != nil {
		return tf.Errorf("describe model", tf.InvalidArgument, "input %q: %v", in.name(), err)
	}
	channels := int32(0)
	if len(in.shape) > 2 {
		channels = in.shape[len(in.shape)-1]
	}
	if k := len(n.Mean); k > 1 && int(channels) != k && len(in.shape) > 0 && int(in.shape[len(in.shape)-1]) != k {
		return tf.Errorf("describe model", tf.InvalidArgument, "input %q has %d channels, the normalization %d", in.name(), in.shape[len(in.shape)-1], k)
	}
	if channels == 1 || channels == 3 {
		color := map[int32]ColorSpace{1: Grayscale, 3: RGB}[channels]
		t.Content = &Content{Image: &Image{ColorSpace: color}}
		t.Stats = imageStats(in.dtype, n)
	}
	for i := range t.ProcessUnits {
		if t.ProcessUnits[i].Normalization != nil {
			t.ProcessUnits[i].Normalization = &n
			return nil
		}
	}
	t.ProcessUnits = append(t.ProcessUnits, ProcessUnit{Normalization: &n})
	return nil
}

// imageStats are the least and greatest values that pixels of 0 to 255 make.
func imageStats(dtype schema.TensorType, n Normalization) *Stats {
	s := &Stats{}
	switch dtype {
	case schema.TensorTypeUINT8:
		return &Stats{Max: []float32{255}, Min: []float32{0}}
	case schema.TensorTypeFLOAT32:
		for i := range n.Mean {
			s.Max = append(s.Max, (255-n.Mean[i])/n.Std[i])
			s.Min = append(s.Min, (0-n.Mean[i])/n.Std[i])
		}
	}
	return s
}

// SetLabels says that a file holds the labels of an output, one a line, in
// place of the labels in that language that it has. Labels must be as many as
// the output's last dimension; lines at the end that are empty do not count.
func (p *Ports) SetLabels(name string, f File, text []byte) error {
	i, err := find("output", name, p.outputs, p.md.Subgraphs[0].Outputs)
	if err != nil {
		return err
	}
	out, t := p.outputs[i], p.md.Subgraphs[0].Outputs[i]
	lines := strings.Count(strings.TrimRight(string(text), "\r\n"), "\n") + 1
	if len(strings.TrimSpace(string(text))) == 0 {
		return tf.Errorf("describe model", tf.InvalidArgument, "the label file %s is empty", f.Name)
	}
	if f.Type == AxisLabels && len(out.shape) > 0 {
		if n := out.shape[len(out.shape)-1]; n > 0 && int(n) != lines {
			return tf.Errorf("describe model", tf.InvalidArgument, "the label file %s has %d labels, output %q has %d values", f.Name, lines, out.name(), n)
		}
	}
	kept := t.AssociatedFiles[:0:0]
	for _, old := range t.AssociatedFiles {
		if old.Type != f.Type || old.Locale != f.Locale {
			kept = append(kept, old)
		}
	}
	t.AssociatedFiles = append(kept, f)
	return nil
}
