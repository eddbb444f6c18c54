// Package peers_test lets Python TensorFlow judge what gotf's command writes.
package peers_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/keras/datasets"
	"github.com/gotf/gotf/tf"
)

// trained is what the commands of gotf made of a preset.
type trained struct {
	binary, dir string
	x, y        string // .npz files of an input and of the SavedModel's output
	out         *npy.Array
}

// TestPeers trains small models with gotf and holds all it writes against
// Python.
func TestPeers(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for _, preset := range []string{"mnist-cnn", "mnist-mlp", "lenet5"} {
			t.Run(preset, func(t *testing.T) {
				m := train(t, preset)
				model := filepath.Join(m.dir, "saved_model")
				t.Run("saved model", func(t *testing.T) {
					p.Check(t, "savedmodel.py", model, "--inputs", m.x, "--want", m.y)
				})
				t.Run("checkpoint", func(t *testing.T) {
					p.Check(t, "checkpoint.py", filepath.Join(m.dir, "checkpoints"))
				})
				t.Run("json", func(t *testing.T) {
					p.Check(t, "model_json.py", filepath.Join(m.dir, "model.json"),
						"--checkpoint", filepath.Join(m.dir, "checkpoints"), "--inputs", m.x, "--want", m.y)
				})
				for _, quantize := range []string{"none", "dynamic", "float16"} {
					t.Run("tflite "+quantize, func(t *testing.T) { m.tflite(t, p, model, quantize) })
				}
			})
		}
	})
}

// train runs gotf train and gotf run.
func train(t *testing.T, preset string) *trained {
	t.Helper()
	temp := t.TempDir()
	m := &trained{binary: filepath.Join(temp, "gotf"), dir: filepath.Join(temp, "run")}
	command(t, "go", "build", "-o", m.binary, "github.com/gotf/gotf/cmd/gotf")
	command(t, m.binary, "train", "--model", preset, "--data", "mnist-5k", "--epochs", "1", "--batch-size", "64", "--seed", "7", "--out", m.dir)
	x := digits(t, 20)
	in := filepath.Join(temp, "x.npy")
	if err := npy.WriteFile(in, x, false); err != nil {
		t.Fatal(err)
	}
	command(t, m.binary, "run", "--dir", filepath.Join(m.dir, "saved_model"), "--inputs", "input_layer="+in, "--outdir", temp)
	m.out = load(t, filepath.Join(temp, "output_0.npy"))
	m.x, m.y = filepath.Join(temp, "x.npz"), filepath.Join(temp, "y.npz")
	writeNPZ(t, m.x, "input_layer", x)
	writeNPZ(t, m.y, "output_0", m.out)
	return m
}

// tflite converts the model, runs the result, and compares the file with what
// the native converter of Python's TensorFlow returns.
func (m *trained) tflite(t *testing.T, p peers.Peer, model, quantize string) {
	dir := t.TempDir()
	file, native := filepath.Join(dir, "gotf.tflite"), filepath.Join(dir, "native.tflite")
	command(t, m.binary, "convert", "--saved-model-dir", model, "--output-file", file, "--quantize", quantize, "--no-metadata")
	in := filepath.Join(filepath.Dir(m.dir), "x.npy")
	command(t, m.binary, "run", "--model", file, "--inputs", "input_layer="+in, "--outdir", dir)
	tolerance := map[string]float64{"none": 1e-5, "dynamic": 0.1, "float16": 5e-3}[quantize]
	near(t, load(t, filepath.Join(dir, "output_0.npy")), m.out, tolerance)

	// Another version of the converter may write other bytes.
	if version, err := tf.Version(); err != nil || version != p.Version {
		t.Logf("the library is %s (%v): bytes are not compared", version, err)
		return
	}
	p.Check(t, "tflite_native.py", model, "--quantize", quantize, "--out", native)
	got, want := read(t, file), read(t, native)
	if !bytes.Equal(got, want) {
		t.Errorf("%s of %d bytes differs from the native converter's of %d", filepath.Base(file), len(got), len(want))
	}
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// digits are the first n test digits, with pixels from 0 to 1.
func digits(t *testing.T, n int) *npy.Array {
	t.Helper()
	d, err := datasets.Load("mnist-5k", 0)
	if err != nil {
		t.Fatal(err)
	}
	a := &npy.Array{DType: "float32", Shape: []int64{int64(n), 28, 28, 1}}
	for _, p := range d.Test.Images[:n*28*28] {
		a.Raw = binary.LittleEndian.AppendUint32(a.Raw, math.Float32bits(float32(p)/255))
	}
	return a
}

// near fails unless |got-want| <= tolerance·(|want| + max|want|).
func near(t *testing.T, got, want *npy.Array, tolerance float64) {
	t.Helper()
	g, w := floats(t, got), floats(t, want)
	if len(g) != len(w) {
		t.Fatalf("%d values, want %d", len(g), len(w))
	}
	most := 0.
	for _, v := range w {
		most = max(most, math.Abs(v))
	}
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= tolerance*(math.Abs(w[i])+most)) {
			t.Fatalf("value %d is %g, want %g", i, g[i], w[i])
		}
	}
}

func floats(t *testing.T, a *npy.Array) (v []float64) {
	t.Helper()
	if a.DType != "float32" {
		t.Fatalf("dtype %s, want float32", a.DType)
	}
	for at := 0; at < len(a.Raw); at += 4 {
		v = append(v, float64(math.Float32frombits(binary.LittleEndian.Uint32(a.Raw[at:]))))
	}
	return v
}

func load(t *testing.T, path string) *npy.Array {
	t.Helper()
	a, err := npy.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeNPZ writes an archive of one array.
func writeNPZ(t *testing.T, path, name string, a *npy.Array) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name + ".npy")
	if err == nil {
		err = npy.Write(w, a)
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
