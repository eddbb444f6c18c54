// Package convert is gotf convert: a .tflite file of a SavedModel, and a check that
// both compute the same.
package convert

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// Command is gotf convert.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "convert",
		Usage: "make a .tflite file of a SavedModel",
		Description: "Runs TensorFlow's own converter, then the SavedModel and the new model on the same samples.\n" +
			"dynamic stores weights in a quarter of the size, float16 in half of it; int8 computes with\n" +
			"integers too, with ranges that it sees on samples (--calibration): an .npy or .npz file whose\n" +
			"first dimension counts them, a TFRecord file of tf.train.Example, or a folder of pictures.\n" +
			"--output-file is replaced if it is there, and its folder made if it is not.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "saved-model-dir", Aliases: []string{"saved-model"}, Usage: "the SavedModel's `DIR`", Required: true},
			&cli.PathFlag{Name: "output-file", Usage: "the .tflite `FILE` to write", Required: true},
			&cli.StringFlag{Name: "saved-model-tag-set", Usage: "`TAGS` of the part to convert, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "saved-model-signature-key", Aliases: []string{"signature"}, Usage: "`KEYS` of the signatures to convert, separated by commas (default: all; of Keras's export serving_default, as its serve is the same)"},
			&cli.StringFlag{Name: "quantize", Usage: "none, dynamic, float16 or int8", Value: string(convert.None)},
			&cli.StringSliceFlag{Name: "calibration", Usage: "samples for int8 and the check: `PATH`, with @KEY for another signature than the first; may be given for each"},
			&cli.IntFlag{Name: "calibration-steps", Usage: "take at most `N` samples of each --calibration (default: all)"},
			&cli.StringFlag{Name: "normalize", Usage: "`MEAN,STD`: a pixel p of a picture becomes (p-MEAN)/STD, of 0 to 255; a mean for each channel, then a deviation for each, do too", Value: "0,1"},
			&cli.StringFlag{Name: "inference-input-type", Usage: "of an int8 model's inputs: float32, int8 or uint8", Value: "float32"},
			&cli.StringFlag{Name: "inference-output-type", Usage: "of an int8 model's outputs: float32, int8 or uint8", Value: "float32"},
			&cli.BoolFlag{Name: "strict", Usage: "fail if int8 leaves an operation in float"},
			&cli.BoolFlag{Name: "allow-float", Usage: "let int8 leave operations in float", Value: true},
			&cli.BoolFlag{Name: "per-tensor", Usage: "quantize each weight with one scale, not one for each channel"},
			&cli.BoolFlag{Name: "select-tf-ops", Usage: "take TensorFlow's kernels where TFLite has none"},
			&cli.BoolFlag{Name: "allow-custom-ops", Usage: "leave other operations to kernels of your own"},
			&cli.BoolFlag{Name: "enable-resource-variables", Usage: "let the model change its variables", Value: true},
			&cli.BoolFlag{Name: "no-metadata", Usage: "leave out how the model was made"},
			&cli.BoolFlag{Name: "no-check", Usage: "do not run the models to compare them"},
			&cli.BoolFlag{Name: "quantization-errors", Usage: "list what each tensor of an int8 model loses, worst first"},
			&cli.PathFlag{Name: "report", Usage: "write what was found as a page, `FILE.html`"},
			&cli.BoolFlag{Name: "json", Usage: "print what was found as JSON on stdout"},
		},
		Action: run,
	}
}

func run(c *cli.Context) error {
	o, err := parse(c)
	if err != nil {
		return err
	}
	all, err := openSamples(c)
	if err != nil {
		return err
	}
	dir, out := c.Path("saved-model-dir"), c.Path("output-file")
	if err := modelfile.CheckSavedModel(dir); err != nil {
		return err
	}
	show := newProgress(c)
	calibrated, ranges := 0, func() []convert.InputRange { return nil }
	if o.Quantize == convert.Int8 && len(all) > 0 {
		o.Calibration, ranges = convert.Observe(show.counted("calibrate", &calibrated, convert.Join(all...)))
	}
	undo, err := makeFolder(c.Path("report"))
	if err != nil {
		return err
	}
	undo() // until there is something to write
	warnings := []string{}
	o.Warn = func(text string) {
		warnings = append(warnings, text)
		fmt.Fprintln(c.App.ErrWriter, "warning:", terminal.Line(text))
	}
	if _, err := convert.ConvertFile(c.Context, dir, out, o); err != nil {
		return err
	}
	r, err := check(c, show, out, all, o)
	if err != nil {
		return err
	}
	r.Calibrated = calibrated
	if seen := ranges(); len(seen) > 0 {
		r.Inputs = seen
	}
	if text := pixelWarning(c, o.Quantize, r.Inputs); text != "" {
		o.Warn(text)
	}
	for _, text := range r.Warnings {
		o.Warn(text)
	}
	r.Warnings = warnings
	return tell(c, out, r)
}

