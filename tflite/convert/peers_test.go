package convert_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
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
			got, err := convert.Convert(t.Context(), dir, &convert.Options{Quantize: q})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "python.tflite")
			p.Check(t, "tflite_native.py", dir, "--quantize", string(q), "--out", file)
			if want, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes, Python has %d (%v); they differ", q, len(got), len(want), err)
			}
		}
	})
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
