// Package pack is gotf package: metadata and labels in .tflite files, C sources
// of them, and archives to ship.
package pack

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata"
)

// Command is gotf package.
func Command() *cli.Command {
	return &cli.Command{
		Name:      "package",
		Usage:     "put metadata and labels into a .tflite file, or make C or an archive of it",
		ArgsUsage: "MODEL.tflite",
		Description: "An image classifier:\n" +
			"  gotf package m.tflite --output out.tflite --name Cats --labels labels.txt --normalize 127.5,127.5\n" +
			"A model for a microcontroller:   gotf package m.tflite --c-array model.cc\n" +
			"All that a machine needs:        gotf package --archive out.tar.gz --model m.tflite\n" +
			"With none of these flags it shows what the file holds. docs/package.md has more.",
		Flags:  slices.Concat(writeFlags(), readFlags(), cFlags(), archiveFlags()),
		Action: act,
	}
}

func writeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.PathFlag{Name: "output", Usage: "the .tflite `FILE` to write; may be MODEL itself"},
		&cli.StringFlag{Name: "name", Usage: "the model's name"},
		&cli.StringFlag{Name: "description", Usage: "what the model does"},
		&cli.StringFlag{Name: "version", Usage: "the model's version, in your words"},
		&cli.StringFlag{Name: "author", Usage: "who made the model"},
		&cli.StringFlag{Name: "license", Usage: "the model's licence"},
		&cli.GenericFlag{Name: "labels", Value: &repeated{}, Usage: "`[OUTPUT=]FILE[@LOCALE]` with a label a line for each value of an output; may be repeated"},
		&cli.GenericFlag{Name: "value-labels", Value: &repeated{}, Usage: "`[OUTPUT=]FILE[@LOCALE]`, as --labels, for an output whose values are numbers of labels"},
		&cli.GenericFlag{Name: "normalize", Value: &repeated{}, Usage: "`[INPUT=]MEAN,STD`: an input takes (pixel - MEAN) / STD; a value for each channel is a:b:c"},
		&cli.GenericFlag{Name: "input-name", Value: &repeated{}, Usage: "`[INPUT=]NAME` to show for an input"},
		&cli.GenericFlag{Name: "output-name", Value: &repeated{}, Usage: "`[OUTPUT=]NAME` to show for an output"},
		&cli.GenericFlag{Name: "file", Value: &repeated{}, Usage: "another `FILE` to put in, as a vocabulary that --metadata names"},
		&cli.PathFlag{Name: "metadata", Usage: "take the metadata from a JSON `FILE`, as --show --json prints it; other flags change it"},
	}
}

func readFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "show", Usage: "show the metadata"},
		&cli.BoolFlag{Name: "json", Usage: "with --show: print JSON"},
		&cli.PathFlag{Name: "extract", Usage: "write metadata.json and the associated files to `DIR`"},
		&cli.BoolFlag{Name: "overwrite", Usage: "with --extract: replace files that are there"},
		&cli.BoolFlag{Name: "remove", Usage: "write --output without metadata and associated files"},
	}
}

// repeated is a flag that may be given several times. Unlike the parser's own
// it leaves commas alone.
type repeated []string

func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }
func (r *repeated) String() string     { return strings.Join(*r, " ") }

func repeatedOf(c *cli.Context, name string) []string {
	if r, ok := c.Generic(name).(*repeated); ok {
		return *r
	}
	return nil
}

// The jobs of gotf package, by the flag that asks for each.
var jobs = []struct {
	flag string
	do   func(c *cli.Context, model string) error
}{
	{"show", show},
	{"extract", extract},
	{"remove", remove},
	{"c-array", writeC},
	{"archive", writeArchive},
	{"check", check},
}

