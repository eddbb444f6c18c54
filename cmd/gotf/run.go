package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func runCommand() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "run a SavedModel or .tflite file on .npy files",
		Description: "Prints the outputs as saved_model_cli does, and writes each to NAME.npy in --outdir.\n" +
			"--inputs is 'a=f.npy;b=g.npz[var]'.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "the SavedModel's `DIR`"},
			&cli.PathFlag{Name: "model", Usage: "the .tflite `FILE`"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel to run, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature (default: serving_default, or the only one)"},
			&cli.StringFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, a .npy or .npz file for each input"},
			&cli.PathFlag{Name: "outdir", Usage: "the `DIR` to write the outputs to; made if it is not there"},
			&cli.BoolFlag{Name: "overwrite", Usage: "replace outputs that are there"},
		},
		Action: runModel,
	}
}

// A callable is one signature of a model, of either kind.
type callable struct {
	inputs, outputs []port
	call            func(context.Context, map[string]*tf.Tensor) (map[string]*tf.Tensor, error)
	close           func()
}

// port is an input or output.
type port struct {
	name  string
	dtype tf.DType
	shape tf.Shape
}

func runModel(c *cli.Context) error {
	files, err := parseInputs(c.String("inputs"))
	if err != nil {
		return err
	}
	f, err := openModel(c)
	if err != nil {
		return err
	}
	defer f.close()
	to, err := outputFiles(c.Path("outdir"), f.outputs, c.Bool("overwrite"))
	if err != nil {
		return err
	}
	inputs, err := readInputs(files, f.inputs)
	defer closeTensors(inputs)
	if err != nil {
		return err
	}
	outputs, err := f.call(c.Context, inputs)
	if err != nil {
		return err
	}
	defer closeTensors(outputs)
	return writeOutputs(c, outputs, to)
}

func openModel(c *cli.Context) (*callable, error) {
	dir, model, key := c.Path("dir"), c.Path("model"), c.String("signature-def")
	switch {
	case dir == "" && model == "":
		return nil, usagef("gotf run needs --dir, for a SavedModel, or --model, for a .tflite file (see gotf run --help)")
	case dir != "" && model != "":
		return nil, usagef("gotf run takes --dir, for a SavedModel, or --model, for a .tflite file, not both")
	case dir != "":
		return openSavedModel(dir, words(c.String("tag-set")), key)
	case c.IsSet("tag-set"):
		return nil, usagef("--tag-set goes with --dir: a .tflite file has no tags")
	}
	return openTFLite(model, key)
}

func openSavedModel(dir string, tags []string, key string) (*callable, error) {
	if err := checkModelDir(dir); err != nil {
		return nil, err
	}
	m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: tags})
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, s := range m.Signatures() {
		keys = append(keys, s.Key)
	}
	s, err := m.Signature(defaultKey(key, keys, savedmodel.ServingDefault))
	if err != nil {
		m.Close()
		return nil, err
	}
	f := &callable{close: func() { m.Close() }}
	for _, i := range s.Inputs {
		f.inputs = append(f.inputs, port{i.Name, i.DType, i.Shape})
	}
	for _, o := range s.Outputs {
		f.outputs = append(f.outputs, port{o.Name, o.DType, o.Shape})
	}
	f.call = func(ctx context.Context, in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
		return m.Call(ctx, s.Key, in)
	}
	return f, nil
}

func openTFLite(path, key string) (*callable, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; --model takes a .tflite file, --dir a SavedModel's folder", path)
	}
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close() // the interpreter keeps it
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return nil, err
	}
	if keys := it.Signatures(); key == "" && len(keys) > 1 && !slices.Contains(keys, savedmodel.ServingDefault) {
		it.Close()
		return nil, fmt.Errorf("%s has several signatures; name one with --signature-def: %s", path, strings.Join(keys, ", "))
	}
	s, err := it.Signature(defaultKey(key, it.Signatures(), ""))
	if err != nil {
		it.Close()
		return nil, err
	}
	f := &callable{call: s.Run, close: func() { it.Close() }}
	for _, i := range s.Inputs() {
		f.inputs = append(f.inputs, port{i.Name, i.DType, i.ShapeSignature})
	}
	for _, o := range s.Outputs() {
		f.outputs = append(f.outputs, port{o.Name, o.DType, o.ShapeSignature})
	}
	return f, nil
}

