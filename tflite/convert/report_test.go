package convert_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

func TestCheck(t *testing.T) {
	for _, model := range []string{"cnn", "mlp", "multi"} {
		dir := "testdata/models/" + model
		file, err := convert.Convert(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := convert.Check(t.Context(), dir, file, nil)
		if err != nil || !r.Random || r.Samples < 1 || r.Skipped != "" || r.SizeAfter != int64(len(file)) || r.SizeBefore < 10000 || len(r.Operators) == 0 {
			t.Fatalf("%s: %+v, %v", model, r, err)
		}
		for _, d := range r.Outputs {
			if d.Scale == 0 || d.Relative() > 1e-5 || d.Agree != 1 {
				t.Errorf("%s: %+v", model, d)
			}
		}
	}
}

// TestCheckOther checks a model against another one's SavedModel.
func TestCheckOther(t *testing.T) {
	file, err := convert.Convert(t.Context(), multi, &convert.Options{Signatures: []string{"scale"}})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := convert.Check(t.Context(), cnn, file, nil); err != nil || !strings.Contains(r.Skipped, `no signature "scale"`) || len(r.Outputs) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := convert.Check(t.Context(), cnn, file[:len(file)/2], nil); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("half a file: %v", err)
	}
}

func TestTensorErrors(t *testing.T) {
	samples := open(t, "testdata/calibration.npy")
	o := &convert.Options{Quantize: convert.Int8, Calibration: samples}
	file, err := convert.Convert(t.Context(), cnn, o)
	if err != nil {
		t.Fatal(err)
	}
	list, err := convert.TensorErrors(t.Context(), cnn, file, samples, o)
	if err != nil || len(list) < 6 {
		t.Fatal(list, err)
	}
	for i, e := range list {
		if i > 0 && e.SNR < list[i-1].SNR {
			t.Errorf("%+v comes after %+v", e, list[i-1])
		}
		if e.SNR < 25 || e.Scale > 0 && (e.Steps <= 0 || e.Steps > 5) || e.RMS > e.Worst {
			t.Errorf("%+v", e)
		}
	}
	if !strings.Contains(list[0].Tensor, "sequential") || list[0].Operator == "" {
		t.Errorf("the worst is %+v", list[0])
	}
}

// TestPage writes a report whose names would do harm to a page.
func TestPage(t *testing.T) {
	r := &convert.Report{
		SavedModel: `<script>alert("1")</script>`, SizeBefore: 2000, SizeAfter: 1000, Samples: 3, Random: true,
		Inputs:    []convert.InputRange{{Signature: "serve", Input: "picture", Min: 0, Max: 255}},
		Operators: []convert.OperatorCount{{Name: "CONV_2D", Count: 3}, {Name: "MY<OP>", Count: 1, Custom: true}},
		Outputs:   []convert.Difference{{Signature: "serve", Output: "y", Worst: 0.5, Mean: 0.25, Scale: 2, Agree: 1}, {Output: "s", Note: "not numbers"}},
		Tensors:   []convert.TensorError{{Tensor: "layer/" + strings.Repeat("long/", 20), Operator: "CONV_2D", Scale: 0.1, RMS: 0.05, Steps: 0.5, SNR: 30}},
		Warnings:  []string{"mind the gap"}, Float: []string{"1 COS (c)"},
	}
	var b bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2.0 kB", "25 %", "picture of serve: 0 to 255", "mind the gap", "1 COS (c)", "not numbers", "MY&lt;OP&gt;", "prefers-color-scheme"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "http") {
		t.Error("the page holds a script or a link elsewhere")
	}
	d := xml.NewDecoder(&b)
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}
