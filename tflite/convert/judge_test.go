package convert_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

// scaled multiplies float samples.
func scaled(samples convert.Samples, by float32) convert.Samples {
	return func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[convert.Sample, error] {
		return func(yield func(convert.Sample, error) bool) {
			for sample, err := range samples(ctx, signatures) {
				for name, t := range sample.Inputs {
					values, _ := tf.Values[float32](t)
					for i := range values {
						values[i] *= by
					}
					sample.Inputs[name], err = tf.NewTensor(values, t.Shape()...)
					t.Close()
				}
				if !yield(sample, err) {
					return
				}
			}
		}
	}
}

// TestWrongRange calibrates a model on a hundredth of what it then gets: the
// report says that it is of no use, and the ranges show why.
func TestWrongRange(t *testing.T) {
	samples := open(t, "testdata/calibration.npy")
	for by, poor := range map[float32]bool{1: false, 0.01: true} {
		calibration, ranges := convert.Observe(scaled(samples, by))
		model, err := convert.Convert(t.Context(), cnn, &convert.Options{Quantize: convert.Int8, Calibration: calibration})
		if err != nil {
			t.Fatal(err)
		}
		r, err := convert.Check(t.Context(), cnn, model, &convert.CheckOptions{Samples: samples})
		if err != nil || r.Skipped != "" {
			t.Fatal(r, err)
		}
		said := len(r.Warnings) == 1 && strings.Contains(r.Warnings[0], `output "output_0" of signature "serving_default" is far from`)
		if said != poor || len(r.Warnings) > 1 {
			t.Errorf("calibrated on %v of the range: %q, %+v", by, r.Warnings, r.Outputs)
		}
		got := ranges()
		if len(got) != 1 || got[0].Input != "image" || got[0].DType != "float32" || len(r.Inputs) != 1 {
			t.Fatalf("%+v, %+v", got, r.Inputs)
		}
		if ratio := got[0].Max / r.Inputs[0].Max; ratio < 0.5*float64(by) || ratio > 2*float64(by) {
			t.Errorf("calibrated up to %v, checked up to %v", got[0].Max, r.Inputs[0].Max)
		}
	}
}

// TestLeftOut gives samples to a signature that is in the model and not
// converted.
func TestLeftOut(t *testing.T) {
	samples := open(t, "testdata/calibration.npy@serving_default")
	_, err := convert.Convert(t.Context(), multi, &convert.Options{Quantize: convert.Int8, Calibration: samples, Signatures: []string{"scale"}})
	if err == nil || !strings.Contains(err.Error(), `the samples are for signature "serving_default", which is not converted; give them to scale`) {
		t.Errorf("err = %v", err)
	}
}
