package train_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/train"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

// smallDigits writes n training and n test pictures of a size, whose label is
// how far to the right a bright column stands.
func smallDigits(t *testing.T, n, rows, cols int, label func(i int) byte) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"train", "t10k"} {
		pictures := binary.BigEndian.AppendUint32(nil, 0x803)
		labels := binary.BigEndian.AppendUint32(nil, 0x801)
		for _, d := range []int{n, rows, cols} {
			pictures = binary.BigEndian.AppendUint32(pictures, uint32(d))
		}
		labels = binary.BigEndian.AppendUint32(labels, uint32(n))
		for i := range n {
			p := make([]byte, rows*cols)
			for r := range rows {
				p[r*cols+i%10] = byte(200 + i%50)
			}
			pictures = append(pictures, p...)
			labels = append(labels, label(i))
		}
		write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), pictures)
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), labels)
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func tenClasses(i int) byte { return byte(i % 10) }

// train runs gotf train and fails the test where it fails.
func trained(t *testing.T, args ...string) (out string) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := gotftest.Run(t, append([]string{"train", "--out", out}, args...)...)
	if code != exit.Done || stdout != "" {
		t.Fatalf("exit %d, stdout %q, stderr %s", code, stdout, stderr)
	}
	return out
}

func TestTrain(t *testing.T) {
	data := smallDigits(t, 70, 28, 28, tenClasses)
	for _, model := range train.PresetNames() {
		t.Run(model, func(t *testing.T) {
			dir := trained(t, "--model", model, "--data", data, "--epochs", "4", "--batch-size", "32", "--seed", "9")
			var h map[string][]float64
			text, err := os.ReadFile(filepath.Join(dir, "history.json"))
			if err == nil {
				err = json.Unmarshal(text, &h)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy", "seconds"} {
				if len(h[name]) != 4 {
					t.Errorf("history %q is %v, want 4 values", name, h[name])
				}
			}
			if h["loss"][3] >= h["loss"][0] || h["accuracy"][3] <= 0.1 {
				t.Errorf("it did not learn: %v", h)
			}
			names, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*.index"))
			if err != nil || len(names) != 3 || filepath.Base(names[2]) != "ckpt-4.index" {
				t.Errorf("checkpoints %v, %v; want the last three of four", names, err)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var parts []string
			for _, e := range entries {
				parts = append(parts, e.Name())
			}
			if want := []string{"checkpoints", "history.json", "model.json", "sample.npy", "saved_model"}; !slices.Equal(parts, want) {
				t.Errorf("the folder holds %v, want %v", parts, want)
			}

			again := trained(t, "--model", model, "--data", data, "--epochs", "4", "--batch-size", "32", "--seed", "9", "--steps-per-execution", "5")
			for _, file := range []string{"model.json", "checkpoints/ckpt-4.data-00000-of-00001"} {
				a, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if b, err := os.ReadFile(filepath.Join(again, file)); err != nil || !bytes.Equal(a, b) {
					t.Errorf("the same seed gives another %s (%v)", file, err)
				}
			}
			exported(t, dir)
		})
	}
}

// exported checks that gotf export makes the SavedModel that training made.
func exported(t *testing.T, run string) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "exported")
	args := []string{"export", "--from", run, "--to", to, "--signature", "my sig"}
	if code, stdout, stderr := gotftest.Run(t, args...); code != exit.Done || stdout != "" {
		t.Fatalf("exit %d, stdout %q, stderr %s", code, stdout, stderr)
	}
	a := answer(t, filepath.Join(run, "saved_model"), "serving_default")
	if b := answer(t, to, "my sig"); !reflect.DeepEqual(a, b) {
		t.Errorf("the exported model gives %v, the trained one %v", b, a)
	}
	code, _, stderr := gotftest.Run(t, args...)
	if code != exit.Failed || !strings.Contains(stderr, to) {
		t.Errorf("a second export: exit %d, %q; want 1 and the folder's name", code, stderr)
	}
	if code, _, stderr := gotftest.Run(t, append(args, "--overwrite")...); code != exit.Done {
		t.Errorf("--overwrite: exit %d, %s", code, stderr)
	}
}

