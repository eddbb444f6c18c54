package metadata

import (
	"fmt"

	"github.com/gotf/gotf/tflite/internal/schema"
	"github.com/gotf/gotf/tflite/internal/verify"
)

// entryName is the name of the metadata among a model's entries.
const entryName = "TFLITE_METADATA"

// model is a checked .tflite file: the network, and the archive behind it.
type model struct {
	data    []byte // without the archive
	root    *schema.Model
	archive *archive // nil if there is none
}

func openModel(data []byte) (*model, error) {
	if _, err := verify.Model(data); err != nil {
		return nil, err
	}
	a, err := openArchive(data)
	if err != nil {
		return nil, err
	}
	m := &model{data: data, root: schema.GetRootAsModel(data, 0), archive: a}
	if a != nil {
		m.data = data[:a.start]
		if _, err := verify.Model(m.data); err != nil {
			return nil, fmt.Errorf("the archive begins inside the model: %w", err)
		}
	}
	return m, nil
}

// entry is the first metadata entry of the format's own name, -1 if there is none.
func entry(root *schema.Model) int {
	var e schema.Metadata
	for i := range root.MetadataLength() {
		if root.Metadata(&e, i); string(e.Name()) == entryName {
			return i
		}
	}
	return -1
}

// raw is the metadata flatbuffer, nil if there is none.
func (m *model) raw() []byte {
	i := entry(m.root)
	if i < 0 {
		return nil
	}
	var e schema.Metadata
	m.root.Metadata(&e, i)
	return bufferBytes(m.data, m.root, int(e.Buffer()))
}

// bufferBytes is a buffer's content: in the flatbuffer or behind it.
func bufferBytes(data []byte, root *schema.Model, i int) []byte {
	var b schema.Buffer
	if !root.Buffers(&b, i) {
		return nil
	}
	if from := b.Offset(); from > 1 {
		return data[from : from+b.Size()]
	}
	return b.DataBytes()
}

// shared reports whether a buffer serves anything but one metadata entry.
func shared(root *schema.Model, buffer uint32, but int) bool {
	if buffer == 0 {
		return true
	}
	var e schema.Metadata
	for i := range root.MetadataLength() {
		if root.Metadata(&e, i); i != but && e.Buffer() == buffer {
			return true
		}
	}
	var g schema.SubGraph
	var t schema.Tensor
	for i := range root.SubgraphsLength() {
		root.Subgraphs(&g, i)
		for k := range g.TensorsLength() {
			if g.Tensors(&t, k); t.Buffer() == buffer {
				return true
			}
		}
	}
	return false
}

// port is an input or output of the model's main subgraph.
type port struct {
	tensor, signature string // its names; signature may be ""
	shape             []int32
	dtype             schema.TensorType
}

// names are the distinct names of a port.
func (p port) names() []string {
	if p.signature == "" || p.signature == p.tensor {
		return []string{p.tensor}
	}
	return []string{p.signature, p.tensor}
}

// name is the one to show.
func (p port) name() string { return p.names()[0] }

// ports are the inputs and outputs of the main subgraph, in its order.
func (m *model) ports() (inputs, outputs []port) {
	var g schema.SubGraph
	m.root.Subgraphs(&g, 0)
	in, out := m.signatureNames()
	for i := range g.InputsLength() {
		inputs = append(inputs, newPort(&g, g.Inputs(i), in))
	}
	for i := range g.OutputsLength() {
		outputs = append(outputs, newPort(&g, g.Outputs(i), out))
	}
	return inputs, outputs
}

func newPort(g *schema.SubGraph, tensor int32, signature map[uint32]string) port {
	var t schema.Tensor
	g.Tensors(&t, int(tensor))
	p := port{tensor: string(t.Name()), signature: signature[uint32(tensor)], dtype: t.Type()}
	for i := range t.ShapeLength() {
		p.shape = append(p.shape, t.Shape(i))
	}
	if n := t.ShapeSignatureLength(); n == len(p.shape) {
		for i := range n {
			p.shape[i] = t.ShapeSignature(i)
		}
	}
	return p
}

// signatureNames are the names that the main subgraph's first signature gives
// to tensors.
func (m *model) signatureNames() (in, out map[uint32]string) {
	in, out = map[uint32]string{}, map[uint32]string{}
	var s schema.SignatureDef
	var t schema.TensorMap
	for i := range m.root.SignatureDefsLength() {
		if m.root.SignatureDefs(&s, i); s.SubgraphIndex() != 0 {
			continue
		}
		for k := range s.InputsLength() {
			s.Inputs(&t, k)
			in[t.TensorIndex()] = string(t.Name())
		}
		for k := range s.OutputsLength() {
			s.Outputs(&t, k)
			out[t.TensorIndex()] = string(t.Name())
		}
		break
	}
	return in, out
}
