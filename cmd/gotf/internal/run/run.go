// Package run is gotf run: a model on files and expressions.
package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// Command is gotf run.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "run a SavedModel or .tflite file on files or expressions",
		Description: "Prints the outputs as saved_model_cli does, and writes each to NAME.npy in --outdir.\n" +
			"--inputs is 'a=f.npy;b=g.npz[var]'; --input-exprs is 'a=np.ones((2, 3));b=[[1, 2.5]]';\n" +
			"--input-examples is 'a=[{\"age\": [22.5], \"name\": [\"x\"]}]'. Values become what the input takes.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "the SavedModel's `DIR`"},
			&cli.PathFlag{Name: "model", Usage: "the .tflite `FILE`"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel to run, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature (default: serving_default, or the only one)"},
			&cli.StringSliceFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, a .npy or .npz file for each input"},
			&cli.StringSliceFlag{Name: "input-exprs", Usage: "`'NAME=EXPR;...'`, Python literals and a little NumPy"},
			&cli.StringSliceFlag{Name: "input-examples", Usage: "`'NAME=[{FEATURE: LIST}];...'`, which become tf.train.Examples"},
			&cli.BoolFlag{Name: "quantize-inputs", Usage: "turn real numbers into the integers that stand for them in a quantized .tflite file"},
			&cli.PathFlag{Name: "outdir", Usage: "the `DIR` to write the outputs to; made if it is not there"},
			&cli.BoolFlag{Name: "overwrite", Usage: "replace outputs that are there"},
			&cli.BoolFlag{Name: modelfile.AllowFileOps, Usage: "run also a model that writes files by itself, wherever it likes"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.StringFlag{Name: "worker", Hidden: true},
			&cli.BoolFlag{Name: "init-tpu", Hidden: true},
			&cli.BoolFlag{Name: "use-tfrt", Hidden: true},
			&cli.BoolFlag{Name: "tf-debug", Hidden: true},
		},
		Action: runModel,
	}
}

// notHere says what saved_model_cli's flags would do that gotf does not.
var notHere = map[string]string{
	"worker":   "gotf runs a model in a process of its own, not on a worker",
	"init-tpu": "there are no TPUs here",
	"use-tfrt": "the C API has no TFRT sessions",
	"tf-debug": "the debugger is Python's; tf.Session's profile and numeric checks are in the Go API",
}

// A callable is one signature of a model, of either kind.
type callable struct {
	path, key       string
	inputs, outputs []modelio.Port
	all             map[string][]string // the inputs of the model's signatures, by key
	lite            bool                // a .tflite file, which converts nothing by itself
	call            func(context.Context, map[string]*tf.Tensor) (map[string]*tf.Tensor, error)
	close           func()
}

func runModel(c *cli.Context) error {
	for _, name := range slices.Sorted(maps.Keys(notHere)) {
		if value := fmt.Sprint(c.Value(name)); value != "" && value != "false" {
			return usage.Errorf("--%s is not supported: %s", name, notHere[name])
		}
	}
	given, err := givenInputs(c)
	if err != nil {
		return err
	}
	f, err := openModel(c, given)
	if err != nil {
		return err
	}
	defer f.close()
	to, err := outputFiles(c.Path("outdir"), f.outputs, c.Bool("overwrite"))
	if err != nil {
		return err
	}
	inputs, err := makeInputs(c, given, f)
	defer modelio.CloseTensors(inputs)
	if err != nil {
		return err
	}
	outputs, err := f.call(c.Context, inputs)
	if err != nil {
		return modelfile.Named(f.path, err)
	}
	defer modelio.CloseTensors(outputs)
	return writeOutputs(c, f.key, outputs, to)
}

func openModel(c *cli.Context, inputs map[string]given) (*callable, error) {
	dir, model, key := c.Path("dir"), c.Path("model"), c.String("signature-def")
	switch {
	case dir == "" && model == "":
		return nil, usage.Errorf("gotf run needs --dir, for a SavedModel, or --model, for a .tflite file (see gotf run --help)")
	case dir != "" && model != "":
		return nil, usage.Errorf("gotf run takes --dir, for a SavedModel, or --model, for a .tflite file, not both")
	case dir != "" && c.Bool("quantize-inputs"):
		return nil, usage.Errorf("--quantize-inputs goes with --model: a SavedModel's inputs have no scale")
	case dir != "":
		return openSavedModel(c, dir, key, inputs)
	case c.IsSet("tag-set"):
		return nil, usage.Errorf("--tag-set goes with --dir: a .tflite file has no tags")
	}
	return openTFLite(model, key, inputs, c.Bool(modelfile.AllowFileOps))
}

