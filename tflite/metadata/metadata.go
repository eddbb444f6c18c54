package metadata

import (
	"fmt"
	"slices"
)

// Metadata describes a model. The zero value of a field means it is not given.
type Metadata struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Version     string `json:"version,omitempty"` // of the model, in the author's words

	// Subgraphs describes the subgraphs; official readers want exactly one.
	Subgraphs []*Subgraph `json:"subgraph_metadata,omitempty"`

	Author          string `json:"author,omitempty"`
	License         string `json:"license,omitempty"`
	AssociatedFiles []File `json:"associated_files,omitempty"`

	// MinParserVersion is the version of the schema that a reader must know.
	// [Write] computes it.
	MinParserVersion string `json:"min_parser_version,omitempty"`

	newer string // what a newer schema has and this package would lose
}

// Subgraph describes one subgraph: its inputs and outputs in their order.
type Subgraph struct {
	Name               string           `json:"name,omitempty"`
	Description        string           `json:"description,omitempty"`
	Inputs             []*Tensor        `json:"input_tensor_metadata,omitempty"`
	Outputs            []*Tensor        `json:"output_tensor_metadata,omitempty"`
	AssociatedFiles    []File           `json:"associated_files,omitempty"`
	InputProcessUnits  []ProcessUnit    `json:"input_process_units,omitempty"`
	OutputProcessUnits []ProcessUnit    `json:"output_process_units,omitempty"`
	InputTensorGroups  []TensorGroup    `json:"input_tensor_groups,omitempty"`
	OutputTensorGroups []TensorGroup    `json:"output_tensor_groups,omitempty"`
	CustomMetadata     []CustomMetadata `json:"custom_metadata,omitempty"`
}

// Tensor describes an input or output.
type Tensor struct {
	Name            string        `json:"name,omitempty"`
	Description     string        `json:"description,omitempty"`
	DimensionNames  []string      `json:"dimension_names,omitempty"`
	Content         *Content      `json:"content,omitempty"`
	ProcessUnits    []ProcessUnit `json:"process_units,omitempty"`
	Stats           *Stats        `json:"stats,omitempty"`
	AssociatedFiles []File        `json:"associated_files,omitempty"`
}

// File names an associated file. Its bytes are in [Package.Files].
type File struct {
	Name        string   `json:"name,omitempty"`
	Description string   `json:"description,omitempty"`
	Type        FileType `json:"type,omitempty"`
	Locale      string   `json:"locale,omitempty"`  // "en", "en-US"
	Version     string   `json:"version,omitempty"` // of the file
}

// Stats are the least and greatest values, one for all channels or one each.
type Stats struct {
	Max []float32 `json:"max,omitempty"`
	Min []float32 `json:"min,omitempty"`
}

// TensorGroup says that tensors, by [Tensor.Name], belong together, as the
// boxes, classes and scores of a detector.
type TensorGroup struct {
	Name        string   `json:"name,omitempty"`
	TensorNames []string `json:"tensor_names,omitempty"`
}

// CustomMetadata is anything else, by name.
type CustomMetadata struct {
	Name string `json:"name,omitempty"`
	Data Bytes  `json:"data,omitempty"`
}

// recorded lists all files that m names.
func (m *Metadata) recorded() []*File {
	files := m.attached()
	for _, u := range m.units() {
		for _, l := range u.files() {
			files = append(files, pointers(l)...)
		}
	}
	return files
}

// attached lists the files of the model, its subgraphs and tensors, without
// those of tokenizers.
func (m *Metadata) attached() []*File {
	files := pointers(m.AssociatedFiles)
	for _, s := range m.Subgraphs {
		files = append(files, pointers(s.AssociatedFiles)...)
		for _, t := range s.tensors() {
			files = append(files, pointers(t.AssociatedFiles)...)
		}
	}
	return files
}

func pointers(files []File) (out []*File) {
	for i := range files {
		out = append(out, &files[i])
	}
	return out
}

// units lists all steps before and after the network.
func (m *Metadata) units() (units []ProcessUnit) {
	for _, s := range m.Subgraphs {
		units = append(append(units, s.InputProcessUnits...), s.OutputProcessUnits...)
		for _, t := range s.tensors() {
			units = append(units, t.ProcessUnits...)
		}
	}
	return units
}

func (s *Subgraph) tensors() []*Tensor { return slices.Concat(s.Inputs, s.Outputs) }

// validate checks what the other methods take for granted.
func (m *Metadata) validate() error {
	for i, s := range m.Subgraphs {
		if s == nil || slices.Contains(s.tensors(), nil) {
			return fmt.Errorf("subgraph %d, or one of its tensors, is null", i)
		}
		for _, t := range s.tensors() {
			if t.Content != nil {
				if _, err := t.Content.members().set(); err != nil {
					return fmt.Errorf("tensor %q: content: %w", t.Name, err)
				}
			}
		}
	}
	for _, u := range m.units() {
		at, err := u.members().set()
		if err == nil && at < 0 {
			err = fmt.Errorf("it has no options")
		}
		if err == nil && u.Normalization != nil {
			err = u.Normalization.validate()
		}
		if err != nil {
			return fmt.Errorf("process unit: %w", err)
		}
	}
	return nil
}

func (n *Normalization) validate() error {
	if len(n.Mean) == 0 || len(n.Mean) != len(n.Std) {
		return fmt.Errorf("%d means and %d standard deviations, want as many, at least one", len(n.Mean), len(n.Std))
	}
	if slices.Contains(n.Std, 0) {
		return fmt.Errorf("a standard deviation is 0")
	}
	return nil
}

// FileNames lists the names of all files that m speaks of, each once.
func (m *Metadata) FileNames() (names []string) {
	if m == nil {
		return nil
	}
	for _, f := range m.recorded() {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}
