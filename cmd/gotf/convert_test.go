package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
)

func bytesOf(v float32) []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)) }

// TestConvert compares with what the converter gave to Python.
func TestConvert(t *testing.T) {
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	for _, quantize := range []string{"none", "dynamic", "float16"} {
		out := filepath.Join(t.TempDir(), "cnn.tflite")
		code, stdout, stderr := gotf(t, "convert", "--saved_model_dir", "../../tflite/convert/testdata/models/cnn", "--output_file", out, "--quantize", quantize)
		if code != exitDone || stdout != "" {
			t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
		}
		if !strings.Contains(stderr, "wrote "+out+": ") || !strings.Contains(stderr, "gotf run --model "+out+" --inputs 'image=FILE.npy'") || strings.Count(stderr, "\n") != 2 {
			t.Errorf("stderr %q", stderr)
		}
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("../../tflite/convert/testdata/" + version + "/cnn-" + quantize + ".tflite")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, Python has %d; they differ", quantize, len(got), len(want))
		}
		if files := names(t, filepath.Dir(out)); len(files) != 1 {
			t.Errorf("files %v", files)
		}
	}
}

func TestConvertErrors(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged")
	if err := os.CopyFS(damaged, os.DirFS("../../savedmodel/testdata/keras")); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(damaged, "variables/variables.data-00000-of-00001"), 100); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out", "m.tflite")
	if err := os.Mkdir(filepath.Dir(out), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, model, out string
		more             []string
		code             int
		want             string
	}{
		{"quantize", multiModel, out, []string{"--quantize", "int4"}, exitUsage, `--quantize is "int4", want none or dynamic or float16`},
		{"no folder", filepath.Join(dir, "none"), out, nil, exitFailed, "there is no folder"},
		{"no SavedModel", dir, out, nil, exitFailed, "the folder holds no SavedModel"},
		{"damaged", damaged, out, nil, exitFailed, "the values of the variables are cut short or damaged"},
		{"tags", multiModel, out, []string{"--saved-model-tag-set", "gpu"}, exitFailed, "no tag set 'gpu'; the SavedModel has 'serve'"},
		{"signature", multiModel, out, []string{"--saved-model-signature-key", "scal"}, exitFailed, `no signature "scal", did you mean "scale"?`},
		{"operations", textModel, out, []string{"--saved-model-signature-key", "text"}, exitFailed, "TFLite has no kernel for "},
		{"no folder to write to", multiModel, filepath.Join(dir, "none", "m.tflite"), nil, exitFailed, "no such file or directory"},
		{"a folder there", multiModel, dir, nil, exitFailed, "write " + dir},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotf(t, append([]string{"convert", "--saved-model-dir", tc.model, "--output-file", tc.out}, tc.more...)...)
			if code != tc.code || stdout != "" || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q in one line", code, stdout, stderr, tc.code, tc.want)
			}
		})
	}
	if files := names(t, filepath.Dir(out)); len(files) != 0 {
		t.Errorf("failed conversions left %v", files)
	}
}
