package tflite_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

var background = context.Background()

func TestDescribe(t *testing.T) {
	it := load(t, "mlp.tflite", nil)
	in, out := it.Inputs(), it.Outputs()
	if len(in) != 1 || len(out) != 1 {
		t.Fatalf("%d inputs, %d outputs; want 1, 1", len(in), len(out))
	}
	if in[0].Name != "serving_default_x:0" || in[0].DType != tf.Float32 ||
		!in[0].Shape.Equal(tf.Shape{1, 8}) || !in[0].ShapeSignature.Equal(tf.Shape{-1, 8}) {
		t.Errorf("input %+v", in[0])
	}
	if got := it.Signatures(); !slices.Equal(got, []string{"serving_default"}) {
		t.Errorf("signatures %q", got)
	}
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	if in, out := s.Inputs()[0].Name, s.Outputs()[0].Name; in != "x" || out != "probabilities" {
		t.Errorf("signature has input %q, output %q; want x, probabilities", in, out)
	}
	if in := load(t, "signatures.tflite", nil).Signatures(); !slices.Equal(in, []string{"add", "scale"}) {
		t.Errorf("signatures %q", in)
	}

	q := load(t, "conv_int8.tflite", nil).Inputs()[0].Quantization
	if len(q.Scales) != 1 || len(q.ZeroPoints) != 1 || !(q.Scales[0] > 0 && q.Scales[0] < 1) {
		t.Errorf("quantization %+v", q)
	}
}

// TestMainGraph goes through the inputs and outputs one by one, without
// TensorFlow's tensors.
func TestMainGraph(t *testing.T) {
	it := load(t, "mlp.tflite", nil)
	in, out := it.Inputs()[0].Name, it.Outputs()[0].Name
	if _, err := tflite.Read[float32](it, out); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("read before Invoke: %v", err)
	}
	for _, rows := range []int64{1, 5, 2} {
		if err := it.Resize(in, tf.Shape{rows, 8}); err != nil {
			t.Fatal(err)
		}
		x := make([]float32, rows*8)
		x[0] = 1
		if err := tflite.Set(it, in, x); err != nil {
			t.Fatal(err)
		}
		if back, err := tflite.Read[float32](it, in); err != nil || !slices.Equal(back, x) {
			t.Errorf("input reads %v, %v; want %v", back, err, x)
		}
		if err := it.Invoke(background); err != nil {
			t.Fatal(err)
		}
		y, err := tflite.Read[float32](it, out)
		if err != nil {
			t.Fatal(err)
		}
		if shape := it.Outputs()[0].Shape; !shape.Equal(tf.Shape{rows, 4}) || len(y) != int(rows)*4 {
			t.Errorf("shape %v, %d values; want (%d, 4)", shape, len(y), rows)
		}
		for row := range slices.Chunk(y, 4) {
			if sum := row[0] + row[1] + row[2] + row[3]; math.Abs(float64(sum-1)) > 1e-6 {
				t.Errorf("probabilities sum to %v", sum)
			}
		}
	}
}

func TestStrings(t *testing.T) {
	it := load(t, "strings.tflite", nil)
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"one"}, {"", "a\x00b", "héllo", "one"}, {strings.Repeat("x", 1<<16)}} {
		if err := s.Resize("words", tf.Shape{int64(len(words))}); err != nil {
			t.Fatal(err)
		}
		if err := tflite.Set(s, "words", words); err != nil {
			t.Fatal(err)
		}
		if err := tflite.Set(s, "ids", []int32{2}); err != nil {
			t.Fatal(err)
		}
		if back, err := tflite.Read[string](s, "words"); err != nil || !slices.Equal(back, words) {
			t.Errorf("words read %.40q, %v", back, err)
		}
		if err := s.Invoke(background); err != nil {
			t.Fatal(err)
		}
		if first, err := tflite.Read[string](s, "first"); err != nil || first[0] != words[0] {
			t.Errorf("first %.40q, %v; want %.40q", first, err, words[0])
		}
	}
	// Strings that were never set are empty.
	if err := s.Resize("words", tf.Shape{3}); err != nil {
		t.Fatal(err)
	}
	if err := tflite.Set(s, "ids", []int32{0}); err != nil {
		t.Fatal(err)
	}
	if err := s.Invoke(background); err != nil {
		t.Fatal(err)
	}
	if first, err := tflite.Read[string](s, "first"); err != nil || first[0] != "" {
		t.Errorf("first of none = %.40q, %v", first, err)
	}
}

