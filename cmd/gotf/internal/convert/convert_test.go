package convert

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

// TestConvert compares with what the converter gave to Python.
func TestConvert(t *testing.T) {
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	for _, quantize := range []string{"none", "dynamic", "float16"} {
		out := filepath.Join(t.TempDir(), "cnn.tflite")
		code, stdout, stderr := gotftest.Run(t, "convert", "--saved_model_dir", cnnModel, "--output_file", out, "--quantize", quantize, "--no-metadata")
		if code != exit.Done || stdout != "" {
			t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
		}
		for _, want := range []string{"wrote " + out + ": ", "check: output_0 differs by at most ", " 1 CONV_2D", "gotf run --model " + out + " --inputs 'image=FILE.npy'"} {
			if !strings.Contains(stderr, want) {
				t.Errorf("stderr lacks %q: %s", want, stderr)
			}
		}
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("../../../../tflite/convert/testdata/" + version + "/cnn-" + quantize + ".tflite")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, Python has %d; they differ", quantize, len(got), len(want))
		}
		if files := gotftest.FileNames(t, filepath.Dir(out)); len(files) != 1 {
			t.Errorf("files %v", files)
		}
	}
}

const (
	textModel   = "../../../../savedmodel/testdata/multi"            // strings, a table, numbers
	multiModel  = "../../../../tflite/convert/testdata/models/multi" // {a, b} -> {product, sum}, x -> y
	cnnModel    = "../../../../tflite/convert/testdata/models/cnn"
	calibration = "../../../../tflite/convert/testdata/calibration.npy"
)

