package keras_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/tf/bundle"
)

// TestCheckpointNames finds the weights in a checkpoint, in a folder that Save
// made, by their names in Python.
func TestCheckpointNames(t *testing.T) {
	m := build(t, keras.Sequential{Layers: tinyCNN(0.3), Seed: 2})
	compile(t, m, adam())
	prefix := filepath.Join(t.TempDir(), "run", "checkpoints", "ckpt-1")
	if err := m.Save(ctx, prefix); err != nil {
		t.Fatal(err)
	}
	r, err := bundle.Open(prefix)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := weights(t, m)
	for i, w := range m.Weights() {
		got, shape, err := bundle.Values[float32](r, w.Path)
		if err != nil || !slices.Equal(got, want[i]) || !shape.Equal(w.Shape()) {
			t.Errorf("%s: %v %v, %v", w.Path, shape, got, err)
		}
	}
	if _, _, err := bundle.Values[int64](r, "optimizer/iteration"); err != nil {
		t.Error(err)
	}
}