// defaultKey is the signature to run: the one asked for, serving_default, or
// the only one; else other.
func defaultKey(asked string, keys []string, other string) string {
	switch {
	case asked != "":
		return asked
	case slices.Contains(keys, savedmodel.ServingDefault):
		return savedmodel.ServingDefault
	case len(keys) == 1:
		return keys[0]
	}
	return other
}

// readInputs loads a tensor for each input of a model from the named files.
func readInputs(files map[string]string, ports []port) (map[string]*tf.Tensor, error) {
	var have []string
	for _, p := range ports {
		have = append(have, p.name)
	}
	inputs := map[string]*tf.Tensor{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		i := slices.Index(have, name)
		if i < 0 {
			return inputs, fmt.Errorf("no input %q%s (the signature takes %q)", name, didYouMean(name, have), have)
		}
		t, err := readTensor(files[name], ports[i])
		if err != nil {
			return inputs, err
		}
		inputs[name] = t
	}
	return inputs, nil
}

func readTensor(file string, p port) (*tf.Tensor, error) {
	a, err := npy.Load(file)
	if err != nil {
		return nil, err
	}
	dtype := a.DType
	if dtype == npy.Bytes {
		dtype = tf.String.String()
	}
	if dtype != p.dtype.String() || !p.shape.Accepts(a.Shape) {
		return nil, fmt.Errorf("%s holds %s %v; input %q takes %v %v", file, dtype, tf.Shape(a.Shape), p.name, p.dtype, p.shape)
	}
	if a.DType != npy.Bytes {
		return tf.NewRaw(p.dtype, a.Shape, a.Raw)
	}
	strs := make([]string, len(a.Strings))
	for i, s := range a.Strings {
		strs[i] = string(s)
	}
	return tf.NewTensor(strs, append(make([]int64, 0), a.Shape...)...)
}

func writeOutputs(c *cli.Context, outputs map[string]*tf.Tensor, to map[string]string) error {
	arrays := map[string]*npy.Array{}
	for name, t := range outputs {
		a, err := toArray(t)
		if err != nil {
			return fmt.Errorf("output %q: %w", name, err)
		}
		arrays[name] = a
	}
	if err := saveAll(c.Path("outdir"), arrays, to); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		fmt.Fprintf(c.App.Writer, "Result for output key %s:\n%s\n", name, arrayText(arrays[name]))
		if to[name] != "" {
			fmt.Fprintf(c.App.Writer, "Output %s is saved to %s\n", name, to[name])
		}
	}
	return nil
}

// saveAll writes all outputs or, if one fails, none.
func saveAll(dir string, arrays map[string]*npy.Array, to map[string]string) (err error) {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	parts, err := os.MkdirTemp(dir, ".run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(parts)
	for name, a := range arrays {
		part := filepath.Join(parts, filepath.Base(to[name]))
		if err := npy.WriteFile(part, a, false); err != nil {
			return fmt.Errorf("%s: %w", to[name], atomicfile.Cause(err))
		}
	}
	for _, path := range to {
		if err := os.Rename(filepath.Join(parts, filepath.Base(path)), path); err != nil {
			return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
		}
	}
	return nil
}

func toArray(t *tf.Tensor) (*npy.Array, error) {
	a := &npy.Array{DType: t.DType().String(), Shape: t.Shape()}
	if t.DType() == tf.String {
		strs, err := tf.Values[string](t)
		a.DType, a.Strings = npy.Bytes, make([][]byte, len(strs))
		for i, s := range strs {
			a.Strings[i] = []byte(s)
		}
		return a, err
	}
	var err error
	a.Raw, err = t.Bytes()
	return a, err
}

func closeTensors(m map[string]*tf.Tensor) {
	for _, t := range m {
		t.Close()
	}
}

// outputFiles names the file of each output, all in dir, before anything is
// computed. It is empty without a dir.
func outputFiles(dir string, outputs []port, overwrite bool) (map[string]string, error) {
	to, taken := map[string]string{}, map[string]bool{}
	if dir == "" {
		return to, nil
	}
	for _, o := range outputs { // a name that can be a file's name is
		taken[o.name] = fileName(o.name) == o.name
	}
	for _, o := range outputs {
		base := fileName(o.name)
		name := base
		for i := 1; name != o.name && taken[name]; i++ {
			name = fmt.Sprintf("%s_%d", base, i)
		}
		taken[name] = true
		to[o.name] = filepath.Join(dir, name+".npy")
		if _, err := os.Lstat(to[o.name]); err == nil && !overwrite {
			return nil, fmt.Errorf("%s is there already; --overwrite replaces it", to[o.name])
		}
	}
	return to, nil
}
