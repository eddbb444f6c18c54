package inspect

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/internal/jsontext"
)

// The members of a .keras file that are read, and the most they may hold.
const (
	kerasConfigFile   = "config.json"
	kerasMetadataFile = "metadata.json"
	mostConfig        = 64 << 20
)

// inspectKeras describes a .keras file, which is a zip archive.
func inspectKeras(r *Report) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	z, err := zip.OpenReader(r.Path)
	if err != nil {
		return fmt.Errorf("%s: damaged zip archive: %w", r.Path, err)
	}
	defer z.Close()
	var config, meta *zip.File
	m := &ModelFacts{}
	for _, f := range z.File {
		switch f.Name {
		case kerasConfigFile:
			config = f
		case kerasMetadataFile:
			meta = f
		}
		m.Files = append(m.Files, partFacts{Name: f.Name, Bytes: int64(min(f.UncompressedSize64, 1<<62))})
	}
	if config == nil {
		return fmt.Errorf("%s: a zip archive without %s is no .keras file", r.Path, kerasConfigFile)
	}
	var top kerasLayer
	if err := readJSONMember(config, &top); err != nil {
		return fmt.Errorf("%s: %w", r.Path, err)
	}
	m.Description = top.Class
	model := top.config()
	for _, l := range model.Layers {
		m.Layers = append(m.Layers, layerFacts{firstOf(l.config().Name, l.Name), l.Class})
	}
	m.Inputs = model.inputs()
	var made struct {
		Version string `json:"keras_version"`
	}
	if meta != nil && readJSONMember(meta, &made) == nil {
		m.Producer = made.Version
	}
	m.takeDefault()
	r.Bytes, r.ModelFacts = info.Size(), m
	r.graphs = func() []*drawing.Graph { return drawKeras(&top, 0) }
	return nil
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func readJSONMember(f *zip.File, to any) error {
	raw, err := readZipped(f, mostConfig)
	if err == nil {
		err = jsontext.Explain(raw, json.Unmarshal(raw, to))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// readZipped reads a member of an archive, which may claim to be small and not
// be it.
func readZipped(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fmt.Errorf("it holds more than %s", terminal.Bytes(most))
	}
	return raw, err
}