func openSavedModel(c *cli.Context, dir, key string, inputs map[string]given) (*callable, error) {
	if err := modelfile.CheckSavedModel(dir); err != nil {
		return nil, err
	}
	allow := c.Bool(modelfile.AllowFileOps)
	m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: usage.Words(c.String("tag-set")), AllowFileWrites: allow})
	if refused := new(savedmodel.FileWriteError); errors.As(err, &refused) {
		err = fmt.Errorf("%w (%s)", err, modelfile.AllowHint)
	}
	if err != nil {
		return nil, err
	}
	s, err := m.Signature(savedModelKey(key, m.Signatures(), inputs))
	if err == nil && !allow {
		if err = modelfile.RefuseFileWrites(m, s); err != nil {
			err = fmt.Errorf("%w (%s)", err, modelfile.AllowHint)
		}
	}
	if err != nil {
		m.Close()
		return nil, modelfile.Named(dir, err)
	}
	f := &callable{path: dir, key: s.Key, all: map[string][]string{}, close: func() { m.Close() }}
	for _, other := range m.Signatures() {
		for _, i := range other.Inputs {
			f.all[other.Key] = append(f.all[other.Key], i.Name)
		}
	}
	for _, i := range s.Inputs {
		f.inputs = append(f.inputs, modelio.Port{Name: i.Name, DType: i.DType, Shape: i.Shape})
	}
	for _, o := range s.Outputs {
		f.outputs = append(f.outputs, modelio.Port{Name: o.Name, DType: o.DType, Shape: o.Shape})
	}
	printing := prints(m.MetaGraph())
	f.call = func(ctx context.Context, in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
		if printing {
			defer app.ShowPrints()()
		}
		return m.Call(ctx, s.Key, in)
	}
	return f, nil
}

// elsewhere names a signature, not the one chosen, that has an input.
func (f *callable) elsewhere(input string) string {
	for _, key := range slices.Sorted(maps.Keys(f.all)) {
		if key != f.key && slices.Contains(f.all[key], input) {
			return ", but --signature-def " + terminal.ShellWord(key) + " has it"
		}
	}
	return ""
}

func savedModelKey(asked string, signatures []savedmodel.Signature, inputs map[string]given) string {
	var keys []string
	for _, s := range signatures {
		keys = append(keys, s.Key)
	}
	key, _ := chosenKey(asked, keys, func(i int) bool {
		return takes(inputs, len(signatures[i].Inputs), func(k int) string { return signatures[i].Inputs[k].Name })
	})
	if key == "" {
		return savedmodel.ServingDefault // which the error says is not there
	}
	return key
}

func openTFLite(path, key string, inputs map[string]given, allow bool) (*callable, error) {
	if err := modelfile.CheckTFLite(path); err != nil {
		return nil, err
	}
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close() // the interpreter keeps it
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return nil, modelfile.Named(path, err)
	}
	s, err := tfliteSignature(it, key, inputs)
	if err == nil && !allow {
		if err = modelfile.RefuseLiteFileWrites(path, s.Key); err != nil {
			err = fmt.Errorf("%w (%s)", err, modelfile.AllowHint)
		}
	}
	if err != nil {
		it.Close()
		return nil, modelfile.Named(path, err)
	}
	f := &callable{path: path, key: s.Key, all: map[string][]string{}, lite: true, call: s.Run, close: func() { it.Close() }}
	for _, key := range it.Signatures() {
		if other, err := it.Signature(key); err == nil {
			for _, i := range other.Inputs() {
				f.all[key] = append(f.all[key], i.Name)
			}
		}
	}
	for _, i := range s.Inputs() {
		f.inputs = append(f.inputs, modelio.Port{Name: i.Name, DType: i.DType, Shape: i.ShapeSignature, Quantization: i.Quantization})
	}
	for _, o := range s.Outputs() {
		f.outputs = append(f.outputs, modelio.Port{Name: o.Name, DType: o.DType, Shape: o.ShapeSignature, Quantization: o.Quantization})
	}
	return f, nil
}

func tfliteSignature(it *tflite.Interpreter, asked string, inputs map[string]given) (*tflite.Signature, error) {
	keys := it.Signatures()
	key, ok := chosenKey(asked, keys, func(i int) bool {
		s, err := it.Signature(keys[i])
		if err != nil {
			return false
		}
		ports := s.Inputs()
		return takes(inputs, len(ports), func(k int) string { return ports[k].Name })
	})
	if !ok {
		return nil, fmt.Errorf("the file has several signatures; name one with --signature-def: %s", strings.Join(keys, ", "))
	}
	return it.Signature(key)
}

// chosenKey is modelfile.DefaultKey or, of several, the first that takes what is given. It
// is "" without any.
func chosenKey(asked string, keys []string, fits func(i int) bool) (key string, ok bool) {
	if key = modelfile.DefaultKey(asked, keys, ""); key != "" || len(keys) == 0 {
		return key, true
	}
	for i, key := range keys {
		if fits(i) {
			return key, true
		}
	}
	return "", false
}

// takes reports whether inputs are exactly the n that have these names.
func takes(inputs map[string]given, n int, name func(int) string) bool {
	for k := range n {
		if _, ok := inputs[name(k)]; !ok {
			return false
		}
	}
	return n == len(inputs)
}