func act(c *cli.Context) error {
	models, err := modelArgs(c)
	if err != nil {
		return err
	}
	var job func(*cli.Context, string) error
	asked := ""
	for _, j := range jobs {
		if !c.IsSet(j.flag) {
			continue
		}
		if job != nil {
			return usage.Errorf("--%s and --%s do not go together", asked, j.flag)
		}
		job, asked = j.do, j.flag
	}
	model := ""
	if len(models) > 0 {
		model = models[0]
	}
	switch {
	case asked == "archive" || asked == "check":
		return job(c, model)
	case len(models) != 1:
		return usage.Errorf("gotf package takes MODEL.tflite, got %d arguments (see gotf package --help)", len(models))
	case asked != "" && asked != "remove" && c.IsSet("output"):
		return usage.Errorf("--output and --%s do not go together", asked)
	case job != nil:
		return job(c, model)
	case c.IsSet("output"):
		return write(c, model)
	}
	if flag := changeFlag(c); flag != "" {
		return usage.Errorf("--%s changes the model: --output names the file to write", flag)
	}
	return show(c, model)
}

// modelArgs reads flags behind the models, too.
func modelArgs(c *cli.Context) (models []string, err error) {
	rest := c.Args().Slice()
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		if len(arg) < 2 || arg[0] != '-' {
			models = append(models, arg)
		} else if rest, err = usage.LateFlag(c, strings.TrimLeft(arg, "-"), rest); err != nil {
			return nil, err
		}
	}
	return models, nil
}

// changeFlag is a flag that changes a model, "" if there is none.
func changeFlag(c *cli.Context) string {
	for _, f := range writeFlags() {
		if name := f.Names()[0]; name != "output" && c.IsSet(name) {
			return name
		}
	}
	return ""
}

// readTFLite reads a .tflite file.
func readTFLite(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, want a .tflite file", path)
	}
	data, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	return data, nil
}

// readPackage reads a model and what is packaged with it.
func readPackage(model string) ([]byte, *metadata.Package, error) {
	data, err := readTFLite(model)
	if err != nil {
		return nil, nil, err
	}
	p, err := metadata.Read(data)
	if err != nil {
		return nil, nil, saysOf(model, err)
	}
	return data, p, nil
}

// saysOf is what package metadata says of a file, without where in it.
func saysOf(path string, err error) error {
	var e *tf.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%s: %s", path, e.Message)
	}
	return modelfile.Named(path, err)
}

func remove(c *cli.Context, model string) error {
	out := c.Path("output")
	if out == "" {
		return usage.Errorf("--remove writes a file: --output names it")
	}
	if flag := changeFlag(c); flag != "" {
		return usage.Errorf("--remove and --%s do not go together", flag)
	}
	data, err := readTFLite(model)
	if err != nil {
		return err
	}
	plain, err := metadata.Remove(data)
	if err != nil {
		return saysOf(model, err)
	}
	if err := atomicfile.WriteFile(out, atomicfile.Bytes(plain)); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s, %s less\n", out, terminal.Bytes(int64(len(plain))), terminal.Bytes(int64(len(data)-len(plain))))
	fmt.Fprintf(c.App.ErrWriter, "next: gotf inspect %s\n", out)
	return nil
}

func extract(c *cli.Context, model string) error {
	_, p, err := readPackage(model)
	if err != nil {
		return err
	}
	if p.Metadata == nil && len(p.Files) == 0 {
		return fmt.Errorf("%s has no metadata and no associated files", model)
	}
	dir := c.Path("extract")
	if dir == "" {
		return usage.Errorf("--extract is empty, want a folder")
	}
	names, err := p.Extract(dir, c.Bool("overwrite"))
	var e *tf.Error
	switch {
	case errors.Is(err, tf.AlreadyExists) && errors.As(err, &e):
		return fmt.Errorf("%s; --overwrite replaces it", e.Message)
	case err != nil:
		return saysOf(model, err)
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s\n", dir, strings.Join(names, ", "))
	if p.Metadata != nil {
		fmt.Fprintf(c.App.ErrWriter, "next: gotf package %s --metadata %s/%s --output OUT.tflite\n", model, strings.TrimRight(dir, "/"), metadata.FileName)
	}
	return nil
}
