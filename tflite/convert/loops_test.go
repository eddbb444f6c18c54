package convert

import (
	"bytes"
	"os"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

var loopKeys = []string{"while", "cond", "lstm", "chain"}

func loopSamples(t *testing.T, key string) Samples {
	t.Helper()
	s, err := Open("testdata/loops.npy@"+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestLoopRanges compares what was seen inside of loops, branches and LSTMs with
// what Python's calibrator saw.
func TestLoopRanges(t *testing.T) {
	for _, key := range loopKeys {
		got, err := Calibrated(t.Context(), models+"loops", &Options{Quantize: Int8, Signatures: []string{key}, Calibration: loopSamples(t, key)})
		if err != nil {
			t.Fatal(err)
		}
		want := Ranges(python(t, "loops-"+key+"-calibrated.tflite"))
		ranges, overwritten := Ranges(got), Overwritten(got)
		odd := 0
		for at, w := range want {
			r, ok := ranges[at]
			if ok && r.Near(w) {
				continue
			}
			if odd++; !overwritten[at].Near(w) {
				t.Errorf("%s: tensor %v has %v, Python %v", key, at, r, w)
			}
		}
		if len(ranges) != len(want) || odd > len(want)/2 || key == "chain" && odd == 0 {
			t.Errorf("%s: %d ranges, Python has %d, of which %d are overwritten", key, len(ranges), len(want), odd)
		}
	}
}

// TestLoopsWhole makes Python's whole file of Python's ranges.
func TestLoopsWhole(t *testing.T) {
	for _, key := range loopKeys {
		p, err := newPlan(models+"loops", &Options{Quantize: Int8, Signatures: []string{key}, Calibration: loopSamples(t, key)})
		if err != nil {
			t.Fatal(err)
		}
		m := unpack(lastStep(t, python(t, "loops-"+key+"-calibrated.tflite"), tf.Float32))
		dedupe(m)
		describe(m, p)
		if got, want := finish(m), python(t, "loops-"+key+"-whole.tflite"); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, Python has %d; they differ", key, len(got), len(want))
		}
	}
}

// TestLoopsInt8 converts and checks that what is inside computes with integers,
// and the outputs.
func TestLoopsInt8(t *testing.T) {
	for _, key := range loopKeys {
		samples := loopSamples(t, key)
		model, err := Convert(t.Context(), models+"loops", &Options{Quantize: Int8, Signatures: []string{key}, Calibration: samples})
		if err != nil {
			t.Fatal(err)
		}
		s, err := tflite.Inspect(model)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tflite.Inspect(python(t, "loops-"+key+"-whole.tflite"))
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range want.Subgraphs {
			for j, tensor := range g.Tensors {
				if got := s.Subgraphs[i].Tensors[j]; got.Name != tensor.Name || got.DType != tensor.DType {
					t.Errorf("%s: tensor %d %d is %s %v, Python has %s %v", key, i, j, got.Name, got.DType, tensor.Name, tensor.DType)
				}
			}
		}
		r, err := Check(t.Context(), models+"loops", model, &CheckOptions{Samples: samples})
		if err != nil || len(r.Outputs) != 1 || r.Outputs[0].Relative() > 0.1 || r.Outputs[0].SNR < 25 {
			t.Errorf("%s: %+v, %v", key, r.Outputs, err)
		}
	}
}

// TestLSTMRanges calibrates LSTMs with layer normalization and all else that
// Keras's have not, and compares with Python's calibrator.
func TestLSTMRanges(t *testing.T) {
	for _, name := range []string{"lstm-full", "lstm-coupled"} {
		data, err := os.ReadFile("testdata/" + name + ".tflite")
		if err != nil {
			t.Fatal(err)
		}
		want := Ranges(data)
		m := unpack(data)
		g := m.Subgraphs[0]
		o := g.Operators[0]
		g.Tensors, o.Intermediates = g.Tensors[:o.Intermediates[0]], nil
		for _, tensor := range g.Tensors {
			tensor.Quantization = nil
		}
		p, err := newPlan(models+"loops", &Options{Quantize: Int8, Signatures: []string{"lstm"}, Calibration: loopSamples(t, "lstm")})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.noteRanges(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		calibrated := pack(m)
		got := Ranges(calibrated)
		for at, w := range want {
			if r, ok := got[at]; !ok || !r.Near(w) {
				t.Errorf("%s: tensor %v has %v, Python %v", name, at, r, w)
			}
		}
		if len(got) != len(want) || len(want) < 10 {
			t.Errorf("%s: %d ranges, Python has %d", name, len(got), len(want))
		}
		lastStep(t, calibrated, tf.Float32)
	}
}
