package diff

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// TestDiffZerosAndTypes compares values that were zero, and values whose type
// alone is another.
func TestDiffZerosAndTypes(t *testing.T) {
	dir := t.TempDir()
	floats := func(v ...float32) (raw []byte) {
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		return raw
	}
	doubles := func(v ...float64) (raw []byte) {
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(x))
		}
		return raw
	}
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	two := tf.Shape{2}
	for prefix, values := range map[string][]bundle.Value{
		a: {{Name: "bias", DType: tf.Float32, Shape: two, Bytes: floats(0, 0)}, {Name: "wide", DType: tf.Float32, Shape: two, Bytes: floats(1, 2)}},
		b: {{Name: "bias", DType: tf.Float32, Shape: two, Bytes: floats(0.5, 0)}, {Name: "wide", DType: tf.Float64, Shape: two, Bytes: doubles(1, 2)}},
	} {
		if err := bundle.Write(prefix, values); err != nil {
			t.Fatal(err)
		}
	}
	_, r := run(t, a, b)
	w := r.Weights
	if len(w.Changed) != 1 || len(w.Retyped) != 1 || w.Compared != 2 || w.Retyped[0].Name != "wide" || w.Retyped[0].B.DType != "float64" {
		t.Fatalf("%+v", w)
	}
	if c := w.Changed[0]; c.Name != "bias" || *c.Max != 0.5 || c.Scale != nil || c.Cosine != nil || c.SNR != nil {
		t.Errorf("%+v", c)
	}
	_, stdout, _ := gotftest.Run(t, "diff", a, b)
	for _, want := range []string{"1 of 2 weights (0 in A), the types of 1 of equal values", "  0.5  0.25  A is 0    -       -\n", "1 weight of equal values that are stored in another type\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "NaN") || strings.Contains(stdout, "Inf") {
		t.Error(stdout)
	}
	if _, r = run(t, b, a); *r.Weights.Changed[0].Scale != 1 || r.Weights.Changed[0].Cosine != nil {
		t.Errorf("%+v", r.Weights.Changed)
	}
}

// TestDiffDrawsFromQuantization draws random inputs from where a model for floats
// was calibrated.
func TestDiffDrawsFromQuantization(t *testing.T) {
	const models = "../../../../tflite/convert/testdata/2.18.0/"
	for file, whole := range map[string]string{"cnn-int8-float32.tflite": "B", "cnn-int8-int8.tflite": "B", "cnn-float16.tflite": ""} {
		_, r := run(t, models+"cnn-none.tflite", models+file, "--samples", "1")
		if r.Outputs == nil || len(r.Outputs.Drawn) != 1 {
			t.Fatalf("%s: %+v", file, r.Outputs)
		}
		d := r.Outputs.Drawn[0]
		if d.Input != "image" || d.From != whole || (whole == "") != (d.Low == -1 && d.High == 1) {
			t.Errorf("%s: %+v", file, d)
		}
	}
}
