package metadata

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// Package is what stands beside a network in a .tflite file.
type Package struct {
	Metadata *Metadata         // nil if there is none
	Files    map[string][]byte // the associated files by name
}

// Read takes the package out of a .tflite file. A model without one gives an
// empty Package. Metadata of a newer schema is read as far as it is known.
func Read(data []byte) (*Package, error) {
	m, err := openModel(data)
	if err != nil {
		return nil, tf.Errorf("read metadata", tf.DataLoss, "%v", err)
	}
	p, err := m.read()
	if err != nil {
		return nil, tf.Errorf("read metadata", tf.DataLoss, "%v", err)
	}
	return p, nil
}

// ReadFile is [Read] of a file.
func ReadFile(path string) (*Package, error) {
	data, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, tf.Errorf("read metadata", tf.FileCode(err), "%s: %v", path, atomicfile.Cause(err))
	}
	m, err := openModel(data)
	var p *Package
	if err == nil {
		p, err = m.read()
	}
	if err != nil {
		return nil, tf.Errorf("read metadata", tf.DataLoss, "%s: %v", path, err)
	}
	return p, nil
}

func (m *model) read() (*Package, error) {
	p := &Package{Files: map[string][]byte{}}
	if raw := m.raw(); raw != nil {
		var err error
		if p.Metadata, err = decode(raw); err != nil {
			return nil, err
		}
	}
	if m.archive != nil {
		for _, f := range m.archive.files {
			data, err := f.read()
			if err != nil {
				return nil, err
			}
			p.Files[f.name] = data
		}
	}
	return p, nil
}

// Write returns a .tflite file with p in place of the package that is there.
// Other metadata entries stay. Metadata that p takes over unchanged is not
// rewritten, so that what a newer schema has stays too; changing such metadata
// is an error.
//
// p.Metadata must describe the model: one subgraph, as many inputs and outputs
// as the model has, groups of tensors that exist, and only files that p holds.
func Write(data []byte, p *Package) ([]byte, error) {
	if p == nil {
		return nil, tf.Errorf("write metadata", tf.InvalidArgument, "the package is nil; Remove takes one out")
	}
	m, err := openModel(data)
	if err != nil {
		return nil, tf.Errorf("write metadata", tf.DataLoss, "%v", err)
	}
	out, err := m.write(p)
	if err != nil {
		return nil, tf.Errorf("write metadata", tf.InvalidArgument, "%v", err)
	}
	return out, nil
}

func (m *model) write(p *Package) ([]byte, error) {
	for name := range p.Files {
		if err := checkName(name); err != nil {
			return nil, err
		}
	}
	raw, err := m.newRaw(p)
	if err != nil {
		return nil, err
	}
	out, err := m.splice(raw)
	if err != nil {
		return nil, err
	}
	return appendArchive(out[:len(out):len(out)], p.Files)
}

// newRaw is the metadata flatbuffer to write: the old one if p does not change it.
func (m *model) newRaw(p *Package) ([]byte, error) {
	if p.Metadata == nil {
		return nil, nil
	}
	if old := m.raw(); old != nil {
		if was, err := decode(old); err == nil && same(was, p.Metadata) {
			return bytes.Clone(old), nil
		}
	}
	if p.Metadata.newer != "" {
		return nil, fmt.Errorf("the metadata has %s, of a newer schema than %s, which would be lost", p.Metadata.newer, history[len(history)-1])
	}
	if err := m.checkPackage(p); err != nil {
		return nil, err
	}
	return encode(p.Metadata), nil
}

// same compares all but what Write sets.
func same(a, b *Metadata) bool {
	x, y := *a, *b
	x.MinParserVersion, y.MinParserVersion = "", ""
	return reflect.DeepEqual(x, y)
}

// Remove returns a .tflite file without metadata and associated files. What
// this package has written is removed to the last byte; the bytes of other
// writers' metadata are cleared.
func Remove(data []byte) ([]byte, error) {
	m, err := openModel(data)
	if err != nil {
		return nil, tf.Errorf("remove metadata", tf.DataLoss, "%v", err)
	}
	out, err := m.splice(nil)
	if err != nil {
		return nil, tf.Errorf("remove metadata", tf.InvalidArgument, "%v", err)
	}
	return bytes.Clone(out), nil
}

// checkPackage compares p with the model it is for.
func (m *model) checkPackage(p *Package) error {
	md := p.Metadata
	if err := md.validate(); err != nil {
		return err
	}
	if n := len(md.Subgraphs); n != 1 {
		return fmt.Errorf("the metadata describes %d subgraphs, want 1", n)
	}
	inputs, outputs := m.ports()
	s := md.Subgraphs[0]
	if err := checkTensors("input", inputs, s.Inputs, s.InputTensorGroups); err != nil {
		return err
	}
	if err := checkTensors("output", outputs, s.Outputs, s.OutputTensorGroups); err != nil {
		return err
	}
	for _, f := range md.recorded() {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if _, ok := p.Files[f.Name]; !ok {
			return fmt.Errorf("the metadata names the file %q, which is not among the associated files%s", f.Name, suggest.DidYouMean(f.Name, slices.Sorted(maps.Keys(p.Files))))
		}
	}
	return nil
}

func checkTensors(kind string, ports []port, tensors []*Tensor, groups []TensorGroup) error {
	if len(ports) != len(tensors) {
		var names []string
		for _, p := range ports {
			names = append(names, p.name())
		}
		return fmt.Errorf("the metadata describes %d %ss, the model has %d: %s", len(tensors), kind, len(ports), strings.Join(names, ", "))
	}
	var names []string
	for i, t := range tensors {
		names = append(names, t.Name)
		if n := len(t.DimensionNames); n > 0 && n != len(ports[i].shape) {
			return fmt.Errorf("%s %q has %d dimension names and %d dimensions", kind, ports[i].name(), n, len(ports[i].shape))
		}
	}
	for _, g := range groups {
		for _, name := range g.TensorNames {
			if !slices.Contains(names, name) {
				return fmt.Errorf("the group %q names the %s %q%s (there are %q)", g.Name, kind, name, suggest.DidYouMean(name, names), names)
			}
		}
	}
	return nil
}
