package convert_test

import (
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// TestNames converts models many variables of which have one name, also with
// several signatures that share variables: for all of them the converter itself
// leaves out the values.
func TestNames(t *testing.T) {
	for name, outputs := range map[string]int{"same": 1, "different": 1, "several": 3, "exported": 1} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("../../savedmodel/testdata/names", name)
			model, err := convert.Convert(t.Context(), dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			s, err := tflite.Inspect(model)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range s.Subgraphs {
				for _, o := range g.Operators {
					if o.Name == "READ_VARIABLE" {
						t.Error("it has variables")
					}
				}
			}
			r, err := convert.Check(t.Context(), dir, model, nil)
			if err != nil || len(r.Warnings) > 0 || len(r.Outputs) != outputs {
				t.Fatalf("%+v, %v", r, err)
			}
			for _, d := range r.Outputs {
				if !(d.Relative() < 1e-5) {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}
