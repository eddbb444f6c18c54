package convert

import (
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// TestBroken checks a model that TFLite does not run: a layer's weights are of
// another size than it takes.
func TestBroken(t *testing.T) {
	model, err := Convert(t.Context(), models+"cnn", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := unpack(model)
	for _, o := range m.Subgraphs[0].Operators {
		if builtin(m, o) == schema.BuiltinOperatorFULLY_CONNECTED {
			w := m.Subgraphs[0].Tensors[o.Inputs[1]]
			w.Shape[0], w.Shape[1] = w.Shape[1], w.Shape[0]
		}
	}
	for _, samples := range []Samples{nil, calibration(t)} {
		r, err := Check(t.Context(), models+"cnn", pack(m), &CheckOptions{Samples: samples})
		if err != nil {
			t.Fatal(err)
		}
		if r.Fails == "" || !strings.HasPrefix(r.Skipped, "the new model does not run: ") || len(r.Outputs) != 0 ||
			len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], r.Fails) || !strings.Contains(r.Warnings[0], "--quantize none") {
			t.Errorf("%+v", r)
		}
	}
	// A kernel that is missing here is no fault of the model.
	model, err = Convert(t.Context(), models+"flex", &Options{AllowCustomOps: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(t.Context(), models+"flex", model, nil)
	if err != nil || r.Fails != "" || !strings.Contains(r.Skipped, tf.Unimplemented.Error()) {
		t.Errorf("%+v, %v", r, err)
	}
}
