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

// library is the version of TensorFlow, which names its folder in testdata.
func library(t *testing.T) string {
	t.Helper()
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// cases are those of the library's version.
func cases(t *testing.T) []goldenCase {
	t.Helper()
	return golden.Cases[goldenCase](t, filepath.Join("testdata", library(t)+".json"))
}

// TestPython compares with what the converter returned to Python.
func TestPython(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			o := &convert.Options{Quantize: convert.Quantize(c.Quantize), NoMetadata: true}
			wantBytes(t, c.Model, o, c.File)
		})
	}
	t.Run("flex-select", func(t *testing.T) {
		wantBytes(t, "flex", &convert.Options{SelectTFOps: true, NoMetadata: true}, library(t)+"/flex-select.tflite")
	})
}

func wantBytes(t *testing.T, model string, o *convert.Options, file string) {
	t.Helper()
	got, err := convert.Convert(t.Context(), filepath.Join("testdata/models", model), o)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d; they differ", len(got), len(want))
	}
}