// TestDynamicOutput has an output whose shape only the values decide.
func TestDynamicOutput(t *testing.T) {
	it := load(t, "dynamic.tflite", nil)
	for _, tc := range []struct {
		x    []float32
		want []int64
	}{
		{[]float32{-1, 2, 3}, []int64{1, 2}},
		{[]float32{-1, -2}, []int64{}},
		{[]float32{5}, []int64{0}},
	} {
		x := tensor(t, tc.x, int64(len(tc.x)))
		out, err := it.Run(background, "serving_default", map[string]*tf.Tensor{"x": x})
		if err != nil {
			t.Fatal(err)
		}
		if got := values[int64](t, out["positive"]); !slices.Equal(got, tc.want) {
			t.Errorf("positions of positives in %v = %v, want %v", tc.x, got, tc.want)
		}
		for _, y := range out {
			y.Close()
		}
	}
}

func TestErrors(t *testing.T) {
	mlp := load(t, "mlp.tflite", nil)
	strs := load(t, "strings.tflite", nil)
	sig, err := mlp.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	x := tensor(t, make([]float32, 8), 1, 8)
	wide := tensor(t, make([]float32, 9), 1, 9)
	ints := tensor(t, make([]int32, 8), 1, 8)
	run := func(inputs map[string]*tf.Tensor) error {
		_, err := sig.Run(background, inputs)
		return err
	}
	second := func(_ any, err error) error { return err }
	for _, tc := range []struct {
		name string
		err  error
		code tf.Code
		want string
	}{
		{"missing file", second(tflite.LoadModel("none.tflite")), tf.NotFound,
			"tflite: load model: not found: open none.tflite: no such file or directory"},
		{"folder", second(tflite.LoadModel(models)), tf.Unknown,
			"tflite: load model: unknown: read ../testdata/tflite: is a directory"},
		{"not a model", second(tflite.NewModel([]byte("PK\x03\x04 a zip file"))), tf.InvalidArgument,
			`tflite: new model: invalid argument: not a .tflite file: bytes 4 to 7 are " a z", want "TFL3"`},
		{"empty file", second(tflite.NewModel(nil)), tf.InvalidArgument,
			"tflite: new model: invalid argument: not a .tflite file: it has 0 bytes"},
		{"nil model", second(tflite.NewInterpreter(nil, nil)), tf.InvalidArgument,
			"tflite: new interpreter: invalid argument: the model is nil"},
		{"signature", second(mlp.Signature("serving_defualt")), tf.NotFound,
			`tflite: signature serving_defualt: not found: no signature "serving_defualt", did you mean "serving_default"? (there is "serving_default")`},
		{"input name", run(map[string]*tf.Tensor{"y": x}), tf.InvalidArgument,
			`tflite: run: invalid argument: no input "y", did you mean "x"? (there is "x")`},
		{"input of a signature", tflite.Set(mlp, "x", make([]float32, 8)), tf.InvalidArgument,
			`tflite: set x: invalid argument: no input "x" (there is "serving_default_x:0"); signature "serving_default" has one of that name: it.Signature("serving_default")`},
		{"missing input", run(nil), tf.InvalidArgument,
			`tflite: run: invalid argument: input "x" (float32 (None, 8)) is missing`},
		{"dtype", run(map[string]*tf.Tensor{"x": ints}), tf.InvalidArgument,
			"tflite: set x: invalid argument: the input takes float32, got int32"},
		{"shape", run(map[string]*tf.Tensor{"x": wide}), tf.InvalidArgument,
			"tflite: set x: invalid argument: the input takes shape (None, 8), got (1, 9)"},
		{"nil tensor", run(map[string]*tf.Tensor{"x": nil}), tf.InvalidArgument,
			"tflite: set x: invalid argument: the tensor is nil"},
		{"set dtype", tflite.Set(sig, "x", make([]int64, 8)), tf.InvalidArgument,
			"tflite: set x: invalid argument: the input takes float32, got int64"},
		{"set count", tflite.Set(sig, "x", make([]float32, 9)), tf.InvalidArgument,
			"tflite: set x: invalid argument: the input's shape (1, 8) takes 8 values, got 9"},
		{"read dtype", second(tflite.Read[int32](sig, "x")), tf.InvalidArgument,
			"tflite: read x: invalid argument: the tensor holds float32, not int32"},
		{"output name", second(sig.Tensor("probability")), tf.InvalidArgument,
			`tflite: read probability: invalid argument: no output "probability", did you mean "probabilities"? (there is "probabilities")`},
		{"output too early", second(strs.Tensor(strs.Outputs()[0].Name)), tf.FailedPrecondition, "the output has no value before Invoke"},
		{"unknown shape", sig.Resize("x", tf.Shape{-1, 8}), tf.InvalidArgument,
			"tflite: resize x: invalid argument: shape (None, 8) is unknown or too large"},
		{"fixed dimension", sig.Resize("x", tf.Shape{2, 9}), tf.InvalidArgument,
			"tflite: resize x: invalid argument: the input takes shape (None, 8), got (2, 9)"},
		{"large shape", sig.Resize("x", tf.Shape{1 << 30, 8}), tf.InvalidArgument,
			"tflite: resize x: invalid argument: shape (1073741824, 8) is unknown or too large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !errors.Is(tc.err, tc.code) || !strings.HasSuffix(fmt.Sprint(tc.err), tc.want) {
				t.Errorf("error %v\nwant  %s (%v)", tc.err, tc.want, tc.code)
			}
		})
	}
}