// answer is what a SavedModel makes of a picture.
func answer(t *testing.T, dir, signature string) []float32 {
	t.Helper()
	m, err := savedmodel.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	pixels := make([]float32, 784)
	for i := range pixels {
		pixels[i] = float32(i%29) / 29
	}
	x, err := tf.NewTensor(pixels, 1, 28, 28, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	out, err := m.Call(t.Context(), signature, map[string]*tf.Tensor{"input_layer": x})
	if err != nil {
		t.Fatal(err)
	}
	defer out["output_0"].Close()
	v, err := tf.Values[float32](out["output_0"])
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// jsonModel is a model of Keras's form: what input it has, and the layers after
// it.
func jsonModel(t *testing.T, shape string, layers ...string) string {
	t.Helper()
	if shape != "" {
		input := fmt.Sprintf(`{"class_name": "InputLayer", "config": {"batch_shape": %s, "dtype": "float32", "name": "pixels"}}`, shape)
		layers = append([]string{input}, layers...)
	}
	path := filepath.Join(t.TempDir(), "model.json")
	write(t, path, []byte(`{"class_name": "Sequential", "config": {"name": "mine", "layers": [`+strings.Join(layers, ", ")+`]}}`))
	return path
}

const (
	flatten = `{"class_name": "Flatten", "config": {"name": "flat"}}`
	ten     = `{"class_name": "Dense", "config": {"name": "ten", "units": 10}}`
	five    = `{"class_name": "Dense", "config": {"name": "five", "units": 5}}`
	relu    = `{"class_name": "Activation", "config": {"name": "act", "activation": "relu"}}`
	softmax = `{"class_name": "Activation", "config": {"name": "act", "activation": "softmax"}}`
)

func TestTrainJSON(t *testing.T) {
	data := smallDigits(t, 40, 28, 28, tenClasses)
	for _, tc := range []struct {
		name, shape string
		layers      []string
		input       tf.Shape
	}{
		{"pictures", "[null, 28, 28]", []string{flatten, ten}, tf.Shape{-1, 28, 28}},
		{"channel", "[null, 28, 28, 1]", []string{flatten, ten, softmax}, tf.Shape{-1, 28, 28, 1}},
		{"flat", "[null, 784]", []string{ten}, tf.Shape{-1, 784}},
		{"open", "[null, null, 28]", []string{flatten, ten}, nil},
		{"none", "", []string{flatten, ten}, tf.Shape{-1, 28, 28, 1}},
		{"fixed batch", "[20, 784]", []string{ten}, tf.Shape{20, 784}},
		{"odd names", "[null, 784]", []string{strings.Replace(ten, `"ten"`, `"the out:put"`, 1), strings.Replace(softmax, `"act"`, `"_é"`, 1)}, tf.Shape{-1, 784}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			model := jsonModel(t, tc.shape, tc.layers...)
			out := filepath.Join(t.TempDir(), "run")
			code, _, stderr := gotftest.Run(t, "train", "--model", model, "--data", data, "--epochs", "1", "--out", out)
			if tc.input == nil {
				if code != exit.Failed || !strings.Contains(stderr, "must be known") {
					t.Errorf("exit %d, %q; want 1 and that a dimension must be known", code, stderr)
				}
				return
			}
			if code != exit.Done {
				t.Fatalf("exit %d, %s", code, stderr)
			}
			text, err := os.ReadFile(filepath.Join(out, "model.json"))
			if err != nil {
				t.Fatal(err)
			}
			q, err := saving.FromJSON(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := q.Input().BatchShape(); !got.Equal(tc.input) {
				t.Errorf("input shape %v, want %v", got, tc.input)
			}
		})
	}
}

func TestTrainRefuses(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	small := smallDigits(t, 20, 10, 12, tenClasses)
	bad := smallDigits(t, 20, 28, 28, func(i int) byte { return byte(10 + i) })
	short := smallDigits(t, 20, 28, 28, tenClasses)
	if err := os.Truncate(filepath.Join(short, "train-images-idx3-ubyte"), 1000); err != nil {
		t.Fatal(err)
	}
	gone := smallDigits(t, 20, 28, 28, tenClasses)
	if err := os.Remove(filepath.Join(gone, "t10k-labels-idx1-ubyte")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, []byte("no model"))
	for _, tc := range []struct {
		name string
		args []string
		want string
		code int
	}{
		{"no model", []string{"--data", data}, "gotf train needs --model", exit.Usage},
		{"epochs", []string{"--model", "lenet5", "--epochs", "0"}, "--epochs is 0, want 1 to 2147483647", exit.Usage},
		{"batch", []string{"--model", "lenet5", "--batch-size", "-3"}, "--batch-size is -3, want 1 to 2147483647", exit.Usage},
		{"steps", []string{"--model", "lenet5", "--steps_per_execution", "0"}, "--steps-per-execution is 0, want 1 to 2147483647", exit.Usage},
		{"large batch", []string{"--model", "lenet5", "--batch-size", "2147483648"}, "--batch-size is 2147483648, want 1 to 2147483647", exit.Usage},
		{"empty model", []string{"--model", ""}, "--model is empty, want a value", exit.Usage},
		{"empty out", []string{"--model", "lenet5", "--out", ""}, "--out is empty, want a value", exit.Usage},
		{"number", []string{"--model", "lenet5", "--epochs", "two"}, `"two" is no value for --epochs`, exit.Usage},
		{"unknown model", []string{"--model", "mnist-cn"}, `unknown model "mnist-cn", did you mean "mnist-cnn"?`, exit.Failed},
		{"missing file", []string{"--model", "gone.json"}, "gone.json: no such file", exit.Failed},
		{"no JSON", []string{"--model", file}, file + ": model: expected the text of Keras's model.to_json()", exit.Failed},
		{"unknown layer", []string{"--model", jsonModel(t, "", `{"class_name": "Conv9D", "config": {"name": "c"}}`)}, `layer "c": class "Conv9D" is not supported`, exit.Failed},
		{"rank", []string{"--model", jsonModel(t, "[null, 28, 28]", `{"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": 3}}`, flatten, ten)}, "input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)", exit.Failed},
		{"unknown data", []string{"--model", "lenet5", "--data", "mnist-5x"}, "did you mean \"mnist-5k\"?\n", exit.Failed},
		{"missing data", []string{"--model", "lenet5", "--data", gone}, "t10k-labels-idx1-ubyte", exit.Failed},
		{"truncated data", []string{"--model", "lenet5", "--data", short}, "train-images-idx3-ubyte", exit.Failed},
		{"label", []string{"--model", "lenet5", "--data", bad}, "labels", exit.Failed},
		{"classes", []string{"--model", jsonModel(t, "[null, 784]", five), "--data", data}, "label", exit.Failed},
		{"size", []string{"--model", "lenet5", "--data", small}, "the model takes samples of shape (28, 28, 1), the data ", exit.Failed},
		{"end", []string{"--model", jsonModel(t, "[null, 784]", ten, relu), "--data", data}, `layer "act" ends it with activation "relu"`, exit.Failed},
		{"fixed batch", []string{"--model", jsonModel(t, "[10, 784]", ten), "--data", data, "--batch-size", "20"}, "the model's input fixes the batch to 10, --batch-size is 20", exit.Usage},
		{"fixed batch, rest", []string{"--model", jsonModel(t, "[16, 784]", ten), "--data", data}, "the model's input fixes the batch to 16, which leaves 4 of 20 samples", exit.Failed},
		{"pictures out", []string{"--model", jsonModel(t, "[null, 28, 28]", ten), "--data", data}, "the output must have rank 2 (batch, classes)", exit.Failed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			code, stdout, stderr := gotftest.Run(t, append([]string{"train", "--out", out}, tc.args...)...)
			if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and one line with %q", code, stdout, stderr, tc.code, tc.want)
			}
			if _, err := os.Stat(out); !os.IsNotExist(err) {
				t.Errorf("it made %s", out)
			}
		})
	}
}

