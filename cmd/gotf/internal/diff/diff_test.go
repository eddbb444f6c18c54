package diff

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// run runs gotf diff --json and returns the exit code too.
// The files of other packages' tests.
const (
	liteFiles   = "../../../../testdata/tflite/"
	savedFiles  = "../../../../savedmodel/testdata/"
	recordFiles = "../../../../tf/tfrecord/testdata/"
)

func run(t *testing.T, args ...string) (int, *report) {
	t.Helper()
	code, stdout, stderr := gotftest.Run(t, append([]string{"diff", "--json"}, args...)...)
	var r report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("exit %d, stderr %q: %v in %q", code, stderr, err, stdout)
	}
	if r.Same != (code == exit.Done) {
		t.Errorf("exit %d, and the report says same: %v", code, r.Same)
	}
	return code, &r
}

// changedModel is a copy of mlp.tflite with another value in its first matrix.
func changedModel(t *testing.T, file string, to float32) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	weights, _, err := tfliteWeights(file)
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for _, w := range weights {
		if raw, err := w.raw(); err == nil && w.Name == "matmul" {
			at = strings.Index(string(data), string(raw))
		}
	}
	if at < 0 {
		t.Fatal("the weight is not in the file")
	}
	bits := math.Float32bits(to)
	copy(data[at:], []byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)})
	path := filepath.Join(t.TempDir(), "changed.tflite")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDiffWithoutLibraries(t *testing.T) {
	gotftest.NoLibraries(t)
	mlp := liteFiles + "mlp.tflite"
	if code, r := run(t, mlp, mlp, "--no-run"); code != exit.Done || r.Weights.Compared != 4 || r.Outputs != nil {
		t.Errorf("a file and itself: exit %d, %+v", code, r)
	}
	code, r := run(t, mlp, changedModel(t, mlp, 100), "--no-run")
	if code != exit.Failed || len(r.Weights.Changed) != 1 || !r.Structure.Same || !strings.HasPrefix(r.Summary, "they differ: 1 of 4 weights") {
		t.Fatalf("one weight changed: exit %d, %s", code, r.Summary)
	}
	if w := r.Weights.Changed[0]; !(*w.Max > 90 && *w.Max < 110) || !(*w.Mean > 0 && *w.Mean < *w.Max) || !(*w.Cosine < 1) {
		t.Errorf("the weight differs by %v, %v on average, cosine %v", *w.Max, *w.Mean, *w.Cosine)
	}
	if code, r := run(t, mlp, liteFiles+"conv.tflite", "--no-run"); code != exit.Failed || r.Structure.Same || len(r.Structure.Operators) == 0 || len(r.Structure.Changes) == 0 {
		t.Errorf("other models: exit %d, %+v", code, r.Structure)
	}
	if code, stdout, stderr := gotftest.Run(t, "diff", mlp, mlp); code != exit.Failed || !strings.Contains(stderr, "--no-run") || !strings.HasPrefix(stdout, "the same: structure, 4 weights; the outputs were not compared") {
		t.Errorf("without a library: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestDiffCheckpoints compares checkpoints that were written here.
func TestDiffCheckpoints(t *testing.T) {
	write := func(name string, values ...bundle.Value) string {
		prefix := filepath.Join(t.TempDir(), name)
		if err := bundle.Write(prefix, values); err != nil {
			t.Fatal(err)
		}
		return prefix
	}
	floats := func(name string, v ...float32) bundle.Value {
		var raw []byte
		for _, x := range v {
			b := math.Float32bits(x)
			raw = append(raw, byte(b), byte(b>>8), byte(b>>16), byte(b>>24))
		}
		return bundle.Value{Name: name, DType: tf.Float32, Shape: tf.Shape{int64(len(v))}, Bytes: raw}
	}
	a := write("a", floats("same", 1, 2), floats("moved", 1, 2, 4), floats("gone", 1), floats("shape", 1, 2))
	b := write("b", floats("same", 1, 2), floats("moved", 1, 2.5, 4), floats("new", 1), floats("shape", 1))
	if code, _ := run(t, a, a); code != exit.Done {
		t.Errorf("a checkpoint and itself: exit %d", code)
	}
	code, r := run(t, a, b+".index")
	w := r.Weights
	if code != exit.Failed || w.Compared != 3 || len(w.Changed) != 2 || len(w.OnlyA) != 1 || w.OnlyA[0].Name != "gone" || len(w.OnlyB) != 1 || w.OnlyB[0].Name != "new" {
		t.Fatalf("exit %d, %+v", code, w)
	}
	if c := w.Changed[0]; c.Name != "shape" || c.Max != nil {
		t.Errorf("the one of another shape: %+v", c)
	}
	if c := w.Changed[1]; c.Name != "moved" || *c.Max != 0.5 || *c.Scale != 0.125 || math.Abs(float64(*c.Mean)-0.5/3) > 1e-9 {
		t.Errorf("the one that moved: %+v", c)
	}
	near := write("near", floats("x", 1, 2.5))
	if code, _ := run(t, write("x", floats("x", 1, 2)), near, "--tolerance", "0.3"); code != exit.Done {
		t.Errorf("within the tolerance: exit %d", code)
	}
	if code, _, stderr := gotftest.Run(t, "diff", a, liteFiles+"mlp.tflite"); code != exit.Failed || !strings.Contains(stderr, "cannot be compared") {
		t.Errorf("other kinds: exit %d, stderr %q", code, stderr)
	}
}

// TestDiffRun compares what models compute.
func TestDiffRun(t *testing.T) {
	mlp := liteFiles + "mlp.tflite"
	code, r := run(t, mlp, mlp)
	if code != exit.Done || r.Outputs == nil || len(r.Outputs.Outputs) != 1 || r.Outputs.Outputs[0].Largest == 0 {
		t.Fatalf("a file and itself: exit %d, %+v", code, r.Outputs)
	}
	changed := changedModel(t, mlp, 100)
	if code, r = run(t, mlp, changed, "--samples", "2", "--seed", "7"); code != exit.Failed || r.Outputs.Same || r.Outputs.Outputs[0].Max < 0.01 || r.Outputs.Samples != 2 {
		t.Errorf("one weight changed: exit %d, %+v", code, r.Outputs)
	}
	x := filepath.Join(t.TempDir(), "x.npy")
	if err := npy.WriteFile(x, &npy.Array{DType: "float32", Shape: []int64{2, 8}, Raw: make([]byte, 64)}, false); err != nil {
		t.Fatal(err)
	}
	code, r = run(t, mlp, changed, "--inputs", "x="+x)
	if code != exit.Failed || !r.Outputs.Same || r.Outputs.Random {
		t.Errorf("of zeros, with another factor: exit %d, %+v", code, r.Outputs)
	}
	multi := savedFiles + "multi"
	if code, r = run(t, multi, multi); code != exit.Done || len(r.Outputs.Outputs) != 3 {
		t.Errorf("a SavedModel and itself: exit %d, %+v", code, r.Outputs)
	}
	if code, r = run(t, multi, multi, "--signature-def", "text"); code != exit.Done || r.Outputs.SignatureA != "text" {
		t.Errorf("strings: exit %d, %+v", code, r.Outputs)
	}
	if code, _, stderr := gotftest.Run(t, "diff", multi, multi, "--signature-def", "txt"); code != exit.Failed || !strings.Contains(stderr, `did you mean "text"`) {
		t.Errorf("an unknown signature: exit %d, stderr %q", code, stderr)
	}
}

func TestDiffErrors(t *testing.T) {
	mlp := liteFiles + "mlp.tflite"
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{"", exit.Usage, "takes A and B, got 0"},
		{mlp, exit.Usage, "takes A and B, got 1"},
		{mlp + " " + mlp + " --samples 0", exit.Usage, "--samples is 0"},
		{mlp + " " + mlp + " --tolerance -1", exit.Usage, "--tolerance is -1"},
		{mlp + " " + mlp + " --inputs x", exit.Usage, "want NAME=FILE"},
		{mlp + " none", exit.Failed, "no such file"},
		{mlp + " " + recordFiles + "plain.tfrecord", exit.Failed, "compares SavedModels"},
	} {
		code, _, stderr := gotftest.Run(t, append([]string{"diff"}, strings.Fields(tc.args)...)...)
		if code != tc.code || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("gotf diff %s: exit %d, stderr %q; want %d and %q", tc.args, code, stderr, tc.code, tc.want)
		}
	}
}

func TestPairPorts(t *testing.T) {
	port := func(name string, shape ...int64) inspect.TensorFacts {
		return inspect.TensorFacts{Name: name, DType: "float32", Shape: shape}
	}
	a := []inspect.TensorFacts{port("scores", -1, 10), port("boxes", -1, 4), port("x", 1), port("y", 1)}
	b := []inspect.TensorFacts{port("Identity_1:0", 1, 4), port("y", 1), port("serving_default_x:0", 1), port("Identity:0", 1, 10)}
	pairs, err := pairPorts("output", a, b)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Identity:0", "Identity_1:0", "serving_default_x:0", "y"} {
		if pairs[i].a.Name != a[i].Name || pairs[i].b.Name != want {
			t.Errorf("%s is paired with %s, want %s", pairs[i].a.Name, pairs[i].b.Name, want)
		}
	}
	if _, err := pairPorts("output", a[:1], b[:1]); err == nil || !strings.Contains(err.Error(), "shape") {
		t.Errorf("shapes that do not fit: %v", err)
	}
	if _, err := pairPorts("output", a[:1], b[:2]); err == nil {
		t.Error("one output and two were paired")
	}
}

