package tflite_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func runMLP(t *testing.T, it *tflite.Interpreter) []float32 {
	t.Helper()
	y := make([]float32, 4)
	if err := tflite.RunInto(background, it, []float32{1, -2, 3, -4, 5, -6, 7, -8}, y); err != nil {
		t.Fatal(err)
	}
	return y
}

func TestWeightCache(t *testing.T) {
	want := runMLP(t, load(t, "mlp.tflite", nil))
	dir := t.TempDir()
	path := filepath.Join(dir, "weights")
	for range 3 {
		it := load(t, "mlp.tflite", &tflite.Options{XNNPACK: tflite.XNNPACK{WeightCache: path}})
		if got := runMLP(t, it); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size() < 1<<10 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(path, []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := runMLP(t, load(t, "mlp.tflite", &tflite.Options{XNNPACK: tflite.XNNPACK{WeightCache: path}})); !slices.Equal(got, want) {
		t.Errorf("after the file was damaged: %v, want %v", got, want)
	}
	half := filepath.Join(dir, "half") // does without
	load(t, "wide_float16.tflite", &tflite.Options{XNNPACK: tflite.XNNPACK{WeightCache: half}})
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("files %v", files)
	}

	m, err := tflite.LoadModel(filepath.Join(models, "mlp.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for path, code := range map[string]tf.Code{filepath.Join(dir, "no", "weights"): tf.NotFound, filepath.Join(path, "x"): tf.InvalidArgument} {
		_, err := tflite.NewInterpreter(m, &tflite.Options{XNNPACK: tflite.XNNPACK{WeightCache: path}})
		if !errors.Is(err, code) {
			t.Errorf("%s: error %v, want %v", path, err, code)
		}
	}
}

// TestShareWeights makes interpreters of one model at the same time.
func TestShareWeights(t *testing.T) {
	for _, file := range []string{"mlp.tflite", "wide_float16.tflite", "conv_int8.tflite", "ops.tflite", "conv.tflite"} {
		m, err := tflite.LoadModel(filepath.Join(models, file))
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		alone := outputs(t, m, nil)
		var wg sync.WaitGroup
		for range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if got := outputs(t, m, &tflite.Options{XNNPACK: tflite.XNNPACK{ShareWeights: true}}); !slices.EqualFunc(got, alone, slices.Equal) {
					t.Errorf("%s: outputs differ", file)
				}
			}()
		}
		wg.Wait()
	}
}

// outputs runs a model on zeros.
func outputs(t *testing.T, m *tflite.Model, o *tflite.Options) (all [][]byte) {
	it, err := tflite.NewInterpreter(m, o)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer it.Close()
	if err := it.Invoke(background); err != nil {
		t.Error(err)
	}
	for _, out := range it.Outputs() {
		x, err := it.Tensor(out.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		raw, _ := x.Bytes()
		all = append(all, slices.Clone(raw))
		x.Close()
	}
	return all
}

// TestXNNPACKSettings has outputs that differ little, whatever is set.
func TestXNNPACKSettings(t *testing.T) {
	want := runMLP(t, load(t, "mlp.tflite", nil))
	for _, x := range []tflite.XNNPACK{
		{Float16: true}, {DynamicFullyConnected: true}, {Variables: true}, {TransientIndirection: true},
		{LatestOperators: true}, {NoInt8: true},
	} {
		got := runMLP(t, load(t, "mlp.tflite", &tflite.Options{XNNPACK: x}))
		for i := range want {
			if d := got[i] - want[i]; d < -1e-2 || d > 1e-2 {
				t.Errorf("%+v: %v, want %v", x, got, want)
			}
		}
	}
	ops, err := load(t, "conv_int8.tflite", &tflite.Options{XNNPACK: tflite.XNNPACK{NoInt8: true}}).Profile(background, 2)
	if err != nil || !slices.ContainsFunc(ops, func(o tflite.OpTime) bool { return o.Op == "CONV_2D" }) {
		t.Errorf("NoInt8: %+v, %v", ops, err)
	}
	m, err := tflite.LoadModel(filepath.Join(models, "mlp.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := tflite.NewInterpreter(m, &tflite.Options{NoXNNPACK: true, XNNPACK: tflite.XNNPACK{Float16: true}}); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("error %v", err)
	}
}