// makeFolder makes the folder that a page is to be written to; undo removes it
// again.
func makeFolder(page string) (undo func(), err error) {
	if page == "" {
		return func() {}, nil
	}
	undo, err = atomicfile.MkdirAll(filepath.Dir(page))
	if err != nil {
		err = fmt.Errorf("write %s: %w", page, atomicfile.Cause(err))
	}
	return undo, err
}

// checked is how many samples of each --calibration both models run on.
const checked = 10

// check checks the model, as far as the flags ask for it.
func check(c *cli.Context, show *progress, out string, all []convert.Samples, o *convert.Options) (*convert.Report, error) {
	model, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	dir, options := c.Path("saved-model-dir"), &convert.CheckOptions{Tags: o.Tags, Most: checked * len(all), NoRun: c.Bool("no-check")}
	if len(all) > 0 {
		var few []convert.Samples
		for _, s := range all {
			few = append(few, s.First(checked))
		}
		options.Samples = show.counted("check", new(int), convert.Join(few...))
	}
	r, err := convert.Check(c.Context, dir, model, options)
	if err == nil && c.Bool("quantization-errors") {
		r.Tensors, err = convert.TensorErrors(c.Context, dir, model, show.counted("compare tensors", new(int), convert.Join(all...)), o)
	}
	return r, err
}

// tell says what was made, in the forms that the flags ask for.
func tell(c *cli.Context, out string, r *convert.Report) error {
	if page := c.Path("report"); page != "" {
		undo, err := makeFolder(page)
		if err != nil {
			return err
		}
		if err := atomicfile.WriteFile(page, r.WriteHTML); err != nil {
			undo()
			return err
		}
	}
	if c.Bool("json") {
		return terminal.PrintJSON(c, struct {
			OutputFile string `json:"output_file"`
			*convert.Report
		}{out, r})
	}
	w := c.App.ErrWriter
	fmt.Fprintf(w, "wrote %s: %s, %d %% of the SavedModel's %s\n", out, terminal.Bytes(r.SizeAfter), 100*r.SizeAfter/max(r.SizeBefore, 1), terminal.Bytes(r.SizeBefore))
	for _, line := range reportWords(r) {
		fmt.Fprintln(w, terminal.Line(line))
	}
	if next := nextStep(out, r); next != "" {
		fmt.Fprintln(w, "next:", terminal.Line(next))
	}
	return nil
}

// nextStep is what can be done with the file, "" if nothing can.
func nextStep(out string, r *convert.Report) string {
	if r.Fails != "" {
		return ""
	}
	var own []string // without kernels here
	for _, o := range r.Operators {
		if o.Custom && !strings.HasPrefix(o.Name, "Flex") {
			own = append(own, o.Name)
		}
	}
	if len(own) > 0 {
		return fmt.Sprintf("a program that has kernels of %s (docs/tflite.md, Custom operations, shows one in Go)", strings.Join(own, ", "))
	}
	return fmt.Sprintf("gotf run --model %s %s--outdir OUT", terminal.ShellWord(out), callExample(out))
}

// callExample is what the flags of gotf run could be that name a signature of a
// .tflite file and its inputs.
func callExample(file string) string {
	s, err := tflite.InspectFile(file)
	if err != nil || len(s.Signatures) == 0 {
		return "--inputs 'NAME=FILE.npy' "
	}
	def, flags := s.Signatures[0], ""
	for _, d := range s.Signatures {
		if d.Key == savedmodel.ServingDefault {
			def = d
		}
	}
	if def.Key != savedmodel.ServingDefault && len(s.Signatures) > 1 {
		flags = "--signature-def " + def.Key + " "
	}
	var parts []string
	quantized := false
	for _, in := range def.Inputs {
		parts = append(parts, in.Name+"=FILE.npy")
		t := s.Subgraphs[def.Subgraph].Tensors[in.Tensor]
		quantized = quantized || len(t.Quantization.Scales) > 0 && t.DType.IsInteger()
	}
	if len(parts) > 0 {
		flags += "--inputs '" + strings.Join(parts, ";") + "' "
	}
	if quantized {
		flags += "--quantize-inputs "
	}
	return flags
}
