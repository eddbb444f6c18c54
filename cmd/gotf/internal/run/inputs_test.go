package run

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func TestRunExpressions(t *testing.T) {
	dir := t.TempDir()
	wide := filepath.Join(dir, "wide.npy") // as NumPy makes it by default
	two, err := npexpr.Eval("np.arange(4).reshape(1, 4) / 2")
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.WriteFile(wide, two.(*npexpr.Array).NPY(), true); err != nil {
		t.Fatal(err)
	}
	const lite = "../../../../tflite/convert/testdata/2.18.0/multi-none.tflite"
	const numbers = "Result for output key product:\n[[1. 2. 3. 4.]]\nResult for output key sum:\n[[ 3.  -1.   2.5 13. ]]\n"
	for _, tc := range []struct {
		name   string
		args   []string
		want   string
		stderr string
	}{
		{"literals", []string{"--dir", multiDir, "--input_exprs", "a=np.ones((1,4)); b=[[1,2,3,4]]"}, numbers, ""},
		{"two flags", []string{"--dir", multiDir, "--input_exprs", "a=np.ones((1,4))", "--input-exprs=b=[[1,2,3,4]]"}, numbers, ""},
		{"tflite", []string{"--model", lite, "--input-exprs", "a=np.ones((1,4), np.int8);b=[[1,2,3,4]]"}, numbers, ""},
		{"float64 file", []string{"--dir", multiDir, "--signature_def", "scale", "--inputs", "x=" + wide},
			"Result for output key y:\n[[0.  0.  0.5 4.5]]\n", ""},
		{"float64 file, tflite", []string{"--model", lite, "--signature_def", "scale", "--inputs", "x=" + wide},
			"Result for output key y:\n[[0.  0.  0.5 4.5]]\n", ""},
		{"name of a .npy file", []string{"--dir", multiDir, "--signature_def", "scale", "--inputs", "x=" + wide + "[x]"},
			"Result for output key y:\n[[0.  0.  0.5 4.5]]\n", wide + " holds one array; the name [x] is ignored\n"},
		{"both", []string{"--dir", multiDir, "--signature_def", "scale", "--inputs", "x=none.npy", "--input_exprs", "x=[[0, 1, 1, 1.5]]"},
			"Result for output key y:\n[[0.  0.  0.5 4.5]]\n", "input \"x\" is given by --inputs and --input-exprs; --input-exprs counts\n"},
		{"text", []string{"--dir", textDir, "--signature_def", "text", "--input_exprs", `words=[["a;b", 'é']]`},
			"Result for output key bytes:\n[[3 2]]\nResult for output key upper:\n[[b'A;B' b'\\xc3\\x89']]\n", ""},
		{"example", []string{"--dir", textDir, "--signature_def", "lookup", "--input_examples", `words=[{"age": [22.5, 3], "name": ["x"], "n": [1, True]}]`},
			"Result for output key index:\n[-1]\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"run"}, tc.args...)...)
			if code != exit.Done || stdout != tc.want || stderr != tc.stderr {
				t.Errorf("exit %d, stdout %q, stderr %q; want %q and %q", code, stdout, stderr, tc.want, tc.stderr)
			}
		})
	}
}

// TestRunLite runs small files of each kind, on the names that gotf inspect lists.
func TestRunLite(t *testing.T) {
	const dir = "../../../../testdata/tflite/"
	for _, tc := range []struct {
		file, exprs string
		more        []string
		want        string // the start of the text
	}{
		{"dynamic", "x=[1, -2, 3.5]", nil, "Result for output key double:\n[ 2. -4.  7.]\nResult for output key positive:\n[[0]\n [2]]\n"},
		{"signatures", "a=np.ones((2, 3));b=np.arange(6).reshape(2, 3)", nil, "Result for output key sum:\n[[1. 2. 3.]\n [4. 5. 6.]]\n"},
		{"conv_int8", "image=np.zeros((1, 8, 8, 3), np.int8)", nil, "Result for output key logits:\n[["},
		{"conv_int8", "image=np.zeros((1, 8, 8, 3))", []string{"--quantize-inputs"}, "Result for output key logits:\n[["},
		{"strings", "ids=[2, 0];words=['a', '', 'ü']", nil, "Result for output key first:\n[b'a']\n"},
	} {
		t.Run(tc.file, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"run", "--model", dir + tc.file + ".tflite", "--input-exprs", tc.exprs}, tc.more...)...)
			if code != exit.Done || !strings.HasPrefix(stdout, tc.want) || stderr != "" {
				t.Errorf("exit %d, stdout %q, stderr %q; want %q", code, stdout, stderr, tc.want)
			}
		})
	}
	code, _, stderr := gotftest.Run(t, "run", "--model", dir+"conv_int8.tflite", "--input-exprs", "image=np.ones((1, 8, 8, 3))")
	if code != exit.Failed || !strings.Contains(stderr, "--quantize-inputs converts") {
		t.Errorf("real numbers: exit %d, stderr %q", code, stderr)
	}
	code, _, stderr = gotftest.Run(t, "run", "--model", dir+"signatures.tflite", "--input-exprs", "c=np.ones((2, 3))")
	if code != exit.Failed || !strings.Contains(stderr, "has several signatures; name one with --signature-def") {
		t.Errorf("no signature fits: exit %d, stderr %q", code, stderr)
	}
}

