// Package inspect is gotf inspect: what a model, checkpoint or file of records holds. A
// Report has the facts; other commands read them too.
package inspect

import (
	"bufio"
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/savedmodel"
)

// Command is gotf inspect.
func Command() *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "say what a model, checkpoint, TFRecord, event or NumPy file holds",
		ArgsUsage: "PATH",
		Description: "PATH is a SavedModel's folder, a .tflite file, a checkpoint (its prefix, .index file or\n" +
			"folder), a TFRecord or event file, a .keras file, a frozen GraphDef or a .npy or .npz file.\n" +
			"What it is, its content says, not its name. Needs no library. docs/inspect.md describes the JSON.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.PathFlag{Name: "html", Usage: "write a page with the graph drawn to `FILE`, too"},
			&cli.BoolFlag{Name: "verify", Usage: "read all values of a checkpoint or SavedModel, too, and check their checksums"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel, separated by commas (default: serve, or the first)"},
		},
		Action: inspect,
	}
}

func inspect(c *cli.Context) error {
	paths, err := usage.PathsAndFlags(c, "PATH")
	if err != nil {
		return err
	}
	found, err := modelfile.Recognise(paths[0])
	if err != nil {
		return err
	}
	if c.IsSet("tag-set") && found.Format != modelfile.SavedModel {
		return usage.Errorf("--tag-set goes with a SavedModel; %s is %s", paths[0], found.Format.ATitle())
	}
	if err := canVerify(c, found); err != nil {
		return err
	}
	if c.IsSet("html") && c.Path("html") == "" {
		return usage.Errorf("--html is empty, want a file")
	}
	r, failed := Read(c, found)
	if r == nil {
		return failed
	}
	if failed == nil && c.Bool("verify") {
		failed = verify(c, r)
	}
	if path := c.Path("html"); path != "" && failed == nil {
		if err := writePage(path, r); err != nil {
			return err
		}
	}
	if err := printReport(c, r); err != nil || failed != nil {
		return cmp.Or(err, failed)
	}
	if path := c.Path("html"); path != "" {
		fmt.Fprintln(c.App.ErrWriter, "wrote", path)
	}
	if r.next != "" && !c.Bool("json") {
		fmt.Fprintln(c.App.ErrWriter, "next:", r.next)
	}
	return nil
}

// Read reads what was recognised. The report of a damaged file may stand
// beside the error: it tells what came before the damage.
func Read(c *cli.Context, f *modelfile.File) (*Report, error) {
	r := &Report{Format: f.Format, Path: f.Path}
	switch f.Format {
	case modelfile.TFLite:
		return r.orNil(inspectTFLite(r))
	case modelfile.SavedModel:
		return r.orNil(inspectSavedModel(r, usage.TagSet(c)))
	case modelfile.Checkpoint:
		return r.orNil(inspectCheckpoint(r, f.Prefix))
	case modelfile.NPY, modelfile.NPZ:
		return r.orNil(inspectArrays(r))
	case modelfile.Records:
		return r, inspectRecords(c.Context, r)
	case modelfile.Events:
		return r, inspectEvents(r)
	case modelfile.Keras:
		return r.orNil(inspectKeras(r))
	}
	return r.orNil(inspectGraphDef(r))
}

func printReport(c *cli.Context, r *Report) error {
	if c.Bool("json") {
		return terminal.PrintJSON(c, r)
	}
	out := bufio.NewWriter(c.App.Writer)
	r.text(out)
	return out.Flush()
}

// runCommandFor is the next command to type for a model.
func runCommandFor(r *Report) string {
	flag, key := "--model", ""
	if r.Format == modelfile.SavedModel {
		flag = "--dir"
	}
	signature := r.DefaultSignature()
	if signature == nil {
		return ""
	}
	if n := len(r.Signatures); n > 1 && signature.Key != savedmodel.ServingDefault {
		key = " --signature-def " + terminal.ShellWord(signature.Key)
	}
	var inputs []string
	quantize := ""
	for _, in := range signature.Inputs {
		inputs = append(inputs, in.Name)
		if in.Quantization != nil {
			quantize = " --quantize-inputs"
		}
	}
	return fmt.Sprintf("gotf run %s %s%s%s%s", flag, terminal.ShellWord(r.Path), key, terminal.InputsFlag(inputs), quantize)
}
