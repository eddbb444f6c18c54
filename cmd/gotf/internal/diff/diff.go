// Package diff is gotf diff: what differs between two models or checkpoints.
package diff

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
)

// Command is gotf diff.
func Command() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "compare two models",
		ArgsUsage: "A B",
		Description: "A and B are two SavedModels, .tflite files, frozen graphs or checkpoints, or two models of\n" +
			"different kinds. Compares signatures and operators, weights (quantized ones as the real numbers\n" +
			"they stand for), and what both compute from the same inputs: random ones, or --inputs.\n" +
			"Exit code 0: the same, 1: different, or failed (then a line on stderr says why).",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "no-run", Usage: "compare structure and weights only, which needs no library"},
			&cli.StringSliceFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, a .npy or .npz file for each input (default: random)"},
			&cli.IntFlag{Name: "samples", Usage: "how many random inputs to try, `N`", Value: 4},
			&cli.Int64Flag{Name: "seed", Usage: "of the random inputs"},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature to run (default: serving_default, or the first)"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of SavedModels, separated by commas (default: serve, or the first)"},
			&cli.Float64Flag{Name: "tolerance", Usage: "weights and outputs that differ by no more than this `PART` of their largest value are the same"},
		},
		Action: diff,
	}
}

// report is what gotf diff --json prints.
type report struct {
	Same      bool          `json:"same"`
	Summary   string        `json:"summary"`
	Tolerance float64       `json:"tolerance"`
	A         side          `json:"a"`
	B         side          `json:"b"`
	Structure *structure    `json:"structure,omitempty"` // of two models
	Weights   *weights      `json:"weights,omitempty"`   // of two of one kind
	Outputs   *outputReport `json:"outputs,omitempty"`   // of two models that were run

	OutputsError string `json:"outputs_error,omitempty"` // why they could not be run
}

type side struct {
	Path   string           `json:"path"`
	Format modelfile.Format `json:"format"`
	Bytes  int64            `json:"bytes"`
}

func diff(c *cli.Context) error {
	paths, err := usage.PathsAndFlags(c, "A", "B")
	if err != nil {
		return err
	}
	switch {
	case c.Int("samples") < 1:
		return usage.Errorf("--samples is %d, want at least 1", c.Int("samples"))
	case !(c.Float64("tolerance") >= 0 && c.Float64("tolerance") <= math.MaxFloat64):
		return usage.Errorf("--tolerance is %v, want a number from 0", c.Float64("tolerance"))
	}
	files, err := modelio.ParseInputs(c.StringSlice("inputs")...)
	if err != nil {
		return err
	}
	a, err := openSide(c, paths[0])
	if err != nil {
		return err
	}
	b, err := openSide(c, paths[1])
	if err != nil {
		return err
	}
	r, failed := compareSides(c, a, b, files)
	if r == nil {
		return failed
	}
	if err := r.print(c); err != nil || failed != nil {
		return cmp.Or(err, failed)
	}
	if !r.Same {
		return exit.Status(exit.Failed)
	}
	return nil
}

// openSide inspects one of the two.
func openSide(c *cli.Context, path string) (*inspect.Report, error) {
	found, err := modelfile.Recognise(path)
	if err != nil {
		return nil, err
	}
	switch found.Format {
	case modelfile.SavedModel, modelfile.TFLite, modelfile.Checkpoint, modelfile.GraphDef:
	default:
		return nil, fmt.Errorf("%s is %s; gotf diff compares SavedModels, .tflite files, frozen graphs and checkpoints", path, found.Format.ATitle())
	}
	return inspect.Read(c, found)
}

// compareSides compares what can be compared. If running fails, the report of
// the rest stands beside the error.
func compareSides(c *cli.Context, a, b *inspect.Report, files map[string]string) (*report, error) {
	if (a.Format == modelfile.Checkpoint) != (b.Format == modelfile.Checkpoint) {
		return nil, fmt.Errorf("%s (%s) and %s (%s) cannot be compared", a.Format.ATitle(), a.Path, b.Format.ATitle(), b.Path)
	}
	r := &report{
		Tolerance: c.Float64("tolerance"),
		A:         side{a.Path, a.Format, a.Bytes}, B: side{b.Path, b.Format, b.Bytes},
	}
	if a.ModelFacts != nil {
		r.Structure = compareStructure(a, b)
	}
	var err error
	if a.Format == b.Format {
		if r.Weights, err = compareWeights(c.Context, a, b, r.Tolerance); err != nil {
			return nil, err
		}
	}
	var failed error
	if a.ModelFacts != nil && !c.Bool("no-run") {
		if r.Outputs, failed = compareOutputs(c, a, b, files, r.Tolerance); failed != nil {
			r.Outputs, r.OutputsError = nil, terminal.OneLine(failed)
			failed = fmt.Errorf("%w (--no-run compares structure and weights only)", failed)
		}
	}
	r.Same = failed == nil && (r.Structure == nil || r.Structure.Same) && (r.Weights == nil || r.Weights.Same) && (r.Outputs == nil || r.Outputs.Same)
	r.Summary = r.summary()
	return r, failed
}

// summary is the whole in one line.
func (r *report) summary() string {
	var same, differ []string
	note := func(ok bool, yes, no string) {
		if ok {
			same = append(same, yes)
		} else {
			differ = append(differ, no)
		}
	}
	if s := r.Structure; s != nil {
		note(s.Same, "structure", s.summary())
	}
	if w := r.Weights; w != nil {
		if !w.Same || w.Compared > 0 {
			note(w.Same, terminal.Count(w.Compared, "weight"), w.summary())
		}
	}
	if o := r.Outputs; o != nil {
		note(o.Same, "outputs "+o.samplesText(), o.summary())
	}
	text := "they are the same: " + strings.Join(same, ", ")
	if r.OutputsError != "" {
		text = "the same: " + strings.Join(same, ", ")
	}
	if len(differ) > 0 {
		text = "they differ: " + strings.Join(differ, "; ")
		if len(same) > 0 {
			text += "; the same: " + strings.Join(same, ", ")
		}
	}
	if r.OutputsError != "" {
		text += "; the outputs were not compared"
	}
	if r.Tolerance > 0 {
		text += fmt.Sprintf(" (within %g)", r.Tolerance)
	}
	return text
}

func (r *report) print(c *cli.Context) error {
	if c.Bool("json") {
		return terminal.PrintJSON(c, r)
	}
	out := bufio.NewWriter(c.App.Writer)
	fmt.Fprintln(out, r.Summary)
	var t terminal.Table
	for i, side := range []side{r.A, r.B} {
		t.Add([]string{"A", "B"}[i], terminal.Printable(side.Path), side.Format.Title(), terminal.Bytes(side.Bytes))
	}
	t.Print(out, "  ")
	if r.Structure != nil {
		r.Structure.text(out)
	}
	if r.Weights != nil {
		r.Weights.text(out)
	}
	if r.Outputs != nil {
		r.Outputs.text(out)
	}
	return out.Flush()
}
