package convert_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// TestKeras converts a Keras model and compares with its predictions.
func TestKeras(t *testing.T) {
	m, err := keras.Sequential{
		Layers: []core.Layer{
			&layers.Input{Shape: tf.Shape{3}},
			&layers.Dense{Units: 8, Activation: activations.Relu},
			&layers.Dense{Units: 2, Activation: activations.Softmax},
		},
		Seed: 3,
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	model, err := convert.Keras(t.Context(), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(model, []byte("CONVERSION_METADATA")) {
		t.Error("no metadata")
	}
	values := []float32{1, -2, 0.5}
	x, err := tf.NewTensor(values, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	y, err := m.Predict(t.Context(), x, keras.PredictConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	want, err := tf.Values[float32](y)
	if err != nil {
		t.Fatal(err)
	}
	got := call(t, model, values)
	for i, w := range want {
		if math.Abs(float64(got[i]-w)) > 1e-6 {
			t.Errorf("%v, want %v", got, want)
			break
		}
	}
}

// call runs a model of one input and output.
func call(t *testing.T, model []byte, x []float32) []float32 {
	t.Helper()
	m, err := tflite.NewModel(model)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	s, err := it.Signature(savedmodel.ServingDefault)
	if err != nil {
		t.Fatal(err)
	}
	if err := tflite.Set(s, s.Inputs()[0].Name, x); err != nil {
		t.Fatal(err)
	}
	if err := s.Invoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	y, err := tflite.Read[float32](s, s.Outputs()[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	return y
}
