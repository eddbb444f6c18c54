package main

import (
	"bufio"
	"fmt"
	"math"
	"strings"

	"github.com/urfave/cli/v2"
)

func diffCommand() *cli.Command {
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
			&cli.StringFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, a .npy or .npz file for each input (default: random)"},
			&cli.IntFlag{Name: "samples", Usage: "how many random inputs to try, `N`", Value: 4},
			&cli.Int64Flag{Name: "seed", Usage: "of the random inputs"},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature to run (default: serving_default, or the first)"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of SavedModels, separated by commas (default: serve, or the first)"},
			&cli.Float64Flag{Name: "tolerance", Usage: "weights and outputs that differ by no more than this `PART` of their largest value are the same"},
		},
		Action: diff,
	}
}

// diffReport is what gotf diff --json prints.
type diffReport struct {
	Same      bool           `json:"same"`
	Summary   string         `json:"summary"`
	Tolerance float64        `json:"tolerance"`
	A         diffSide       `json:"a"`
	B         diffSide       `json:"b"`
	Structure *diffStructure `json:"structure,omitempty"` // of two models
	Weights   *diffWeights   `json:"weights,omitempty"`   // of two of one kind
	Outputs   *diffOutputs   `json:"outputs,omitempty"`   // of two models that were run

	OutputsError string `json:"outputs_error,omitempty"` // why they could not be run
}

type diffSide struct {
	Path   string     `json:"path"`
	Format fileFormat `json:"format"`
	Bytes  int64      `json:"bytes"`
}

func diff(c *cli.Context) error {
	paths, err := pathsAndFlags(c, "A", "B")
	if err != nil {
		return err
	}
	switch {
	case c.Int("samples") < 1:
		return usagef("--samples is %d, want at least 1", c.Int("samples"))
	case !(c.Float64("tolerance") >= 0 && c.Float64("tolerance") <= math.MaxFloat64):
		return usagef("--tolerance is %v, want a number from 0", c.Float64("tolerance"))
	}
	files, err := parseInputs(c.String("inputs"))
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
		return firstError(err, failed)
	}
	if !r.Same {
		return childStatus(exitFailed)
	}
	return nil
}

// openSide inspects one of the two.
func openSide(c *cli.Context, path string) (*inspection, error) {
	found, err := recognise(path)
	if err != nil {
		return nil, err
	}
	switch found.format {
	case formatSavedModel, formatTFLite, formatCheckpoint, formatGraphDef:
	default:
		return nil, fmt.Errorf("%s is %s; gotf diff compares SavedModels, .tflite files, frozen graphs and checkpoints", path, found.format.aTitle())
	}
	return inspectFound(c, found)
}

// compareSides compares what can be compared. If running fails, the report of
// the rest stands beside the error.
func compareSides(c *cli.Context, a, b *inspection, files map[string]string) (*diffReport, error) {
	if (a.Format == formatCheckpoint) != (b.Format == formatCheckpoint) {
		return nil, fmt.Errorf("%s (%s) and %s (%s) cannot be compared", a.Format.aTitle(), a.Path, b.Format.aTitle(), b.Path)
	}
	r := &diffReport{
		Tolerance: c.Float64("tolerance"),
		A:         diffSide{a.Path, a.Format, a.Bytes}, B: diffSide{b.Path, b.Format, b.Bytes},
	}
	if a.modelFacts != nil {
		r.Structure = compareStructure(a, b)
	}
	var err error
	if a.Format == b.Format {
		if r.Weights, err = compareWeights(c.Context, a, b, r.Tolerance); err != nil {
			return nil, err
		}
	}
	var failed error
	if a.modelFacts != nil && !c.Bool("no-run") {
		if r.Outputs, failed = compareOutputs(c, a, b, files, r.Tolerance); failed != nil {
			r.Outputs, r.OutputsError = nil, oneLine(failed)
			failed = fmt.Errorf("%w (--no-run compares structure and weights only)", failed)
		}
	}
	r.Same = failed == nil && (r.Structure == nil || r.Structure.Same) && (r.Weights == nil || r.Weights.Same) && (r.Outputs == nil || r.Outputs.Same)
	r.Summary = r.summary()
	return r, failed
}

// summary is the whole in one line.
func (r *diffReport) summary() string {
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
			note(w.Same, countOf(w.Compared, "weight"), w.summary())
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

func (r *diffReport) print(c *cli.Context) error {
	if c.Bool("json") {
		return printJSON(c, r)
	}
	out := bufio.NewWriter(c.App.Writer)
	fmt.Fprintln(out, r.Summary)
	var t textTable
	for i, side := range []diffSide{r.A, r.B} {
		t.add([]string{"A", "B"}[i], printable(side.Path), side.Format.title(), bytesText(side.Bytes))
	}
	t.print(out, "  ")
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
