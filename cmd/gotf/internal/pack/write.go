package pack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata"
)

// write changes the package of a model.
func write(c *cli.Context, model string) error {
	if changeFlag(c) == "" {
		return usage.Errorf("nothing to change in %s: --output goes with a flag such as --name or --labels (see gotf package --help)", model)
	}
	data, p, err := readPackage(model)
	if err != nil {
		return err
	}
	if err := startMetadata(c, model, data, p); err != nil {
		return err
	}
	notes, err := change(c, model, data, p)
	if err != nil {
		return err
	}
	packed, err := metadata.Write(data, p)
	if err != nil {
		return saysOf(model, err)
	}
	out := c.Path("output")
	if out == "" {
		return usage.Errorf("--output is empty, want a file")
	}
	if err := atomicfile.WriteFile(out, atomicfile.Bytes(packed)); err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintln(c.App.ErrWriter, note)
	}
	files := ""
	if n := len(p.Files); n > 0 {
		files = fmt.Sprintf(", with %s", terminal.Count(n, "associated file"))
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s, %s%s\n", out, terminal.Bytes(int64(len(packed))), moreBytes(len(packed)-len(data)), files)
	fmt.Fprintf(c.App.ErrWriter, "next: gotf package %s --show\n", out)
	return nil
}

// moreBytes says by how much a file has grown.
func moreBytes(n int) string {
	if n < 0 {
		return terminal.Bytes(int64(-n)) + " less"
	}
	return terminal.Bytes(int64(n)) + " more"
}

// startMetadata takes the metadata from --metadata, or from the model, or makes
// a first one.
func startMetadata(c *cli.Context, model string, data []byte, p *metadata.Package) error {
	if path := c.Path("metadata"); path != "" {
		text, err := plainfile.Read(path, plainfile.Message)
		if err != nil {
			return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
		}
		if p.Metadata, err = metadata.ParseJSON(text); err != nil {
			return saysOf(path, err)
		}
		return nearFiles(p, filepath.Dir(path))
	}
	if p.Metadata != nil {
		return nil
	}
	var err error
	if p.Metadata, err = metadata.Describe(data); err != nil {
		return saysOf(model, err)
	}
	return nil
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

// change does what the flags say. The notes are for people.
func change(c *cli.Context, model string, data []byte, p *metadata.Package) (notes []string, err error) {
	for flag, to := range map[string]*string{
		"name": &p.Metadata.Name, "description": &p.Metadata.Description, "version": &p.Metadata.Version,
		"author": &p.Metadata.Author, "license": &p.Metadata.License,
	} {
		if c.IsSet(flag) {
			*to = c.String(flag)
		}
	}
	if err := attachFiles(p, repeatedOf(c, "file")); err != nil {
		return nil, err
	}
	ports, err := metadata.NewPorts(data, p.Metadata)
	if err != nil {
		return nil, saysOf(model, err)
	}
	labels := &labels{p: p, ports: ports, given: map[labelSlot]string{}}
	s := p.Metadata.Subgraphs[0]
	for _, do := range []struct {
		flag   string
		change func(value string) error
	}{
		{"labels", func(v string) error { return labels.add(metadata.AxisLabels, v) }},
		{"value-labels", func(v string) error { return labels.add(metadata.ValueLabels, v) }},
		{"normalize", func(v string) error { return normalize(ports, v) }},
		{"input-name", func(v string) error { return rename(v, s.InputTensorGroups, ports.Input) }},
		{"output-name", func(v string) error { return rename(v, s.OutputTensorGroups, ports.Output) }},
	} {
		for _, v := range repeatedOf(c, do.flag) {
			if err := do.change(v); err != nil {
				return nil, ofModel(model, err)
			}
		}
	}
	return labels.notes, nil
}

// ofModel names the model where metadata says what is wrong with it.
func ofModel(model string, err error) error {
	if e := (*tf.Error)(nil); errors.As(err, &e) {
		return saysOf(model, err)
	}
	return err
}

// attachFiles puts files into the package by their base names.
func attachFiles(p *metadata.Package, paths []string) error {
	from := map[string]string{}
	for _, path := range paths {
		text, err := plainfile.Read(path, plainfile.Message)
		if err != nil {
			return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
		}
		name := filepath.Base(path)
		if before := from[strings.ToLower(name)]; before != "" {
			return usage.Errorf("--file %s and --file %s would both be %s in the package; rename one", before, path, name)
		}
		p.Files[name], from[strings.ToLower(name)] = text, path
	}
	return nil
}

// cutPort splits [PORT=]REST; what is a file's name with "=" in it stays whole.
func cutPort(v string) (port, rest string) {
	port, rest, ok := strings.Cut(v, "=")
	if _, err := os.Stat(v); !ok || err == nil {
		return "", v
	}
	return port, rest
}

// normalize reads [INPUT=]MEAN,STD.
func normalize(ports *metadata.Ports, v string) error {
	port, numbers, ok := strings.Cut(v, "=")
	if !ok {
		port, numbers = "", v
	}
	mean, std, ok := strings.Cut(numbers, ",")
	if !ok {
		return usage.Errorf("--normalize is %q, want [INPUT=]MEAN,STD", v)
	}
	var n metadata.Normalization
	var err error
	if n.Mean, err = floats(mean); err == nil {
		n.Std, err = floats(std)
	}
	if err != nil {
		return usage.Errorf("--normalize is %q: %v", v, err)
	}
	return ports.SetImage(port, n)
}

// floats reads 1:2:3.
func floats(text string) (out []float32, err error) {
	for _, word := range strings.Split(text, ":") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 32)
		if err != nil {
			return nil, fmt.Errorf("%q is no number (a value for each channel is a:b:c)", word)
		}
		out = append(out, float32(v))
	}
	return out, nil
}

// rename reads [PORT=]NAME; groups follow.
func rename(v string, groups []metadata.TensorGroup, find func(string) (*metadata.Tensor, error)) error {
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
	return nil
}
