package savedmodel_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// referenceCase is a model with calls to make one after the other.
type referenceCase struct {
	Name  string
	Calls []struct {
		Signature       string
		Inputs, Outputs []string
	}
	Kept []string // variables that stay references
}

// referencesDir holds the models; another folder may have those of another
// version of TensorFlow.
func referencesDir() string {
	if dir := os.Getenv("GOTF_REFERENCES"); dir != "" {
		return dir
	}
	return "testdata/references"
}

// TestReferences runs models with reference variables, which train, count and
// read before and after updates, as Python does that has the references.
func TestReferences(t *testing.T) {
	dir := referencesDir()
	arrays := golden.Load(t, filepath.Join(dir, "values.safetensors.gz"))
	for _, c := range golden.Cases[referenceCase](t, filepath.Join(dir, "values.json")) {
		for _, config := range []*tf.Config{nil, {}} { // on one thread where that can be, and not
			t.Run(fmt.Sprint(c.Name, config != nil), func(t *testing.T) {
				m, err := savedmodel.Load(filepath.Join(dir, c.Name), &savedmodel.LoadConfig{Config: config})
				must(t, err)
				defer m.Close()
				var kept []string
				for _, o := range m.Session().Graph().Ops() {
					if o.Type() == "VariableV2" || o.Type() == "Variable" {
						kept = append(kept, o.Name())
					}
				}
				slices.Sort(kept)
				if !slices.Equal(kept, c.Kept) {
					t.Errorf("%q are references still, want %q", kept, c.Kept)
				}
				c.run(t, m, arrays)
			})
		}
	}
}

// run makes the calls and compares what they return.
func (c referenceCase) run(t *testing.T, m *savedmodel.Model, arrays map[string]golden.Tensor) {
	t.Helper()
	for i, call := range c.Calls {
		at := fmt.Sprint(c.Name, "/", i)
		in := map[string]*tf.Tensor{}
		for _, name := range call.Inputs {
			x, err := toTensor(arrays[at+"/in/"+name])
			must(t, err)
			in[name] = x
		}
		out, err := m.Call(t.Context(), call.Signature, in)
		if err != nil {
			t.Fatalf("%s %s: %v", at, call.Signature, err)
		}
		for _, name := range call.Outputs {
			compare(t, fmt.Sprintf("%s %s: %s", at, call.Signature, name), out[name], arrays[at+"/out/"+name])
		}
		closeAll(in)
		closeAll(out)
	}
}