// TestRuntimeError has the runtime's own words in the error, and goes on.
func TestRuntimeError(t *testing.T) {
	it := load(t, "conv.tflite", nil)
	in := it.Inputs()[0].Name
	if err := it.Resize(in, tf.Shape{1, 8, 8, 4}); err != nil {
		t.Fatal(err)
	}
	err := it.Invoke(background)
	if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "CONV_2D") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line that names CONV_2D", err)
	}
	for _, good := range []tf.Shape{{1, 8, 8, 3}, {4, 8, 8, 3}} {
		if err := it.Resize(in, good); err != nil {
			t.Fatal(err)
		}
		if err := it.Invoke(background); err != nil {
			t.Errorf("after the shape was put right: %v", err)
		}
		if got, want := it.Outputs()[0].Shape, (tf.Shape{good[0], 5}); !got.Equal(want) {
			t.Errorf("output shape %v, want %v", got, want)
		}
	}
}

func BenchmarkInvoke(b *testing.B) {
	for _, file := range []string{"mlp.tflite", "conv.tflite", "conv_int8.tflite"} {
		b.Run(strings.TrimSuffix(file, ".tflite"), func(b *testing.B) {
			it := load(b, file, nil)
			b.ReportAllocs()
			for b.Loop() {
				if err := it.Invoke(background); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRunInto is one inference from slice to slice, with a ctx that can
// and cannot end.
func BenchmarkRunInto(b *testing.B) {
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	for name, ctx := range map[string]context.Context{"background": background, "cancellable": ctx} {
		b.Run(name, func(b *testing.B) {
			it := load(b, "mlp.tflite", nil)
			x, y := make([]float32, 8), make([]float32, 4)
			b.ReportAllocs()
			for b.Loop() {
				if err := tflite.RunInto(ctx, it, x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSetInvokeRead is one inference of the MLP, values in to values out.
func BenchmarkSetInvokeRead(b *testing.B) {
	it := load(b, "mlp.tflite", nil)
	in, out := it.Inputs()[0].Name, it.Outputs()[0].Name
	x := make([]float32, 8)
	b.ReportAllocs()
	for b.Loop() {
		if err := tflite.Set(it, in, x); err != nil {
			b.Fatal(err)
		}
		if err := it.Invoke(background); err != nil {
			b.Fatal(err)
		}
		if _, err := tflite.Read[float32](it, out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(models, "wide_float16.tflite"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		m, err := tflite.NewModel(data)
		if err != nil {
			b.Fatal(err)
		}
		it, err := tflite.NewInterpreter(m, nil)
		if err != nil {
			b.Fatal(err)
		}
		it.Close()
		m.Close()
	}
}
