package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/jsontext"
)

// The members of a .keras file that are read, and the most they may hold.
const (
	kerasConfig   = "config.json"
	kerasMetadata = "metadata.json"
	mostConfig    = 64 << 20
)

// inspectKeras describes a .keras file, which is a zip archive.
func inspectKeras(r *inspection) error {
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
	m := &modelFacts{}
	for _, f := range z.File {
		switch f.Name {
		case kerasConfig:
			config = f
		case kerasMetadata:
			meta = f
		}
		m.Files = append(m.Files, partFacts{Name: f.Name, Bytes: int64(min(f.UncompressedSize64, 1<<62))})
	}
	if config == nil {
		return fmt.Errorf("%s: a zip archive without %s is no .keras file", r.Path, kerasConfig)
	}
	r.Bytes, r.modelFacts = info.Size(), m
	var top kerasLayer
	if err := readJSONMember(config, &top); err != nil {
		return fmt.Errorf("%s: %w", r.Path, err)
	}
	m.Description = top.Class
	for _, l := range top.Config.Layers {
		m.Layers = append(m.Layers, layerFacts{firstOf(l.Config.Name, l.Name), l.Class})
	}
	var made struct {
		Version string `json:"keras_version"`
	}
	if meta != nil && readJSONMember(meta, &made) == nil {
		m.Producer = made.Version
	}
	m.takeDefault()
	return nil
}

// kerasLayer is what is read of a layer's description.
type kerasLayer struct {
	Class  string `json:"class_name"`
	Name   string `json:"name"`
	Config struct {
		Name   string       `json:"name"`
		Layers []kerasLayer `json:"layers"`
	} `json:"config"`
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
		err = fmt.Errorf("it holds more than %s", bytesText(most))
	}
	return raw, err
}
