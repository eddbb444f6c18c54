// Package export is gotf export: training runs, SavedModels and frozen graphs,
// one made of another.
package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// The forms that gotf export writes.
const (
	savedModelFormat = "saved_model"
	frozenFormat     = "frozen"
)

// Command is gotf export.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write a training run, SavedModel or frozen graph in another form",
		Description: "--from is the folder of a training run, whose latest checkpoint is taken, a SavedModel's\n" +
			"folder, or a frozen graph (a .pb or .pbtxt file).",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "from", Usage: "the training run, SavedModel or frozen graph at `PATH`", Required: true},
			&cli.PathFlag{Name: "to", Usage: "what to write: a SavedModel's folder, made new, or a frozen graph's file at `PATH`", Required: true},
			&cli.StringFlag{Name: "to-format", Usage: "`FORM`: saved_model or frozen (default: frozen if --to ends in .pb or .pbtxt)"},
			&cli.StringFlag{Name: "signature", Usage: "`NAME` of the signature to write, or of a SavedModel to freeze; unless named, a training run is written with serve, too", Value: savedmodel.ServingDefault},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "inputs", Usage: "a frozen graph's inputs, as `NAME,NAME` (default: its placeholders without a default)"},
			&cli.StringFlag{Name: "outputs", Usage: "a frozen graph's outputs, as `NAME,NAME` (default: results that no operation takes)"},
			&cli.BoolFlag{Name: "overwrite", Usage: "replace what --to holds"},
		},
		Action: export,
	}
}

func export(c *cli.Context) error {
	if c.String("signature") == "" {
		return usage.Errorf("--signature is empty, want a name")
	}
	format, err := format(c)
	if err != nil {
		return err
	}
	from, to := c.Path("from"), c.Path("to")
	if err := checkFrom(from); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	isFile := !info.IsDir()
	for _, name := range []string{"inputs", "outputs"} {
		if c.IsSet(name) && !isFile {
			return usage.Errorf("--%s goes with a frozen graph; %s is a folder", name, from)
		}
	}
	if _, err := os.Lstat(to); err == nil && format == frozenFormat && !c.Bool("overwrite") {
		return fmt.Errorf("%s is there already; --overwrite replaces it", to)
	}
	switch {
	case isFile:
		err = exportGraphFile(c, format)
	case modelfile.IsSavedModel(from):
		err = exportSavedModel(c, format)
	default:
		err = exportRun(c, format)
	}
	if errors.Is(err, tf.AlreadyExists) && !c.Bool("overwrite") {
		return fmt.Errorf("%s is there already; --overwrite replaces a SavedModel", to)
	}
	if err != nil {
		return err
	}
	show := "gotf show --all --dir "
	if format == frozenFormat {
		show = "gotf inspect "
	}
	fmt.Fprintf(c.App.ErrWriter, "next: %s%s\n", show, terminal.ShellWord(to))
	return nil
}

// format is the form to write.
func format(c *cli.Context) (string, error) {
	format := c.String("to-format")
	if !c.IsSet("to-format") {
		switch filepath.Ext(c.Path("to")) {
		case ".pb", ".pbtxt":
			return frozenFormat, nil
		}
		return savedModelFormat, nil
	}
	return format, usage.OneOf("to-format", format, savedModelFormat, frozenFormat)
}

// exportSavedModel freezes a SavedModel.
func exportSavedModel(c *cli.Context, format string) error {
	from, to := c.Path("from"), c.Path("to")
	if format == savedModelFormat {
		return usage.Errorf("%s is a SavedModel already; --to-format frozen makes one file of a signature", from)
	}
	m, err := savedmodel.Load(from, &savedmodel.LoadConfig{Tags: usage.Words(c.String("tag-set"))})
	if err != nil {
		return err
	}
	defer m.Close()
	if err := m.Freeze(c.Context, to, c.String("signature")); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s from the signature %s of %s\n", to, c.String("signature"), from)
	return nil
}

// exportGraphFile makes a SavedModel of a frozen graph.
func exportGraphFile(c *cli.Context, format string) error {
	from, to := c.Path("from"), c.Path("to")
	if format == frozenFormat {
		return usage.Errorf("%s is a file already; --to-format saved_model makes a SavedModel of a frozen graph", from)
	}
	cfg := &savedmodel.FrozenConfig{}
	if c.IsSet("inputs") {
		cfg.Inputs = usage.Words(c.String("inputs"))
	}
	if c.IsSet("outputs") {
		cfg.Outputs = usage.Words(c.String("outputs"))
	}
	m, err := savedmodel.LoadFrozen(from, cfg)
	if err != nil {
		return err
	}
	defer m.Close()
	e, err := m.Endpoints(savedmodel.ServingDefault)
	if err != nil {
		return err
	}
	err = savedmodel.Export(c.Context, to, m.Session(), &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{c.String("signature"): e},
		Tags:       usage.Words(c.String("tag-set")), Overwrite: c.Bool("overwrite"),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s from %s\n", to, from)
	if kept := atDefault(m, e); len(kept) > 0 && !c.IsSet("inputs") {
		fmt.Fprintf(c.App.ErrWriter, "%s at the default that the graph has: --inputs makes inputs of such placeholders\n", terminal.Line(strings.Join(kept, ", ")))
	}
	return nil
}

// atDefault are the placeholders that a frozen graph has a default for and that
// are no inputs.
func atDefault(m *savedmodel.Model, e savedmodel.Endpoints) (names []string) {
	inputs, _ := savedmodel.GraphEnds(m.MetaGraph().GetGraphDef())
	for _, n := range inputs {
		if _, ok := e.Inputs[n.GetName()]; !ok && n.GetOp() == "PlaceholderWithDefault" {
			names = append(names, n.GetName())
		}
	}
	return names
}