// TestConvertInt8 asks for all that is known of an int8 model.
func TestConvertInt8(t *testing.T) {
	dir := t.TempDir()
	out, page := filepath.Join(dir, "cnn.tflite"), filepath.Join(dir, "cnn.html")
	code, stdout, stderr := gotftest.Run(t, "convert", "--saved-model-dir", cnnModel, "--output-file", out, "--quantize", "int8", "--calibration", calibration,
		"--calibration-steps", "5", "--inference-input-type", "int8", "--inference-output-type", "uint8", "--quantization-errors", "--json", "--report", page)
	var r struct {
		OutputFile string `json:"output_file"`
		convert.Report
	}
	if err := json.Unmarshal([]byte(stdout), &r); code != exit.Done || err != nil || stderr != "" {
		t.Fatalf("exit %d, %v, stdout %q, stderr %q", code, err, stdout, stderr)
	}
	if r.OutputFile != out || r.Samples != 5 || r.Random || len(r.Outputs) != 1 || len(r.Tensors) < 5 || r.Outputs[0].Worst > 0.05 {
		t.Errorf("%+v", r)
	}
	model, err := os.ReadFile(out)
	if err != nil || !bytes.Contains(model, []byte("CONVERSION_METADATA")) || r.SizeAfter != int64(len(model)) {
		t.Errorf("%d bytes, %v", len(model), err)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("What loses most")) {
		t.Errorf("the page: %v", err)
	}
	code, _, stderr = gotftest.Run(t, "convert", "--saved-model-dir", cnnModel, "--output-file", out, "--quantize", "int8", "--calibration", calibration, "--no-check")
	if code != exit.Done || strings.Contains(stderr, "check") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

// TestConvertSignatures calibrates one signature, then both.
func TestConvertSignatures(t *testing.T) {
	dir := t.TempDir()
	ab := filepath.Join(dir, "ab.npz")
	writeNPZ(t, ab, "a", "b")
	x := gotftest.WriteNPY(t, dir, "x.npy", []int64{3, 4}, make([]float32, 12)...)
	out := filepath.Join(dir, "m.tflite")
	for _, tc := range []struct {
		calibration []string
		samples     int
		checked     int
		warning     string
	}{
		{[]string{ab}, 2, 2, `signature "scale" got no samples and stays in float: give it some, too (--calibration PATH@scale)`},
		{[]string{x + "@scale"}, 3, 3, `signature "serving_default" got no samples and stays in float`},
		{[]string{x + "@scale", ab}, 5, 5, ""},
	} {
		args := []string{"convert", "--saved-model-dir", multiModel, "--output-file", out, "--quantize", "int8", "--json"}
		for _, c := range tc.calibration {
			args = append(args, "--calibration", c)
		}
		code, stdout, stderr := gotftest.Run(t, args...)
		var r convert.Report
		if err := json.Unmarshal([]byte(stdout), &r); code != exit.Done || err != nil {
			t.Fatalf("exit %d, %v, %s", code, err, stderr)
		}
		if said := strings.Contains(stderr, "got no samples"); r.Calibrated != tc.samples || r.Samples != tc.checked || said != (tc.warning != "") || !strings.Contains(stderr, tc.warning) {
			t.Errorf("%q: %d samples, %d checked, %s", tc.calibration, r.Calibrated, r.Samples, stderr)
		}
	}
}

// writeNPZ writes arrays of two rows of four zeros.
func writeNPZ(t *testing.T, path string, names ...string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(f, &npy.Array{DType: "float32", Shape: []int64{2, 4}, Raw: make([]byte, 32)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestNext points to what can be done with the file.
func TestNext(t *testing.T) {
	counts := func(name string, custom bool) *convert.Report {
		return &convert.Report{Operators: []convert.OperatorCount{{Name: "ADD", Count: 1}, {Name: name, Custom: custom, Count: 2}}}
	}
	for _, tc := range []struct {
		r    *convert.Report
		want string
	}{
		{counts("MUL", false), "gotf run --model 'a b.tflite' --inputs 'NAME=FILE.npy' --outdir OUT"},
		{counts("FlexErf", true), "gotf run --model 'a b.tflite' --inputs 'NAME=FILE.npy' --outdir OUT"},
		{counts("Atanh", true), "a program that has kernels of Atanh (docs/tflite.md, Custom operations, shows one in Go)"},
		{&convert.Report{Fails: "it does"}, ""},
	} {
		if got := nextStep("a b.tflite", tc.r); got != tc.want {
			t.Errorf("next: %s, want %s", got, tc.want)
		}
	}
}

// TestCounted counts anew each time.
func TestCounted(t *testing.T) {
	n := 0
	all, err := convert.Open(calibration, nil)
	if err != nil {
		t.Fatal(err)
	}
	samples := (&progress{}).counted("test", &n, all.First(4))
	for range 2 {
		for sample, err := range samples(t.Context(), []savedmodel.Signature{{Key: "s", Inputs: []savedmodel.TensorInfo{{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1, 10, 10, 1}}}}}) {
			if err != nil {
				t.Fatal(err)
			}
			sample.Close()
		}
		if n != 4 {
			t.Errorf("%d samples, want 4", n)
		}
	}
}

// TestConvertPictures calibrates on pictures, whose range needs a word.
func TestConvertPictures(t *testing.T) {
	dir := t.TempDir()
	pictures, out := filepath.Join(dir, "pictures"), filepath.Join(dir, "new", "cnn.tflite")
	if err := os.Mkdir(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(image.Rect(0, 0, 12, 12))
	for i := range grey.Pix {
		grey.Pix[i] = byte(i % 12 / 6 * 255) // a black half and a white one
	}
	var b bytes.Buffer
	if err := png.Encode(&b, grey); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(pictures, "a.png"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	const warning = `warning: the pictures give input "image" values from 0 to 255, which is the range that the model is calibrated for`
	for normalize, want := range map[string]string{"": "samples: image from 0 to 255\n", "0,255": "samples: image from 0 to 1\n", "0,1": "samples: image from 0 to 255\n"} {
		args := []string{"convert", "--saved-model-dir", cnnModel, "--output-file", out, "--quantize", "int8", "--calibration", pictures, "--inference-input-type", "int8"}
		if normalize != "" {
			args = append(args, "--normalize", normalize)
		}
		code, _, stderr := gotftest.Run(t, args...)
		if code != exit.Done || !strings.Contains(stderr, want) || strings.Contains(stderr, warning) != (normalize == "") || !strings.Contains(stderr, "--inputs 'image=FILE.npy' --quantize-inputs --outdir OUT") {
			t.Errorf("--normalize %q: exit %d, %s", normalize, code, stderr)
		}
	}
}

func TestConvertErrors(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged")
	if err := os.CopyFS(damaged, os.DirFS("../../../../savedmodel/testdata/keras")); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(damaged, "variables/variables.data-00000-of-00001"), 100); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out", "m.tflite")
	if err := os.Mkdir(filepath.Dir(out), 0o755); err != nil {
		t.Fatal(err)
	}
	kerasFile := filepath.Join(dir, "m.keras")
	if err := os.WriteFile(kerasFile, []byte("PK\x03\x04"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, model, out string
		more             []string
		code             int
		want             string
	}{
		{"quantize", multiModel, out, []string{"--quantize", "int4"}, exit.Usage, `--quantize is "int4", want none, dynamic, float16 or int8`},
		{"int16x8", multiModel, out, []string{"--quantize", "int16x8"}, exit.Failed, "invalid models of it"},
		{"no samples", multiModel, out, []string{"--quantize", "int8"}, exit.Failed, "int8 needs samples to calibrate with"},
		{"samples", multiModel, out, []string{"--quantize", "int8", "--calibration", filepath.Join(dir, "none")}, exit.Failed, "no such file or directory"},
		{"other samples", multiModel, out, []string{"--quantize", "int8", "--calibration", calibration}, exit.Failed, "an .npz file holds one array for each"},
		{"input type", multiModel, out, []string{"--inference-input-type", "int8"}, exit.Usage, "--inference-input-type int8 goes with --quantize int8"},
		{"output type", multiModel, out, []string{"--quantize", "int8", "--inference-output-type", "int16"}, exit.Usage, `--inference-output-type is "int16", want float32, int8 or uint8`},
		{"normalize", multiModel, out, []string{"--calibration", calibration, "--normalize", "0,0"}, exit.Usage, "want positive deviations"},
		{"steps", multiModel, out, []string{"--calibration", calibration, "--calibration-steps", "0"}, exit.Usage, "--calibration-steps is 0, want a positive number"},
		{"steps of nothing", multiModel, out, []string{"--calibration-steps", "3"}, exit.Usage, "--calibration-steps goes with --calibration"},
		{"page", multiModel, out, []string{"--report", filepath.Join(damaged, "saved_model.pb", "r.html")}, exit.Failed, "is not a folder"},
		{"Keras's file", kerasFile, out, nil, exit.Failed, "model.export(DIR) in Python makes a SavedModel"},
		{"samples twice", multiModel, out, []string{"--calibration", calibration, "--calibration", calibration}, exit.Usage, "--calibration names " + calibration + " twice"},
		{"normalize values", multiModel, out, []string{"--quantize", "int8", "--calibration", calibration, "--normalize", "0,255"}, exit.Usage, "--normalize) are for a folder of pictures"},
		{"a frozen graph", filepath.Join(damaged, "saved_model.pb"), out, nil, exit.Failed, "did you mean its folder"},
		{"no folder", filepath.Join(dir, "none"), out, nil, exit.Failed, "there is no folder"},
		{"no SavedModel", dir, out, nil, exit.Failed, "the folder holds no SavedModel"},
		{"damaged", damaged, out, nil, exit.Failed, "the values of the variables are cut short or damaged"},
		{"tags", multiModel, out, []string{"--saved-model-tag-set", "gpu"}, exit.Failed, "no tag set 'gpu'; the SavedModel has 'serve'"},
		{"signature", multiModel, out, []string{"--saved-model-signature-key", "scal"}, exit.Failed, `no signature "scal", did you mean "scale"?`},
		{"operations", textModel, out, []string{"--saved-model-signature-key", "text"}, exit.Failed, "TFLite has no kernel for "},
		{"through a file", multiModel, filepath.Join(damaged, "saved_model.pb", "m.tflite"), nil, exit.Failed, "is not a folder"},
		{"a new folder", textModel, filepath.Join(dir, "out", "a", "b", "m.tflite"), []string{"--saved-model-signature-key", "text"}, exit.Failed, "TFLite has no kernel for "},
		{"a folder there", multiModel, dir, nil, exit.Failed, "write " + dir},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"convert", "--saved-model-dir", tc.model, "--output-file", tc.out}, tc.more...)...)
			if code != tc.code || stdout != "" || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q in one line", code, stdout, stderr, tc.code, tc.want)
			}
		})
	}
	if files := gotftest.FileNames(t, filepath.Dir(out)); len(files) != 0 {
		t.Errorf("failed conversions left %v", files)
	}
}
