package savedmodel_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// TestKinds runs models of further kinds as Python does, and saves them.
func TestKinds(t *testing.T) {
	arrays := golden.Load(t, "testdata/kinds/values.safetensors.gz")
	for _, c := range golden.Cases[goldenCase](t, "testdata/kinds/values.json") {
		t.Run(c.Name, func(t *testing.T) {
			dir := filepath.Join("testdata/kinds", c.Dir)
			callKind(t, dir, c, arrays)
			m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: c.Tags})
			must(t, err)
			defer m.Close()
			again := filepath.Join(t.TempDir(), "again")
			must(t, m.Save(t.Context(), again, nil))
			callKind(t, again, c, arrays)
		})
	}
}

// callKind calls a model and compares with what Python gave.
func callKind(t *testing.T, dir string, c goldenCase, arrays map[string]golden.Tensor) {
	t.Helper()
	m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: c.Tags})
	must(t, err)
	defer m.Close()
	in := map[string]*tf.Tensor{}
	for _, name := range c.Inputs {
		in[name], err = toTensor(arrays[c.Name+"/in/"+name])
		must(t, err)
	}
	defer closeAll(in)
	out, err := m.Call(t.Context(), c.Signature, in)
	must(t, err)
	defer closeAll(out)
	if len(out) != len(c.Outputs) {
		t.Errorf("%d outputs, want %v", len(out), c.Outputs)
	}
	for _, name := range c.Outputs {
		compare(t, name, out[name], arrays[c.Name+"/out/"+name])
	}
}

// TestSaveKinds changes variables in parts, and those that only Python's loader
// restores.
func TestSaveKinds(t *testing.T) {
	for _, name := range []string{"v1", "saved"} { // two variables each
		t.Run(name, func(t *testing.T) {
			from := filepath.Join("testdata/kinds", name)
			m, err := savedmodel.Load(from, nil)
			must(t, err)
			defer m.Close()
			now := change(t, m, 0.5)
			dir := filepath.Join(t.TempDir(), "saved")
			must(t, m.Save(t.Context(), dir, nil))
			again, err := savedmodel.Load(dir, nil)
			must(t, err)
			defer again.Close()
			for name, v := range change(t, again, 0) {
				if !slices.Equal(v, now[name]) {
					t.Errorf("%s = %v, want %v", name, v, now[name])
				}
			}
			a, err := bundle.Open(filepath.Join(from, "variables", "variables"))
			must(t, err)
			defer a.Close()
			b, err := bundle.Open(filepath.Join(dir, "variables", "variables"))
			must(t, err)
			defer b.Close()
			c, err := bundle.Compare(a, b)
			must(t, err)
			changed := 0
			for _, d := range c.Both {
				if d.A.DType == tf.Float32 && d.Max < 0.501 && d.Max > 0.499 && d.Unequal == d.A.Shape.NumElements() {
					changed++
				}
			}
			if changed != 2 {
				t.Errorf("%d values changed, want 2: %+v", changed, c.Both)
			}
		})
	}
}
