package convert_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

const cnn = "testdata/models/cnn"

func open(t *testing.T, path string) convert.Samples {
	t.Helper()
	s, err := convert.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestInt8 converts with every type of inputs and outputs and checks the result
// against the SavedModel.
func TestInt8(t *testing.T) {
	samples := open(t, "testdata/calibration.npy")
	for _, d := range []tf.DType{tf.Float32, tf.Int8, tf.Uint8} {
		o := &convert.Options{Quantize: convert.Int8, Calibration: samples, InputType: d, OutputType: d, Strict: true}
		if d == tf.Float32 {
			o.Strict = false
		}
		model, err := convert.Convert(t.Context(), cnn, o)
		if err != nil {
			t.Fatal(err)
		}
		s, err := tflite.Inspect(model)
		if err != nil {
			t.Fatal(err)
		}
		g := s.Subgraphs[0]
		if in, out := g.Tensors[g.Inputs[0]].DType, g.Tensors[g.Outputs[0]].DType; in != d || out != d {
			t.Errorf("%v: input %v, output %v", d, in, out)
		}
		r, err := convert.Check(t.Context(), cnn, model, &convert.CheckOptions{Samples: samples})
		if err != nil || r.Skipped != "" || r.Samples != 10 || len(r.Outputs) != 1 || len(r.Float) != 0 {
			t.Fatalf("%v: %+v, %v", d, r, err)
		}
		if out := r.Outputs[0]; out.Worst > 0.02 || out.Worst == 0 || out.Mean > out.Worst || out.Agree < 0.9 {
			t.Errorf("%v: %+v", d, out)
		}
	}
}

func TestPerTensor(t *testing.T) {
	samples := open(t, "testdata/calibration.npy")
	most := func(perTensor bool) (n int) {
		model, err := convert.Convert(t.Context(), cnn, &convert.Options{Quantize: convert.Int8, Calibration: samples, PerTensor: perTensor})
		if err != nil {
			t.Fatal(err)
		}
		s, err := tflite.Inspect(model)
		if err != nil {
			t.Fatal(err)
		}
		for _, tensor := range s.Subgraphs[0].Tensors {
			n = max(n, len(tensor.Quantization.Scales))
		}
		return n
	}
	if each, one := most(false), most(true); each < 8 || one != 1 {
		t.Errorf("%d scales for the channels of a weight, %d for all of it", each, one)
	}
}

// TestInt8Signatures calibrates two signatures, of one and of two inputs.
func TestInt8Signatures(t *testing.T) {
	vector := func(v ...float32) *tf.Tensor {
		x, err := tf.NewTensor(v, 1, 4)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		return x
	}
	both := convert.Tensors(savedmodel.ServingDefault,
		map[string]*tf.Tensor{"a": vector(1, 2, -3, 0.5), "b": vector(1, -1, 2, 0.25)},
		map[string]*tf.Tensor{"a": vector(0, 3, 1, 2), "b": vector(-2, 1, 0, 1)})
	o := &convert.Options{Quantize: convert.Int8, Calibration: both, Signatures: []string{savedmodel.ServingDefault}}
	model, err := convert.Convert(t.Context(), multi, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := convert.Check(t.Context(), multi, model, &convert.CheckOptions{Samples: both})
	if err != nil || len(r.Outputs) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, d := range r.Outputs {
		if d.Relative() > 0.02 || d.Note != "" {
			t.Errorf("%+v", d)
		}
	}
	o.Calibration = convert.Tensors("scale", map[string]*tf.Tensor{"x": vector(1, 2, -3, 0.5)})
	if _, err := convert.Convert(t.Context(), multi, o); !errors.Is(err, tf.NotFound) {
		t.Errorf("samples for a signature that is not converted: %v", err)
	}
}

// TestNotFinite calibrates with a value that int8 has no place for.
func TestNotFinite(t *testing.T) {
	x, err := tf.NewTensor([]float32{1, 2, float32(math.NaN()), 4}, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	o := &convert.Options{Quantize: convert.Int8, Signatures: []string{"scale"}, Calibration: convert.Tensors("scale", map[string]*tf.Tensor{"x": x})}
	if _, err := convert.Convert(t.Context(), multi, o); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "calibrate with sample 0: invalid argument: it makes") {
		t.Errorf("err = %v", err)
	}
	o.Calibration = open(t, writeFile(t, t.TempDir(), "bad.npy", npyBytes(t, array("float32", floats(1, 2, 3, 4, 5, float32(math.NaN()), 7, 8), 2, 4))))
	if _, err := convert.Convert(t.Context(), multi, o); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "calibrate with sample 1 (") || !strings.Contains(err.Error(), "bad.npy): ") {
		t.Errorf("err = %v", err)
	}
}

// TestInfinite calibrates a logarithm of zeros, which stays out of the range of
// what takes the place of its infinity.
func TestInfinite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	export(t, dir, func(s *tf.Scope, x tf.Output) tf.Output {
		h := op.Exp(s, op.Log(s.Named("log"), op.Relu(s, op.Mul(s, x, tf.Const(s, []float32{1, 2, -3, 4})))))
		return op.AddV2(s, h, x)
	})
	samples := open(t, writeFile(t, t.TempDir(), "x.npy", npyBytes(t, array("float32", floats(-1, 2, 3, 4, 5, 0, -7, 8), 2, 4))))
	var told []string
	model, err := convert.Convert(t.Context(), dir, &convert.Options{Quantize: convert.Int8, Calibration: samples, Warn: func(text string) { told = append(told, text) }})
	if err != nil || len(told) == 0 || !strings.Contains(told[0], `samples make values infinite, which stay in float or take the range of what is computed of them: "log"`) {
		t.Fatalf("%q, %v", told, err)
	}
	r, err := convert.Check(t.Context(), dir, model, &convert.CheckOptions{Samples: samples})
	if err != nil || len(r.Outputs) != 1 || r.Outputs[0].Relative() > 0.02 || r.Outputs[0].Note != "" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestStrict has an operation that the quantizer leaves in float.
func TestStrict(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	export(t, dir, func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Erf(s.Named("odd/erf"), op.Cos(s.Named("odd/cos"), x))
	})
	x, err := tf.NewTensor([]float32{1, 2, 3, 4}, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var told []string
	o := &convert.Options{Quantize: convert.Int8, SelectTFOps: false, Warn: func(text string) { told = append(told, text) },
		Calibration: convert.Tensors(savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})}
	if _, err = convert.Convert(t.Context(), dir, o); errors.Is(err, tf.Unimplemented) {
		t.Skip("the library converts no Erf: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || !strings.Contains(told[0], "COS (odd/cos)") {
		t.Errorf("told %q", told)
	}
	o.Strict = true
	if _, err := convert.Convert(t.Context(), dir, o); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "COS (odd/cos)") {
		t.Errorf("err = %v", err)
	}
}

// export writes a SavedModel of f on [-1, 4].
func export(t *testing.T, dir string, f func(*tf.Scope, tf.Output) tf.Output) {
	t.Helper()
	session, cfg := graph(t, f)
	if err := savedmodel.Export(t.Context(), dir, session, cfg); err != nil {
		t.Fatal(err)
	}
}

// graph is a session of f on [-1, 4], and what to export of it.
func graph(t *testing.T, f func(*tf.Scope, tf.Output) tf.Output) (*tf.Session, *savedmodel.ExportConfig) {
	t.Helper()
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	y := f(s, x)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	session, err := tf.NewSession(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session, &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		savedmodel.ServingDefault: {Inputs: map[string]tf.Output{"x": x}, Outputs: map[string]tf.Output{"y": y}},
	}}
}

// TestGraph converts a part of a Go program's own graph.
func TestGraph(t *testing.T) {
	session, cfg := graph(t, func(s *tf.Scope, x tf.Output) tf.Output { return op.Relu(s, op.Neg(s, x)) })
	model, err := convert.Graph(t.Context(), session, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := call(t, model, []float32{1, -2, 3, -4}); fmt.Sprint(got) != "[0 2 0 4]" {
		t.Errorf("%v", got)
	}
}