func TestRunInputErrors(t *testing.T) {
	dir := t.TempDir()
	pickle := filepath.Join(dir, "x.pkl")
	if err := os.WriteFile(pickle, []byte("\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00K\x01."), 0o644); err != nil {
		t.Fatal(err)
	}
	scale := func(flag, value string) []string {
		return []string{"--dir", multiDir, "--signature_def", "scale", flag, value}
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"expression", scale("--input_exprs", "x=np.onse((1, 4))"), exit.Usage, `--input-exprs: input "x": unknown np.onse, did you mean "ones"?`},
		{"column", scale("--input_exprs", "x=[[1, 2}]"), exit.Usage, "at column 7"},
		{"code", scale("--input_exprs", "x=__import__('os').remove('x')"), exit.Usage, "unknown name"},
		{"no equals sign", scale("--input_exprs", "[[1]]"), exit.Usage, "want NAME=EXPRESSION"},
		{"ragged", scale("--input_exprs", "x=[[1, 2], [3]]"), exit.Failed, "different shapes"},
		{"shape", scale("--input_exprs", "x=np.ones((1, 3))"), exit.Failed, `np.ones((1, 3)) holds float64 (1, 3); input "x" takes float32 (None, 4)`},
		{"text for numbers", scale("--input_exprs", "x=[['a', 'b', 'c', 'd']]"), exit.Failed, `holds string (1, 4); input "x" takes float32`},
		{"pickle", scale("--inputs", "x="+pickle), exit.Failed, "got a pickle, which could run any code"},
		{"examples", scale("--input_examples", "x={'a': [1]}"), exit.Usage, "want a list of dicts"},
		{"feature", scale("--input_examples", "x=[{'a': 1}]"), exit.Usage, `feature "a" is no list of values`},
		{"mixed feature", scale("--input_examples", "x=[{'a': [1, 'b']}]"), exit.Usage, `feature "a": value 1 is not an int`},
		{"worker", scale("--worker", "grpc://a"), exit.Usage, "--worker is not supported"},
		{"tfrt", []string{"--dir", multiDir, "--use_tfrt"}, exit.Usage, "--use-tfrt is not supported"},
		{"tpu", []string{"--dir", multiDir, "--init_tpu"}, exit.Usage, "--init-tpu is not supported"},
		{"debugger", []string{"--dir", multiDir, "--tf_debug"}, exit.Usage, "--tf-debug is not supported"},
		{"scales", []string{"--dir", multiDir, "--quantize-inputs"}, exit.Usage, "--quantize-inputs goes with --model"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"run"}, tc.args...)...)
			if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q in one line", code, stdout, stderr, tc.code, tc.want)
			}
		})
	}
}

func TestRunJSON(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "run", "--dir", multiDir, "--signature-def", "scale", "--json", "--input_exprs", "x=[[0.1, 1, np.inf, 1.5]]")
	var report report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != exit.Done {
		t.Fatalf("exit %d, %v, stderr %q", code, err, stderr)
	}
	if report.Signature != "scale" || len(report.Outputs) != 1 {
		t.Fatalf("%+v", report)
	}
	o := report.Outputs[0]
	if o.Name != "y" || o.DType != "float32" || !slices.Equal(o.Shape, []int64{1, 4}) || len(o.Values) != 4 || o.Values[0] != 0.2 || o.Values[2] != "Infinity" {
		t.Errorf("%+v", o)
	}
}

