package micro_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/metadata/micro"
)

// peer runs scripts/peers/package_arena.py with tflite_micro.
func peer(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, "peers/package_arena.py", args...)
}

// run runs a program of scripts with tflite_micro.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	if os.Getenv("GOTF_PEERS") != "1" {
		t.Skip("compares with tflite_micro: run make test-peers, or set GOTF_PEERS=1")
	}
	python, err := peers.Python("tflite")
	if err != nil {
		t.Fatal(err)
	}
	root, err := peers.Root()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, append([]string{filepath.Join(root, "scripts", program)}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestPeersArena compares the estimate with what tflite_micro allocates, for
// all models that it runs, and holds Check against whether it runs them.
// GOTF_MICRO_MODELS names a folder with more.
func TestPeersArena(t *testing.T) {
	var files []string
	for _, dir := range []string{models, "testdata", filepath.Join(models, "features"), os.Getenv("GOTF_MICRO_MODELS")} {
		found, _ := filepath.Glob(filepath.Join(dir, "*.tflite"))
		if dir != "" {
			files = append(files, found...)
		}
	}
	compared := 0
	for line := range strings.Lines(peer(t, files...)) {
		var r struct {
			Model, Error, Fails string
			Total, Head, Tail   int
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		name := filepath.Base(r.Model)
		data, err := os.ReadFile(r.Model)
		if err != nil {
			t.Fatal(err)
		}
		support, err := micro.Check(data)
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		if err := support.Err(); (err != nil) != (r.Error+r.Fails != "") {
			t.Errorf("%s: %v, tflite_micro says %q", name, err, r.Error+r.Fails)
		}
		if r.Error+r.Fails != "" {
			t.Logf("%s: tflite_micro: %s; here: %v", name, r.Error+r.Fails, support.Err())
			continue
		}
		compared++
		a, err := micro.Estimate(data)
		if err != nil {
			t.Error(err)
		} else if a.Planned != r.Head || max(a.Persistent, r.Tail)-min(a.Persistent, r.Tail) > 16 {
			t.Errorf("%s: %+v, tflite_micro has head %d, tail %d, total %d", name, *a, r.Head, r.Tail, r.Total)
		}
	}
	if compared < 5 {
		t.Errorf("only %d models compared", compared)
	}
}

// TestPeersOperators tries again what the table of operators holds.
func TestPeersOperators(t *testing.T) {
	run(t, "golden/micro_operators.py", "--check")
}

// TestPeersCArray runs the bytes of the compiled array in tflite_micro, in the
// arena that the header reserves, and compares with our interpreter.
func TestPeersCArray(t *testing.T) {
	for _, tc := range []struct {
		model     string
		tolerance float64
	}{{"conv_int8.tflite", 1}, {"conv.tflite", 1e-5}, {"mlp.tflite", 1e-5}} {
		t.Run(tc.model, func(t *testing.T) {
			if os.Getenv("GOTF_PEERS") != "1" {
				t.Skip("compares with tflite_micro: run make test-peers, or set GOTF_PEERS=1")
			}
			data := read(t, tc.model)
			dir := t.TempDir()
			inputs, outputs := filepath.Join(dir, "inputs"), filepath.Join(dir, "outputs")
			interpret(t, data, inputs, outputs)
			compiled := compile(t, dir, data)
			a, err := micro.Estimate(data)
			if err != nil {
				t.Fatal(err)
			}
			peer(t, "--run", compiled, "--arena", fmt.Sprint(a.Reserve), "--inputs", inputs, "--want", outputs, "--tolerance", fmt.Sprint(tc.tolerance))
		})
	}
}

// compile makes a program of the array that writes it to a file.
func compile(t *testing.T, dir string, data []byte) string {
	t.Helper()
	src, err := micro.CSource(data, "model", "model.h")
	if err != nil {
		t.Fatal(err)
	}
	program := "#include <stdio.h>\n#include \"model.h\"\nint main(void) { return fwrite(model, 1, model_len, stdout) != model_len; }\n"
	for name, text := range map[string][]byte{"model.h": src.Header, "model.c": src.Source, "main.c": []byte(program)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	gcc := exec.Command("gcc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "program", "model.c", "main.c")
	gcc.Dir = dir
	if out, err := gcc.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(filepath.Join(dir, "program")).Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "compiled.tflite")
	if err := os.WriteFile(path, out, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// interpret runs a model on random inputs and saves inputs and outputs.
func interpret(t *testing.T, data []byte, inputs, outputs string) {
	t.Helper()
	m, err := tflite.NewModel(data)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	random := rand.New(rand.NewPCG(3, 4))
	for i, in := range it.Inputs() {
		x := randomTensor(t, random, in)
		saveTensor(t, inputs, i, x)
		if err := it.SetTensor(in.Name, x); err != nil {
			t.Fatal(err)
		}
	}
	if err := it.Invoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, out := range it.Outputs() {
		y, err := it.Tensor(out.Name)
		if err != nil {
			t.Fatal(err)
		}
		saveTensor(t, outputs, i, y)
	}
}

func randomTensor(t *testing.T, random *rand.Rand, in tflite.TensorInfo) *tf.Tensor {
	t.Helper()
	n := 1
	for _, d := range in.Shape {
		n *= int(d)
	}
	var x *tf.Tensor
	var err error
	if in.DType == tf.Int8 {
		values := make([]int8, n)
		for i := range values {
			values[i] = int8(random.IntN(256) - 128)
		}
		x, err = tf.NewTensor(values, in.Shape...)
	} else {
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
		x, err = tf.NewTensor(values, in.Shape...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func saveTensor(t *testing.T, dir string, i int, x *tf.Tensor) {
	t.Helper()
	raw, err := x.Bytes()
	if err == nil {
		err = os.MkdirAll(dir, 0o777)
	}
	if err == nil {
		err = npy.WriteFile(filepath.Join(dir, fmt.Sprint(i)+".npy"), &npy.Array{DType: x.DType().String(), Shape: x.Shape(), Raw: raw}, true)
	}
	if err != nil {
		t.Fatal(err)
	}
}
