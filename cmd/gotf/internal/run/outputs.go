package run

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
	"github.com/gotf/gotf/cmd/gotf/internal/npprint"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// report is what gotf run --json prints.
type report struct {
	Signature string   `json:"signature"`
	Outputs   []output `json:"outputs"` // by name
}

type output struct {
	Name   string  `json:"name"`
	DType  string  `json:"dtype"`
	Shape  []int64 `json:"shape"`
	Values []any   `json:"values"` // in C order; a float that JSON lacks is "NaN", "Infinity" or "-Infinity", a complex number [re, im], bytes that are no text {"b64": ..}
	File   string  `json:"file,omitempty"`
}

func writeOutputs(c *cli.Context, key string, outputs map[string]*tf.Tensor, to map[string]string) error {
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
	names := slices.Sorted(maps.Keys(arrays))
	if c.Bool("json") {
		report := report{Signature: key, Outputs: []output{}}
		for _, name := range names {
			o, err := outputOf(name, arrays[name], to[name])
			if err != nil {
				return err
			}
			report.Outputs = append(report.Outputs, o)
		}
		return terminal.PrintJSON(c, report)
	}
	out := bufio.NewWriter(c.App.Writer)
	for _, name := range names {
		fmt.Fprintf(out, "Result for output key %s:\n%s\n", terminal.Printable(name), npprint.Text(arrays[name]))
		if to[name] != "" {
			fmt.Fprintf(out, "Output %s is saved to %s\n", terminal.Printable(name), to[name])
		}
	}
	return out.Flush()
}

func outputOf(name string, a *npy.Array, file string) (output, error) {
	out := output{Name: name, DType: a.DType, Shape: append([]int64{}, a.Shape...), Values: []any{}, File: file}
	if a.DType == npy.Bytes {
		out.DType = tf.String.String()
		for _, s := range a.Strings {
			if utf8.Valid(s) {
				out.Values = append(out.Values, string(s))
			} else {
				out.Values = append(out.Values, map[string]string{"b64": base64.StdEncoding.EncodeToString(s)})
			}
		}
		return out, nil
	}
	x, err := npexpr.Of(a)
	if err != nil {
		return out, fmt.Errorf("output %q: %w", name, err)
	}
	out.Values = x.JSON()
	return out, nil
}

// saveAll writes all outputs or, if one fails, none.
func saveAll(dir string, arrays map[string]*npy.Array, to map[string]string) (err error) {
	if dir == "" {
		return nil
	}
	undo, err := atomicfile.MkdirAll(dir)
	if err != nil {
		return fmt.Errorf("write outputs to %s: %w", dir, atomicfile.Cause(err))
	}
	defer func() {
		if err != nil {
			undo()
		}
	}()
	parts, err := os.MkdirTemp(dir, ".run-")
	if err != nil {
		return fmt.Errorf("write outputs to %s: %w", dir, atomicfile.Cause(err))
	}
	defer os.RemoveAll(parts) // before undo
	for name, a := range arrays {
		part := filepath.Join(parts, filepath.Base(to[name]))
		if err := npy.WriteFile(part, a, false); err != nil {
			return fmt.Errorf("write %s: %w", to[name], errors.Unwrap(err))
		}
	}
	for _, path := range to {
		if err := os.Rename(filepath.Join(parts, filepath.Base(path)), path); err != nil {
			return fmt.Errorf("write %s: %w", path, atomicfile.Cause(err))
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
	switch t.DType() { // in a file the integers stand as what they are
	case tf.QInt8:
		a.DType = tf.Int8.String()
	case tf.QUint8:
		a.DType = tf.Uint8.String()
	case tf.QInt16:
		a.DType = tf.Int16.String()
	case tf.QUint16:
		a.DType = tf.Uint16.String()
	case tf.QInt32:
		a.DType = tf.Int32.String()
	}
	if !npy.Stores(a.DType) {
		return nil, fmt.Errorf("values of type %s cannot be printed or stored", a.DType)
	}
	var err error
	a.Raw, err = t.Bytes()
	return a, err
}

// outputFiles names the file of each output, all in dir, before anything is
// computed. It is empty without a dir.
func outputFiles(dir string, outputs []modelio.Port, overwrite bool) (map[string]string, error) {
	to, taken := map[string]string{}, map[string]bool{}
	if dir == "" {
		return to, nil
	}
	for _, o := range outputs { // a name that can be a file's name is
		taken[o.Name] = fileName(o.Name) == o.Name
	}
	for _, o := range outputs {
		base := fileName(o.Name)
		name := base
		for i := 1; name != o.Name && taken[name]; i++ {
			name = fmt.Sprintf("%s_%d", base, i)
		}
		taken[name] = true
		to[o.Name] = joined(dir, name+".npy")
		if _, err := os.Lstat(to[o.Name]); err == nil && !overwrite {
			return nil, fmt.Errorf("%s is there already; --overwrite replaces it", to[o.Name])
		}
	}
	return to, nil
}

// joined is a file's path with dir as the user wrote it, which is how
// saved_model_cli prints it.
func joined(dir, name string) string {
	if os.IsPathSeparator(dir[len(dir)-1]) {
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}

// longestFile is the most bytes of a file's name, with a number and .npy after it
// still one that all systems take.
const longestFile = 200

// fileName makes an output's name fit to be a file's: it stays in its folder. A
// name that is too long ends in a hash of the whole.
func fileName(name string) string {
	fit := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	switch {
	case fit == "":
		return "_"
	case len(fit) > longestFile:
		hash := fmt.Sprintf("_%.8x", sha256.Sum256([]byte(name)))
		return strings.ToValidUTF8(fit[:longestFile-len(hash)], "") + hash
	}
	return fit
}