func TestDiffStats(t *testing.T) {
	list := func(v ...float64) numberList { return numberList{len(v), func(i int) float64 { return v[i] }} }
	nan, inf := math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		name      string
		a, b      numberList
		max, mean float64
		unequal   int64
	}{
		{"equal", list(1, 2, nan, inf), list(1, 2, nan, inf), 0, 0, 0},
		{"one differs", list(1, 2), list(1, 4), 2, 1, 1},
		{"a NaN", list(1, 2), list(1, nan), inf, inf, 1},
		{"infinities", list(inf), list(-inf), inf, inf, 1},
	} {
		var s stats
		s.add(tc.a, tc.b)
		if s.max != tc.max || s.mean() != tc.mean || s.unequal != tc.unequal {
			t.Errorf("%s: %v, %v, %d", tc.name, s.max, s.mean(), s.unequal)
		}
	}
	var s stats
	s.add(list(3, 4), list(4, 3))
	if math.Abs(s.cosine()-24.0/25) > 1e-12 || math.Abs(s.noise()-10*math.Log10(25.0/2)) > 1e-9 {
		t.Errorf("cosine %v, noise %v", s.cosine(), s.noise())
	}
}

// TestPercent has two digits, whatever the size.
func TestPercent(t *testing.T) {
	for part, want := range map[float64]string{
		0: "0 %", 0.00031: "0.031 %", 0.5: "50 %", 0.997: "100 %", 1.149: "110 %", 850.4: "85,000 %", math.Inf(1): "∞ %",
	} {
		if got := percentText(part); got != want {
			t.Errorf("%v: %q, want %q", part, got, want)
		}
	}
}
