package convert_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// TestPeers converts what Export wrote, here and in the Python of the same
// version: the bytes are the same.
func TestPeers(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		version, err := tf.Version()
		if err != nil {
			t.Fatal(err)
		}
		if version != p.Version {
			t.Skipf("the library here is %s", version)
		}
		dir := filepath.Join(t.TempDir(), "model")
		exportCNN(t, dir)
		for _, q := range []convert.Quantize{convert.None, convert.Dynamic, convert.Float16} {
			native, whole := filepath.Join(t.TempDir(), "native.tflite"), filepath.Join(t.TempDir(), "whole.tflite")
			p.Check(t, "tflite_native.py", dir, "--quantize", string(q), "--out", native, "--python-out", whole)
			for noMetadata, file := range map[bool]string{true: native, false: whole} {
				got, err := convert.Convert(t.Context(), dir, &convert.Options{Quantize: q, NoMetadata: noMetadata})
				if err != nil {
					t.Fatal(err)
				}
				if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s, %s: %d bytes, Python has %d (%v); they differ", q, filepath.Base(file), len(got), len(want), err)
				}
			}
		}
	})
}

// TestPeersInt8 quantizes with Python, on the same samples: the scales are the
// same within 1e-6, the weights equal.
func TestPeersInt8(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		if library(t) != p.Version {
			t.Skipf("the library here is %s", library(t))
		}
		dir, out := filepath.Join(t.TempDir(), "model"), t.TempDir()
		exportCNN(t, dir)
		r := rand.New(rand.NewPCG(5, 5))
		values := make([]float32, 20*28*28)
		for i := range values {
			values[i] = r.Float32()
		}
		file := writeFile(t, t.TempDir(), "samples.npz", npz(t, map[string]*npy.Array{"image": array("float32", floats(values...), 20, 28, 28, 1)}))
		for _, io := range []tf.DType{tf.Float32, tf.Int8, tf.Uint8} {
			p.Check(t, "tflite_int8.py", dir, "--calibration", file, "--io", io.String(), "--out", out)
			got, err := convert.Convert(t.Context(), dir, &convert.Options{Quantize: convert.Int8, Calibration: open(t, file), InputType: io, OutputType: io})
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join(out, "whole.tflite"))
			if err != nil {
				t.Fatal(err)
			}
			sameQuantization(t, got, want)
		}
	})
}

func sameQuantization(t *testing.T, got, want []byte) {
	t.Helper()
	a, err := tflite.Inspect(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := tflite.Inspect(want)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.OperatorCounts(), b.OperatorCounts()) || len(a.Subgraphs[0].Tensors) != len(b.Subgraphs[0].Tensors) {
		t.Fatalf("%v, Python has %v", a.OperatorCounts(), b.OperatorCounts())
	}
	for i, x := range a.Subgraphs[0].Tensors {
		y := b.Subgraphs[0].Tensors[i]
		if x.Name != y.Name || x.DType != y.DType || x.DType == tf.Int8 && !bytes.Equal(x.Data, y.Data) || len(x.Quantization.Scales) != len(y.Quantization.Scales) {
			t.Errorf("tensor %d is %s %v, Python has %s %v", i, x.Name, x.DType, y.Name, y.DType)
			continue
		}
		for j, s := range y.Quantization.Scales {
			if math.Abs(float64(x.Quantization.Scales[j]/s-1)) > 1e-6 || x.Quantization.ZeroPoints[j] != y.Quantization.ZeroPoints[j] {
				t.Errorf("%s: %+v, Python has %+v", x.Name, x.Quantization, y.Quantization)
				break
			}
		}
	}
}

// exportCNN writes a SavedModel of conv32-pool-dense10 on 28x28.
func exportCNN(t *testing.T, dir string) {
	t.Helper()
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	var inits []tf.Output
	weight := func(name string, shape ...int64) tf.Output {
		v := tf.NewVariable(s, name, tf.Float32, shape)
		seed := tf.Const(s, []int64{int64(len(inits)), 7})
		inits = append(inits, v.Assign(s, op.StatelessRandomNormal(s, tf.Const(s, shape), seed, nil)))
		return v.Read(s)
	}
	x := tf.Placeholder(s.Named("serving_default_image"), tf.Float32, tf.Shape{-1, 28, 28, 1})
	h := op.Conv2D(s, x, weight("conv2d/kernel", 3, 3, 1, 32), []int64{1, 1, 1, 1}, "VALID", nil)
	h = op.Relu(s, op.BiasAdd(s, h, weight("conv2d/bias", 32), nil))
	h = op.MaxPool(s, h, []int64{1, 2, 2, 1}, []int64{1, 2, 2, 1}, "VALID", nil)
	h = op.Reshape(s, h, tf.Const(s, []int32{-1, 13 * 13 * 32}))
	y := op.Softmax(s, op.BiasAdd(s, op.MatMul(s, h, weight("dense/kernel", 13*13*32, 10), nil), weight("dense/bias", 10), nil))
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	session, err := tf.NewSession(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Run(t.Context(), nil, nil, inits...); err != nil {
		t.Fatal(err)
	}
	if err := savedmodel.Export(t.Context(), dir, session, &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{savedmodel.ServingDefault: {
			Inputs: map[string]tf.Output{"image": x}, Outputs: map[string]tf.Output{"output_0": y},
		}},
	}); err != nil {
		t.Fatal(err)
	}
}
