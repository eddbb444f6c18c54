package convert_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/damage"
	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

func TestMain(m *testing.M) {
	damage.Main(convertDamaged)
	os.Exit(leaktest.Main(m))
}

type goldenCase struct {
	Name, Model, Quantize, File string
	SignatureKeys               []string `json:"signature_keys"`
}

// cases are those of the library's version.
func cases(t *testing.T) []goldenCase {
	t.Helper()
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	return golden.Cases[goldenCase](t, filepath.Join("testdata", version+".json"))
}

// TestPython compares with what the converter returned to Python.
func TestPython(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			got, err := convert.Convert(t.Context(), filepath.Join("testdata/models", c.Model), &convert.Options{Quantize: convert.Quantize(c.Quantize)})
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("testdata", c.File))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes, want %d; they differ", len(got), len(want))
			}
		})
	}
}