// without is a copy of a run that lacks a part.
func without(t *testing.T, run, part string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(dir, os.DirFS(run)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExportRefuses(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	good := trained(t, "--model", "mnist-mlp", "--data", data, "--epochs", "1")
	latest, err := checkpoint.Latest(filepath.Join(good, "checkpoints"))
	if err != nil {
		t.Fatal(err)
	}
	empty, begun := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(begun, ".training-1"), 0o777); err != nil {
		t.Fatal(err)
	}
	spoiled := func(t *testing.T, name string, data []byte) string {
		dir := filepath.Join(t.TempDir(), "run")
		if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), data)
		return dir
	}
	for _, tc := range []struct {
		name, from, want string
		more             []string
		code             int
	}{
		{"no run", empty, "model.json: no such file", nil, exit.Failed},
		{"bad model", spoiled(t, "model.json", []byte("{}")), "model.json: model: expected", nil, exit.Failed},
		{"no checkpoint", spoiled(t, "checkpoints/checkpoint", nil), "names none", nil, exit.Failed},
		{"no checkpoints", without(t, good, "checkpoints"), "the run has no checkpoint yet", nil, exit.Failed},
		{"first epoch", begun, ": the run has no checkpoint yet", nil, exit.Failed},
		{"empty from", "", "--from is empty, want a value", nil, exit.Usage},
		{"bad checkpoint", spoiled(t, "checkpoints/"+filepath.Base(latest)+".index", []byte("damaged")), filepath.Base(latest), nil, exit.Failed},
		{"no name", good, "--signature is empty", []string{"--signature", ""}, exit.Usage},
	} {
		t.Run(tc.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "out")
			code, _, stderr := gotftest.Run(t, append([]string{"export", "--from", tc.from, "--to", to}, tc.more...)...)
			if code != tc.code || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, %q; want %d and one line with %q", code, stderr, tc.code, tc.want)
			}
			if _, err := os.Stat(to); !os.IsNotExist(err) {
				t.Errorf("it made %s", to)
			}
		})
	}
}
