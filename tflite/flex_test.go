package tflite_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

type features struct {
	Flex struct{ X, Y []float32 }
	RNN  struct{ X, First, Second []float32 }
}

func readFeatures(t *testing.T) (f features) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(models, "features", "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	unmarshal(t, text, &f)
	return f
}

// TestFlex runs operations of TensorFlow's, where the library lends them.
func TestFlex(t *testing.T) {
	want := readFeatures(t).Flex
	m, err := tflite.LoadModel(models + "/features/flex.tflite")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, err = tflite.NewInterpreter(m, &tflite.Options{NoFlex: true})
	if !errors.Is(err, tf.Unimplemented) || !strings.HasSuffix(err.Error(), "the model needs TensorFlow's operations Atan, Cumprod (Select TF ops): the option NoFlex is set") {
		t.Errorf("error %v", err)
	}
	it, err := tflite.NewInterpreter(m, nil)
	if version, _ := tf.Version(); version != "2.18.0" {
		if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "Atan, Cumprod") || !strings.Contains(err.Error(), "tensorflow-cpu 2.18.0") {
			t.Errorf("with %s: error %v", version, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	for range 2 {
		out, err := it.Run(background, "serving_default", map[string]*tf.Tensor{"x": tensor(t, want.X, 2, 3)})
		if err != nil {
			t.Fatal(err)
		}
		for i, y := range values[float32](t, out["y"]) {
			if math.Abs(float64(y-want.Y[i])) > 1e-6 {
				t.Errorf("y[%d] = %v, want %v", i, y, want.Y[i])
			}
		}
		out["y"].Close()
	}
	ops, err := it.Profile(background, 3)
	if err != nil || len(ops) == 0 {
		t.Errorf("profile %v, %v", ops, err)
	}
}

// TestState keeps variables and tables from one invocation to the next.
func TestState(t *testing.T) {
	it := load(t, "features/state.tflite", nil)
	add, err := it.Signature("add")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{2, 5, 9} {
		if err := tflite.Set(add, "x", []float32{float32(i + 2)}); err != nil {
			t.Fatal(err)
		}
		if err := add.Invoke(background); err != nil {
			t.Fatal(err)
		}
		if total, err := tflite.Read[float32](add, "total"); err != nil || total[0] != want {
			t.Errorf("total %v, %v; want %v", total, err, want)
		}
	}
	out, err := it.Run(background, "find", map[string]*tf.Tensor{"word": tensor(t, []string{"two", "none", "one"}, 3)})
	if err != nil {
		t.Fatal(err)
	}
	defer out["number"].Close()
	if got := values[int64](t, out["number"]); got[0] != 2 || got[1] != -1 || got[2] != 1 {
		t.Errorf("found %v", got)
	}

	r := load(t, "features/random.tflite", nil)
	name := r.Inputs()[0].Name
	var first []float32
	for range 2 {
		if err := tflite.Set(r, name, []int32{4}); err != nil {
			t.Fatal(err)
		}
		if err := r.Invoke(background); err != nil {
			t.Fatal(err)
		}
		now, err := tflite.Read[float32](r, r.Outputs()[0].Name)
		if err != nil || len(now) != 4 || first != nil && now[0] == first[0] {
			t.Errorf("random %v after %v, %v", now, first, err)
		}
		first = now
	}
}

func TestRecurrent(t *testing.T) {
	want := readFeatures(t).RNN
	it := load(t, "features/rnn.tflite", nil)
	for _, y := range [][]float32{want.First, want.Second} {
		got := make([]float32, len(y))
		if err := tflite.RunInto(background, it, want.X, got); err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if math.Abs(float64(got[i]-y[i])) > 1e-5 {
				t.Errorf("y[%d] = %v, want %v", i, got[i], y[i])
			}
		}
	}
	if err := it.ResetVariables(); err != nil {
		t.Error(err)
	}
}
