package keras_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/datasets"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// TestLongMNIST trains on all of MNIST as scripts/golden/mnist_accuracy.py does
// with Keras, and as well; and what it trained is as good in TFLite.
func TestLongMNIST(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	want := kerasAccuracy(t)
	d, err := datasets.Load("mnist", 0)
	if err != nil {
		t.Fatal(err)
	}
	// A seed's accuracy is 0.1 % from another's, with Keras as here: a mean of
	// many is compared.
	const seeds = 6
	var train, test float64
	var first *keras.Model
	for seed := int64(1); seed <= seeds; seed++ {
		m, h := trainDigits(t, d, seed, want.BatchSize, want.Epochs)
		train += last(h.Metrics["accuracy"]) / seeds
		test += last(h.Metrics["val_accuracy"]) / seeds
		t.Logf("seed %d: training accuracy %v, test accuracy %v", seed, h.Metrics["accuracy"], h.Metrics["val_accuracy"])
		if first == nil {
			first = m
		}
	}
	t.Logf("mean: training accuracy %.5f, Keras %.5f; test accuracy %.5f, Keras %.5f", train, want.Mean.Train, test, want.Mean.Test)
	if math.Abs(train-want.Mean.Train) > 0.001 || math.Abs(test-want.Mean.Test) > 0.001 {
		t.Errorf("accuracy is not within 0.1 %% of Keras's")
	}
	t.Run("again", func(t *testing.T) {
		again, _ := trainDigits(t, d, 1, want.BatchSize, want.Epochs)
		if !reflect.DeepEqual(weights(t, again), weights(t, first)) {
			t.Error("the same seed gives other weights")
		}
	})
	t.Run("tflite", func(t *testing.T) { compareLite(t, first, &d.Test) })
}

// accuracies is what the golden script wrote.
type accuracies struct {
	BatchSize int `json:"batch_size"`
	Epochs    int `json:"epochs"`
	Mean      struct {
		Train float64 `json:"accuracy"`
		Test  float64 `json:"val_accuracy"`
	} `json:"mean_of_last_epoch"`
}

func kerasAccuracy(t *testing.T) (a accuracies) {
	t.Helper()
	text, err := os.ReadFile("../scripts/golden/mnist_accuracy.json")
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil || a.Mean.Train == 0 || a.Mean.Test == 0 {
		t.Fatalf("%v in %s", err, text)
	}
	return a
}

// trainDigits trains the CNN of gotf train's preset mnist-cnn.
func trainDigits(t *testing.T, d *datasets.Dataset, seed int64, batch, epochs int) (*keras.Model, *keras.History) {
	t.Helper()
	m := build(t, keras.Sequential{Seed: seed, Layers: []core.Layer{
		&layers.Input{Shape: tf.Shape{28, 28, 1}},
		&layers.Conv2D{Filters: 32, KernelSize: layers.Square(3), Activation: activations.Relu},
		&layers.MaxPooling2D{},
		&layers.Flatten{},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}})
	cfg := adam()
	cfg.StepsPerExecution = 32
	compile(t, m, cfg)
	return m, fit(t, m, pictures(t, &d.Train), keras.FitConfig{BatchSize: batch, Epochs: epochs, Validation: pictures(t, &d.Test)})
}

func pictures(t *testing.T, s *datasets.Split) keras.Arrays {
	t.Helper()
	x := tensor(t, s.Images, int64(s.N), int64(s.Rows), int64(s.Cols), 1)
	return keras.Arrays{X: x, Y: tensor(t, s.Labels), Scale: 1. / 255}
}

func last(v []float64) float64 { return v[len(v)-1] }

// compareLite holds the accuracy of converted models against the SavedModel's.
func compareLite(t *testing.T, m *keras.Model, test *datasets.Split) {
	dir := filepath.Join(t.TempDir(), "model")
	if err := m.Export(ctx, dir, keras.ExportConfig{}); err != nil {
		t.Fatal(err)
	}
	s, err := savedmodel.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := accuracy(t, test, func(in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
		return s.Call(ctx, savedmodel.ServingDefault, in)
	})
	t.Logf("SavedModel: %.4f", want)
	for quantize, allowed := range map[convert.Quantize]float64{convert.None: 0.001, convert.Float16: 0.001, convert.Dynamic: 0.005} {
		file, err := convert.Convert(ctx, dir, &convert.Options{Quantize: quantize})
		if err != nil {
			t.Fatal(err)
		}
		got := liteAccuracy(t, test, file)
		t.Logf("%s: %.4f, %d bytes", quantize, got, len(file))
		if math.Abs(got-want) > allowed {
			t.Errorf("%s: accuracy %.4f, the SavedModel's is %.4f", quantize, got, want)
		}
	}
}

func liteAccuracy(t *testing.T, test *datasets.Split, file []byte) float64 {
	t.Helper()
	m, err := tflite.NewModel(file)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	return accuracy(t, test, func(in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
		return it.Run(ctx, savedmodel.ServingDefault, in)
	})
}

// accuracy is the share of pictures whose label a model gives the most.
func accuracy(t *testing.T, s *datasets.Split, run func(map[string]*tf.Tensor) (map[string]*tf.Tensor, error)) float64 {
	t.Helper()
	const batch = 100
	right, size := 0, s.Rows*s.Cols
	for at := 0; at < s.N; at += batch {
		x := make([]float32, batch*size)
		for i := range x {
			x[i] = float32(s.Images[at*size+i]) / 255
		}
		in := tensor(t, x, batch, int64(s.Rows), int64(s.Cols), 1)
		out, err := run(map[string]*tf.Tensor{"input_layer": in})
		if err != nil {
			t.Fatal(err)
		}
		y, err := tf.Values[float32](out["output_0"])
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
		out["output_0"].Close()
		for i := range batch {
			scores := y[i*10 : i*10+10]
			if int32(slices.Index(scores, slices.Max(scores))) == s.Labels[at+i] {
				right++
			}
		}
	}
	return float64(right) / float64(s.N)
}
