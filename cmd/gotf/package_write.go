package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tflite/metadata"
)

// packageWrite changes the package of a model.
func packageWrite(c *cli.Context, model string) error {
	data, err := readTFLite(model)
	if err != nil {
		return err
	}
	p, err := metadata.Read(data)
	if err != nil {
		return named(model, err)
	}
	if err := startMetadata(c, data, p); err != nil {
		return err
	}
	if err := changePackage(c, data, p); err != nil {
		return err
	}
	packed, err := metadata.Write(data, p)
	if err != nil {
		return named(model, err)
	}
	out := c.Path("output")
	if out == "" {
		return usagef("--output is empty, want a file")
	}
	if err := atomicfile.WriteFile(out, atomicfile.Bytes(packed)); err != nil {
		return err
	}
	files := ""
	if n := len(p.Files); n > 0 {
		files = fmt.Sprintf(", with %s", plural(n, "associated file"))
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s, %s more%s\n", out, bytesText(int64(len(packed))), bytesText(int64(len(packed)-len(data))), files)
	fmt.Fprintf(c.App.ErrWriter, "next: gotf package %s --show\n", out)
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// startMetadata takes the metadata from --metadata, or from the model, or makes
// a first one.
func startMetadata(c *cli.Context, data []byte, p *metadata.Package) error {
	if path := c.Path("metadata"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
		}
		if p.Metadata, err = metadata.ParseJSON(text); err != nil {
			return named(path, err)
		}
		return nearFiles(p, filepath.Dir(path))
	}
	if p.Metadata != nil {
		return nil
	}
	var err error
	p.Metadata, err = metadata.Describe(data)
	return err
}

// nearFiles takes the files that metadata names from the folder that it came
// from, as --extract writes them there.
func nearFiles(p *metadata.Package, dir string) error {
	for _, name := range p.Metadata.FileNames() {
		if _, have := p.Files[name]; have || filepath.Base(name) != name {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			p.Files[name] = text
		}
	}
	return nil
}

func changePackage(c *cli.Context, data []byte, p *metadata.Package) error {
	for flag, to := range map[string]*string{
		"name": &p.Metadata.Name, "description": &p.Metadata.Description, "version": &p.Metadata.Version,
		"author": &p.Metadata.Author, "license": &p.Metadata.License,
	} {
		if c.IsSet(flag) {
			*to = c.String(flag)
		}
	}
	for _, path := range repeatedOf(c, "file") {
		if _, err := attach(p, path); err != nil {
			return err
		}
	}
	ports, err := metadata.NewPorts(data, p.Metadata)
	if err != nil {
		return err
	}
	for _, flag := range []string{"labels", "value-labels"} {
		for _, v := range repeatedOf(c, flag) {
			if err := addLabels(p, ports, flag, v); err != nil {
				return err
			}
		}
	}
	for _, v := range repeatedOf(c, "normalize") {
		if err := normalize(ports, v); err != nil {
			return err
		}
	}
	if err := packageRename(repeatedOf(c, "input-name"), p.Metadata.Subgraphs[0].InputTensorGroups, ports.Input); err != nil {
		return err
	}
	return packageRename(repeatedOf(c, "output-name"), p.Metadata.Subgraphs[0].OutputTensorGroups, ports.Output)
}

// attach puts a file into the package by its base name.
func attach(p *metadata.Package, path string) (name string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	name = filepath.Base(path)
	p.Files[name] = text
	return name, nil
}

// cutPort splits [PORT=]REST; what is a file's name with "=" in it stays whole.
func cutPort(v string) (port, rest string) {
	port, rest, ok := strings.Cut(v, "=")
	if _, err := os.Stat(v); !ok || err == nil {
		return "", v
	}
	return port, rest
}

// addLabels reads [OUTPUT=]FILE[@LOCALE].
func addLabels(p *metadata.Package, ports *metadata.Ports, flag, v string) error {
	port, path := cutPort(v)
	locale := ""
	if i := strings.LastIndex(path, "@"); i > 0 {
		if _, err := os.Stat(path); err != nil {
			path, locale = path[:i], path[i+1:]
		}
	}
	name, err := attach(p, path)
	if err != nil {
		return err
	}
	f := metadata.File{Name: name, Description: "Labels for categories that the model can recognize.", Type: metadata.AxisLabels, Locale: locale}
	if flag == "value-labels" {
		f.Type = metadata.ValueLabels
	}
	old := p.Metadata.FileNames()
	if err := ports.SetLabels(port, f, p.Files[name]); err != nil {
		return err
	}
	dropUnnamed(p, old)
	return nil
}

// dropUnnamed takes out files that were named before and no longer are.
func dropUnnamed(p *metadata.Package, old []string) {
	still := map[string]bool{}
	for _, name := range p.Metadata.FileNames() {
		still[name] = true
	}
	for _, name := range old {
		if !still[name] {
			delete(p.Files, name)
		}
	}
}

// normalize reads [INPUT=]MEAN,STD.
func normalize(ports *metadata.Ports, v string) error {
	port, numbers, ok := strings.Cut(v, "=")
	if !ok {
		port, numbers = "", v
	}
	mean, std, ok := strings.Cut(numbers, ",")
	if !ok {
		return usagef("--normalize is %q, want [INPUT=]MEAN,STD", v)
	}
	var n metadata.Normalization
	var err error
	if n.Mean, err = packageFloats(mean); err == nil {
		n.Std, err = packageFloats(std)
	}
	if err != nil {
		return usagef("--normalize is %q: %v", v, err)
	}
	return ports.SetImage(port, n)
}

// packageFloats reads 1:2:3.
func packageFloats(text string) (out []float32, err error) {
	for _, word := range strings.Split(text, ":") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 32)
		if err != nil {
			return nil, fmt.Errorf("%q is no number (a value for each channel is a:b:c)", word)
		}
		out = append(out, float32(v))
	}
	return out, nil
}

// packageRename reads [PORT=]NAME for each value; groups follow.
func packageRename(values []string, groups []metadata.TensorGroup, find func(string) (*metadata.Tensor, error)) error {
	for _, v := range values {
		port, name, ok := strings.Cut(v, "=")
		if !ok {
			port, name = "", v
		}
		t, err := find(port)
		if err != nil {
			return err
		}
		for _, g := range groups {
			for i := range g.TensorNames {
				if g.TensorNames[i] == t.Name {
					g.TensorNames[i] = name
				}
			}
		}
		t.Name = name
	}
	return nil
}
