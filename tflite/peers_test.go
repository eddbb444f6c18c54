package tflite_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

type peerRun struct {
	Range           string
	Inputs, Outputs []peerTensor
}

type peerModel struct {
	Model string
	Error *string
	Runs  []peerRun
}

// peerInterpreter is what one of Python's interpreters makes of a folder.
type peerInterpreter struct {
	Interpreter string
	Models      []peerModel

	dir string
}

// TestPeersModels runs every model of a folder here and in Python, on several
// inputs. Outputs are equal within 1e-4 of their scale with the interpreter of
// the version nearest to the library's; with the others too, unless these
// differ as much from the nearest. A model that lacks an operation in Python
// fails here with an error that names it.
func TestPeersModels(t *testing.T) {
	if os.Getenv("GOTF_PEERS") != "1" {
		t.Skip("compares with Python: run make test-peers, or set GOTF_PEERS=1")
	}
	for _, folder := range []string{models, os.Getenv(modelsVariable)} {
		if folder == "" {
			t.Logf("%s names no folder of models", modelsVariable)
			continue
		}
		var all []*peerInterpreter
		for _, version := range peersByDistance(t) {
			all = append(all, runPeer(t, version, folder))
		}
		if len(all[0].Models) == 0 {
			t.Errorf("no models in %s", folder)
		}
		for i, m := range all[0].Models {
			t.Run(strings.TrimPrefix(m.Model, folder), func(t *testing.T) { comparePeers(t, all, i) })
		}
	}
}

// peersByDistance are the versions of scripts/venv, those of TensorFlow nearest
// to the library first, LiteRT last.
func peersByDistance(t *testing.T) []string {
	t.Helper()
	library, err := tflite.Version()
	if err != nil {
		t.Fatal(err)
	}
	minor := func(version string) (n int) {
		if _, err := fmt.Sscanf(version, "2.%d", &n); err != nil {
			t.Fatalf("version %q", version)
		}
		return n
	}
	distance := func(version string) int { return max(minor(version)-minor(library), minor(library)-minor(version)) }
	t.Log("the library is", library)
	return append(slices.SortedFunc(slices.Values(peers.Versions), func(a, b string) int { return distance(a) - distance(b) }), "tflite")
}

func runPeer(t *testing.T, version, folder string) *peerInterpreter {
	t.Helper()
	python, err := peers.Python(version)
	if err != nil {
		t.Fatal(err)
	}
	root, err := peers.Root()
	if err != nil {
		t.Fatal(err)
	}
	p := &peerInterpreter{dir: t.TempDir()}
	if out, err := exec.Command(python, filepath.Join(root, "scripts/peers/tflite_models.py"), folder, "--out", p.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(p.dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	unmarshal(t, text, p)
	return p
}

var pythonLacks = regexp.MustCompile(`custom op: (\w+)|ops?: (Flex\w+)`)

// comparePeers runs a model as each interpreter did. The first is the nearest.
func comparePeers(t *testing.T, all []*peerInterpreter, i int) {
	it, err := openModel(t, all[0].Models[i].Model)
	if text := all[0].Models[i].Error; text != nil {
		checkLacks(t, *text, err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]*tf.Tensor
	for _, run := range all[0].Models[i].Runs {
		inputs := map[string]*tf.Tensor{}
		for _, in := range run.Inputs {
			inputs[in.Name] = in.tensor(t, all[0].dir)
		}
		out, err := it.Run(background, "", inputs)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range out {
			t.Cleanup(func() { x.Close() })
		}
		got = append(got, out)
	}
	for _, p := range all {
		for k, run := range p.Models[i].Runs {
			for _, want := range run.Outputs {
				what := fmt.Sprintf("%s, %s, %s", want.Name, p.Interpreter, run.Range)
				worst := want.difference(t, p.dir, got[k][want.Name])
				nearest := want.difference(t, p.dir, all[0].output(t, i, k, want.Name))
				t.Logf("%s: worst difference %.2g of scale, of the nearest interpreter's %.2g", what, worst, nearest)
				if !(worst <= 1e-4) && (p == all[0] || !(worst <= nearest+1e-4)) {
					t.Errorf("%s: differs by %.2g of scale, want at most 1e-4", what, worst)
				}
			}
		}
	}
}

// checkLacks wants an error that names what Python's says is missing.
func checkLacks(t *testing.T, python string, err error) {
	t.Helper()
	name := pythonLacks.FindStringSubmatch(python)
	switch {
	case name == nil:
		t.Logf("Python: %s; here: %v", python, err)
	case err == nil:
		t.Logf("Python lacks %s, which is here", name[1]+name[2])
	case !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), name[1]+name[2]):
		t.Errorf("error %v, want one that names %s", err, name[1]+name[2])
	default:
		t.Log(err)
	}
}

// output is what an interpreter made in a run.
func (p *peerInterpreter) output(t *testing.T, model, run int, name string) *tf.Tensor {
	t.Helper()
	for _, out := range p.Models[model].Runs[run].Outputs {
		if out.Name == name {
			return out.tensor(t, p.dir)
		}
	}
	t.Fatalf("%s has no output %q", p.Interpreter, name)
	return nil
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

// difference is the worst of a float output as a part of its scale. All else
// is compared by the rules of compare.
func (p peerTensor) difference(t *testing.T, dir string, got *tf.Tensor) float64 {
	t.Helper()
	want := p.tensor(t, dir)
	if got == nil || got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		t.Errorf("%s: %v, want %v", p.Name, got, want)
		return 0
	}
	if want.DType() != tf.Float32 {
		compare(t, p.Name, got, want)
		return 0
	}
	g, w := values[float32](t, got), values[float32](t, want)
	scale, worst := 0.0, 0.0
	for i := range w {
		a, b := float64(g[i]), float64(w[i])
		scale = max(scale, math.Abs(b))
		if d := math.Abs(a - b); a != b && !(math.IsNaN(a) && math.IsNaN(b)) && !(d <= worst) {
			worst = d // NaN too
		}
	}
	if worst == 0 {
		return 0
	}
	return worst / scale
}
