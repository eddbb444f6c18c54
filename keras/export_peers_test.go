package keras_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// TestPeersExport lets Python use, tune and save exported models, as it does
// those of Keras's own model.export().
func TestPeersExport(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		m := build(t, keras.Sequential{Name: "net", Seed: 1, Layers: []core.Layer{
			&layers.Input{Base: core.Named("image"), Shape: tf.Shape{6, 6, 1}},
			&layers.Conv2D{Filters: 4, KernelSize: layers.Size{3, 3}},
			&layers.BatchNormalization{},
			&layers.Activation{Activation: "tanh"},
			&layers.Flatten{},
			&layers.Dense{Units: 3},
		}})
		dir := t.TempDir()
		model := filepath.Join(dir, "model")
		if err := m.Export(ctx, model, keras.ExportConfig{}); err != nil {
			t.Fatal(err)
		}
		data := make([]float32, 4*36)
		for i := range data {
			data[i] = float32(i%11)/5 - 1
		}
		x, err := tf.NewTensor(data, 4, 6, 6, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		y, err := m.Predict(ctx, x, keras.PredictConfig{})
		if err != nil {
			t.Fatal(err)
		}
		defer y.Close()
		in, out := writeNPZ(t, dir, "image", x), writeNPZ(t, dir, "output_0", y)
		for _, key := range []string{"serving_default", "serve"} {
			skip := ""
			if key == "serve" {
				skip = "call" // gives the result by itself
			}
			p.Check(t, "savedmodel_objects.py", model, "--inputs", in, "--want", out, "--signature", key, "--skip", skip,
				"--trainable", "net/conv2d/kernel,net/conv2d/bias,net/batch_normalization/gamma,net/batch_normalization/beta,net/dense/kernel,net/dense/bias",
				"--frozen", "net/batch_normalization/moving_mean,net/batch_normalization/moving_variance")
		}
	})
}

func writeNPZ(t *testing.T, dir, name string, x *tf.Tensor) string {
	t.Helper()
	path := filepath.Join(dir, name+".npz")
	raw, err := x.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	w, err := z.Create(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(w, &npy.Array{DType: x.DType().String(), Shape: x.Shape(), Raw: raw}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
