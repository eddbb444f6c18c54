package keras_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestNames gives names that Keras takes and TensorFlow's operations do not.
func TestNames(t *testing.T) {
	data := blobs(t, 8, 3, 4)
	for _, name := range []string{"the out:put", "_private", "-", "слой", "a.b>c", "1", "tab\there"} {
		t.Run(name, func(t *testing.T) {
			for _, eager := range []bool{false, true} {
				m := build(t, keras.Sequential{Name: "мой model", Seed: 1, Layers: []core.Layer{
					&layers.Input{Base: core.Named(name + " in"), Shape: tf.Shape{4}},
					&layers.Dense{Base: core.Named(name), Units: 3},
					&layers.Dense{Base: core.Named(name + "!"), Units: 3},
					&layers.Activation{Base: core.Named(name + "?"), Activation: "softmax"},
				}})
				cfg := adam()
				cfg.RunEagerly = eager
				compile(t, m, cfg)
				fit(t, m, data, keras.FitConfig{})
				if path := "мой model/" + name + "/kernel"; m.Weight(path) == nil {
					t.Errorf("no weight %q", path)
				}
				reload(t, m, name, data.X)
			}
		})
	}
}

// reload exports a model with a signature of that name and calls it.
func reload(t *testing.T, m *keras.Model, name string, x *tf.Tensor) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "model")
	if err := m.Export(ctx, dir, keras.ExportConfig{Signature: name}); err != nil {
		t.Fatal(err)
	}
	loaded, err := savedmodel.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	out, err := loaded.Call(ctx, name, map[string]*tf.Tensor{name + " in": x})
	if err != nil {
		t.Fatal(err)
	}
	defer out["output_0"].Close()
	got, err := tf.Values[float32](out["output_0"])
	if err != nil {
		t.Fatal(err)
	}
	if want := predict(t, m, x, keras.PredictConfig{}); !nearly(got, want) || slices.Max(got) == 0 {
		t.Errorf("the exported model gives %v, want %v", got, want)
	}
}
