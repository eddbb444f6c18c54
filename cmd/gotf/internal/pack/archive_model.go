package pack

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite"
)

// archiveModel is the summary of a model in a manifest.
type archiveModel struct {
	Path       string             `json:"path"`
	Kind       string             `json:"kind"`
	Signatures []archiveSignature `json:"signatures"`
	Operators  []string           `json:"operators,omitempty"` // of a .tflite file
	Flex       bool               `json:"flex,omitempty"`      // has operators of TensorFlow
}

type archiveSignature struct {
	Key     string   `json:"key"`
	Inputs  []string `json:"inputs"`
	Outputs []string `json:"outputs"`
}

// The kinds of models in a manifest.
const (
	kindTFLite     = "tflite"
	kindSavedModel = "savedmodel"
)

func fileMode(mode int64) fs.FileMode { return fs.FileMode(mode) }

// describeModel recognises a model: a broken one is not shipped.
func describeModel(path string) (archiveModel, error) {
	clean, err := filepath.Abs(path)
	if err != nil {
		return archiveModel{}, err
	}
	m := archiveModel{Path: filepath.Base(clean), Kind: kindTFLite}
	info, err := os.Stat(path)
	if err != nil {
		return m, err
	}
	if info.IsDir() {
		return describeSavedModel(m, path)
	}
	s, err := tflite.InspectFile(path)
	if err != nil {
		return m, err
	}
	ops := map[string]bool{}
	for _, g := range s.Subgraphs {
		for _, o := range g.Operators {
			ops[o.Name] = true
			m.Flex = m.Flex || o.Custom && strings.HasPrefix(o.Name, "Flex")
		}
	}
	m.Operators = slices.Sorted(maps.Keys(ops))
	for _, sig := range s.Signatures {
		m.Signatures = append(m.Signatures, archiveSignature{sig.Key, archiveNames(sig.Inputs), archiveNames(sig.Outputs)})
	}
	if len(s.Signatures) == 0 {
		main := s.Subgraphs[0]
		names := func(list []int) (out []string) {
			for _, i := range list {
				out = append(out, main.Tensors[i].Name)
			}
			return out
		}
		m.Signatures = []archiveSignature{{"", names(main.Inputs), names(main.Outputs)}}
	}
	return m, nil
}

func archiveNames(list []tflite.NamedTensor) (names []string) {
	for _, t := range list {
		names = append(names, t.Name)
	}
	return names
}

func describeSavedModel(m archiveModel, dir string) (archiveModel, error) {
	m.Kind = kindSavedModel
	if err := modelfile.CheckSavedModel(dir); err != nil {
		return m, err
	}
	proto, err := savedmodel.Read(dir)
	if err != nil {
		return m, err
	}
	g, err := savedmodel.MetaGraph(proto, savedmodel.Serve)
	if err != nil {
		return m, err
	}
	if err := modelfile.CheckVariables(dir, g); err != nil {
		return m, err
	}
	for _, s := range savedmodel.Signatures(g) {
		sig := archiveSignature{Key: s.Key}
		for _, i := range s.Inputs {
			sig.Inputs = append(sig.Inputs, i.Name)
		}
		for _, o := range s.Outputs {
			sig.Outputs = append(sig.Outputs, o.Name)
		}
		m.Signatures = append(m.Signatures, sig)
	}
	return m, nil
}
