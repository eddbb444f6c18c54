package tflite_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// modelsVariable names a folder of models to compare beside those in testdata.
const modelsVariable = "GOTF_TFLITE_MODELS"

type peerTensor struct {
	Name, DType, File string
	Shape             []int64
}

type peerModel struct {
	Model           string
	Error           *string
	Inputs, Outputs []peerTensor
}

// TestPeersModels runs every model of a folder here and in Python. Outputs are
// equal within 1e-4 of their scale; a model that lacks an operation in Python
// fails here with an error that names it.
func TestPeersModels(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for _, folder := range []string{models, os.Getenv(modelsVariable)} {
			if folder == "" {
				t.Logf("%s names no folder of models", modelsVariable)
				continue
			}
			out := t.TempDir()
			p.Check(t, "tflite_models.py", folder, "--out", out)
			text, err := os.ReadFile(filepath.Join(out, "index.json"))
			if err != nil {
				t.Fatal(err)
			}
			var all []peerModel
			unmarshal(t, text, &all)
			if len(all) == 0 {
				t.Errorf("no models in %s", folder)
			}
			for _, m := range all {
				t.Run(strings.TrimPrefix(m.Model, folder), func(t *testing.T) { m.compare(t, out) })
			}
		}
	})
}

var pythonLacks = regexp.MustCompile(`custom op: (\w+)|ops?: (Flex\w+)`)

func (m peerModel) compare(t *testing.T, dir string) {
	it, err := openModel(t, m.Model)
	if m.Error != nil {
		name := pythonLacks.FindStringSubmatch(*m.Error)
		switch {
		case name == nil:
			t.Logf("Python: %s; here: %v", *m.Error, err)
		case err == nil:
			t.Logf("Python lacks %s, which is here", name[1])
		case !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), name[1]):
			t.Errorf("error %v, want one that names %s", err, name[1])
		default:
			t.Log(err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	inputs := map[string]*tf.Tensor{}
	for _, in := range m.Inputs {
		inputs[in.Name] = in.tensor(t, dir)
	}
	out, err := it.Run(background, "", inputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range m.Outputs {
		want.equal(t, dir, out[want.Name])
	}
	for _, x := range out {
		x.Close()
	}
}

func openModel(t *testing.T, path string) (*tflite.Interpreter, error) {
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err == nil {
		t.Cleanup(func() { it.Close() })
	}
	return it, err
}

func (p peerTensor) tensor(t *testing.T, dir string) *tf.Tensor {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, p.File))
	if err != nil {
		t.Fatal(err)
	}
	if p.DType == "string" {
		return tensor(t, strings.Split(string(raw), "\n"), p.Shape...)
	}
	for d := tf.Float32; d <= tf.Uint64; d++ {
		if d.String() == p.DType {
			x, err := tf.NewRaw(d, p.Shape, raw)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { x.Close() })
			return x
		}
	}
	t.Fatalf("dtype %q", p.DType)
	return nil
}

// equal compares with got: floats within 1e-4 of the largest, 8 bits within
// one step, all else exactly.
func (p peerTensor) equal(t *testing.T, dir string, got *tf.Tensor) {
	t.Helper()
	want := p.tensor(t, dir)
	if got == nil || got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		t.Errorf("%s: %v, want %v", p.Name, got, want)
		return
	}
	if want.DType() != tf.Float32 {
		compare(t, p.Name, got, want)
		return
	}
	g, w := values[float32](t, got), values[float32](t, want)
	scale, worst := 0.0, 0.0
	for i := range w {
		scale = max(scale, math.Abs(float64(w[i])))
		if d := math.Abs(float64(g[i] - w[i])); d > worst || math.IsNaN(d) && !math.IsNaN(float64(w[i])) {
			worst = d
		}
	}
	t.Logf("%s: worst difference %g of scale %g", p.Name, worst, scale)
	if !(worst <= 1e-4*scale) {
		t.Errorf("%s differs", p.Name)
	}
}
