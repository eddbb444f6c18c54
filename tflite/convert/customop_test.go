package convert_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// cholesky is a kernel for TensorFlow's operation, of one matrix.
var cholesky = tflite.CustomOp{Name: "Cholesky", Invoke: func(_ context.Context, n *tflite.Node) error {
	a, err := tflite.View[float32](n.Input(0))
	if err != nil {
		return err
	}
	l, err := tflite.View[float32](n.Output(0))
	if err != nil {
		return err
	}
	clear(l)
	size := int(n.Input(0).Shape()[1])
	for i := range size {
		for j := range i + 1 {
			sum := a[i*size+j]
			for k := range j {
				sum -= l[i*size+k] * l[j*size+k]
			}
			if i == j {
				l[i*size+i] = float32(math.Sqrt(float64(sum)))
			} else {
				l[i*size+j] = sum / l[j*size+j]
			}
		}
	}
	return nil
}}

// TestInt8CustomOps calibrates and checks a model with an operation that only the
// caller has.
func TestInt8CustomOps(t *testing.T) {
	const model = "testdata/models/flex"
	var calls []map[string]*tf.Tensor
	r := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		values := make([]float32, 16)
		for i := range values {
			values[i] = r.Float32()
		}
		x, err := tf.NewTensor(values, 4, 4)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		calls = append(calls, map[string]*tf.Tensor{"x": x})
	}
	samples := convert.Tensors("serving_default", calls...)
	o := &convert.Options{Quantize: convert.Int8, AllowCustomOps: true, Calibration: samples}
	_, err := convert.Convert(t.Context(), model, o)
	if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "no kernel of Cholesky: a Go program gives its kernels in CustomOps") {
		t.Errorf("without a kernel: %v", err)
	}
	o.CustomOps = []tflite.CustomOp{cholesky}
	got, err := convert.Convert(t.Context(), model, o)
	if err != nil {
		t.Fatal(err)
	}
	report, err := convert.Check(t.Context(), model, got, &convert.CheckOptions{Samples: samples, CustomOps: o.CustomOps})
	if err != nil || len(report.Outputs) != 1 || report.Outputs[0].Relative() > 0.05 || report.Outputs[0].Worst == 0 {
		t.Errorf("%+v, %v", report, err)
	}
	lost, err := convert.TensorErrors(t.Context(), model, got, samples, o)
	if err != nil || len(lost) < 4 {
		t.Errorf("%v, %v", lost, err)
	}
	boom := errors.New("boom")
	o.CustomOps = []tflite.CustomOp{{Name: "Cholesky", Invoke: func(context.Context, *tflite.Node) error { return boom }}}
	if _, err := convert.Convert(t.Context(), model, o); !errors.Is(err, boom) || !strings.Contains(err.Error(), "calibrate with sample 0: tflite: invoke: internal: custom operation Cholesky: boom") {
		t.Errorf("a kernel that fails: %v", err)
	}
	report, err = convert.Check(t.Context(), model, got, &convert.CheckOptions{Samples: samples, CustomOps: o.CustomOps})
	if err != nil || !strings.Contains(report.Fails, "boom") || len(report.Warnings) != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}