// TestConversion checks what an input's type makes of values.
func TestConversion(t *testing.T) {
	quantized := modelio.Port{Name: "x", DType: tf.Int8, Shape: tf.Shape{-1}, Quantization: tflite.Quantization{Scales: []float32{0.5}, ZeroPoints: []int32{3}}}
	plain := func(d tf.DType) modelio.Port { return modelio.Port{Name: "x", DType: d, Shape: tf.Shape{-1}} }
	for _, tc := range []struct {
		name, expr string
		to         conversion
		want       string // the bytes, or a part of the error
		warning    string
	}{
		{name: "cut off", expr: "[1.9, -1.9]", to: conversion{port: plain(tf.Int8)}, want: "\x01\xff", warning: "fractions are cut off"},
		{name: "wide list", expr: "[300]", to: conversion{port: plain(tf.Int8)}, want: `300 does not fit input "x", which takes int8`},
		{name: "wide array", expr: "np.array([300])", to: conversion{port: plain(tf.Uint8)}, want: "\x2c"},
		{name: "wide array, tflite", expr: "np.array([300])", to: conversion{port: plain(tf.Uint8), lite: true}, want: `300 does not fit`},
		{name: "negative", expr: "[-1]", to: conversion{port: plain(tf.Uint64), lite: true}, want: "-1 does not fit"},
		{name: "bool", expr: "[0, 2]", to: conversion{port: plain(tf.Bool)}, want: "\x00\x01"},
		{name: "fractions, tflite", expr: "[1.5]", to: conversion{port: plain(tf.Int32), lite: true}, want: `holds float64 (1,); input "x" takes int32`},
		{name: "real for quantized", expr: "[1.5]", to: conversion{port: quantized, lite: true}, want: "scale 0.5, zero point 3); --quantize-inputs converts"},
		{name: "quantized", expr: "[1.5, -100, 100]", to: conversion{port: quantized, lite: true, quantize: true}, want: "\x06\x80\x7f"},
		{name: "integers for quantized", expr: "[6, -7]", to: conversion{port: quantized, lite: true, quantize: true}, want: "\x06\xf9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, err := npexpr.Eval(tc.expr)
			if err != nil {
				t.Fatal(err)
			}
			tc.to.from = given{value: v, text: tc.expr}
			a, err := npexpr.NewArray(v, 0)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tc.to.convert(a.NPY())
			if err != nil && !strings.Contains(err.Error(), tc.want) || err == nil && string(got.Raw) != tc.want {
				t.Errorf("%+v, %v; want %q", got, err, tc.want)
			}
			if !strings.Contains(tc.to.warning, tc.warning) || (tc.warning == "") != (tc.to.warning == "") {
				t.Errorf("warning %q, want %q", tc.to.warning, tc.warning)
			}
		})
	}
}

// TestExamples reads the messages back.
func TestExamples(t *testing.T) {
	v, err := npexpr.Eval(`[{"f": [1.5, 2], "s": ["é", "b"], "b": [b"\xff"], "i": [-1, True]}, {}]`)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = exampleList(v); err != nil {
		t.Fatal(err)
	}
	a, err := npexpr.NewArray(v, 0)
	if err != nil || !slices.Equal(a.Shape, []int64{2}) {
		t.Fatalf("%+v, %v", a, err)
	}
	e := &example_protos_go_proto.Example{}
	if err := proto.Unmarshal(a.NPY().Strings[0], e); err != nil {
		t.Fatal(err)
	}
	f := e.GetFeatures().GetFeature()
	if got := f["f"].GetFloatList().GetValue(); !slices.Equal(got, []float32{1.5, 2}) {
		t.Errorf("f = %v", got)
	}
	if got := f["i"].GetInt64List().GetValue(); !slices.Equal(got, []int64{-1, 1}) {
		t.Errorf("i = %v", got)
	}
	if got := f["s"].GetBytesList().GetValue(); string(got[0]) != "é" || string(f["b"].GetBytesList().GetValue()[0]) != "\xff" {
		t.Errorf("s = %q", got)
	}
}
