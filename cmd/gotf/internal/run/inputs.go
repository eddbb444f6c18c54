package run

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// given is the value of an input as the command line has it.
type given struct {
	file  string       // or
	value npexpr.Value // of an expression
	text  string       // the expression
}

// givenInputs reads --inputs, --input-exprs and --input-examples, of which a
// later one counts where two name the same input.
func givenInputs(c *cli.Context) (map[string]given, error) {
	files, err := modelio.ParseInputs(c.StringSlice("inputs")...)
	if err != nil {
		return nil, err
	}
	all, from := map[string]given{}, map[string]string{}
	for name, file := range files {
		all[name], from[name] = given{file: file}, "inputs"
	}
	for _, flag := range []string{"input-exprs", "input-examples"} {
		texts, err := parseExprs(flag, c.StringSlice(flag))
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			g, err := evaluate(flag, name, texts[name])
			if err != nil {
				return nil, err
			}
			if from[name] != "" {
				fmt.Fprintf(c.App.ErrWriter, "input %q is given by --%s and --%s; --%s counts\n", name, from[name], flag, flag)
			}
			all[name], from[name] = g, flag
		}
	}
	return all, nil
}

func evaluate(flag, name, text string) (given, error) {
	v, err := npexpr.Eval(text)
	if err == nil && flag == "input-examples" {
		v, err = exampleList(v)
	}
	if err != nil {
		return given{}, usage.Errorf("--%s: input %q: %v", flag, name, err)
	}
	return given{value: v, text: text}, nil
}

// parseExprs reads 'a=[1, 2];b="x;y"', or several of them, into a map from input
// to expression.
func parseExprs(flag string, values []string) (map[string]string, error) {
	var parts []string
	for _, s := range values {
		parts = append(parts, splitOutside(s, ';')...)
	}
	return modelio.ParsePairs(flag, "NAME=EXPRESSION", parts)
}

// splitOutside splits s at separators that stand in no Python string.
func splitOutside(s string, separator byte) (parts []string) {
	start, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == separator:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// makeInputs makes a tensor of each value for the inputs of a model.
func makeInputs(c *cli.Context, all map[string]given, f *callable) (map[string]*tf.Tensor, error) {
	var have []string
	for _, p := range f.inputs {
		have = append(have, p.Name)
	}
	inputs := map[string]*tf.Tensor{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		i := slices.Index(have, name)
		if i < 0 {
			hint := f.elsewhere(name)
			if hint == "" {
				hint = suggest.DidYouMean(name, have)
			}
			return inputs, fmt.Errorf("%s: no input %q%s (signature %q takes %q)", f.path, name, hint, f.key, have)
		}
		a, err := all[name].array(c)
		if err != nil {
			return inputs, err
		}
		to := conversion{port: f.inputs[i], from: all[name], lite: f.lite, quantize: c.Bool("quantize-inputs")}
		fitting, err := to.convert(a)
		if err != nil {
			return inputs, err
		}
		if to.warning != "" {
			fmt.Fprintln(c.App.ErrWriter, to.warning)
		}
		if inputs[name], err = toTensor(fitting, f.inputs[i].DType); err != nil {
			return inputs, err
		}
	}
	return inputs, nil
}

// array reads the file, or makes an array of the expression.
func (g given) array(c *cli.Context) (*npy.Array, error) {
	if g.file == "" {
		a, err := npexpr.NewArray(g.value, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.text, err)
		}
		return a.NPY(), nil
	}
	a, err := modelio.LoadArray(g.file)
	if errors.Is(err, npy.ErrNoArchive) { // saved_model_cli takes it so
		at := strings.LastIndexByte(g.file, '[')
		fmt.Fprintf(c.App.ErrWriter, "%s holds one array; the name %s is ignored\n", g.file[:at], g.file[at:])
		return modelio.LoadArray(g.file[:at])
	}
	return a, err
}

func toTensor(a *npy.Array, dtype tf.DType) (*tf.Tensor, error) {
	if a.DType != npy.Bytes {
		return tf.NewRaw(dtype, a.Shape, a.Raw)
	}
	strs := make([]string, len(a.Strings))
	for i, s := range a.Strings {
		strs[i] = string(s)
	}
	return tf.NewTensor(strs, append(make([]int64, 0), a.Shape...)...)
}
