package bench

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

const (
	saved = "../../../../tflite/convert/testdata/models/cnn"
	lite  = "../../../../tflite/convert/testdata/2.18.0/cnn-none.tflite"
	data  = "../../../../testdata/tflite/"
)

func TestBench(t *testing.T) {
	page := filepath.Join(t.TempDir(), "bench.html")
	code, stdout, stderr := gotftest.Run(t, "bench", "--dir", saved, "--model", lite, "--seconds", "0.05", "--concurrency", "1,3",
		"--warmup", "3", "--batch", "2", "--threads", "1", "--ops", "--json", "--html", page)
	if code != exit.Done || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	var r report
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if len(r.Models) != 2 || r.Models[0].Kind != "savedmodel" || r.Models[1].Kind != "tflite" || r.Seconds != 0.05 || r.Warmup != 3 || r.CPU.Cores < 1 {
		t.Fatalf("%s", stdout)
	}
	for _, m := range r.Models {
		checkModel(t, m)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(html), "<svg"); n != 5 {
		t.Errorf("%d pictures, want one of throughput and four of latency", n)
	}
	for _, wrong := range []string{"ZgotmplZ", "NaN", "<script", "http:", "https:"} {
		if strings.Contains(string(html), wrong) {
			t.Errorf("the page holds %q", wrong)
		}
	}
}

// checkModel checks one model's part.
func checkModel(t *testing.T, m *about) {
	t.Helper()
	if m.Bytes < 1000 || m.LoadMS <= 0 || m.FirstRunMS <= 0 || m.Library == "" || m.Signature == "" || m.Threads != 1 {
		t.Errorf("%+v", *m)
	}
	if len(m.Inputs) != 1 || m.Inputs[0].Name != "image" || m.Inputs[0].DType != "float32" || !slices.Equal(m.Inputs[0].Shape, []int64{2, 10, 10, 1}) {
		t.Errorf("inputs %+v", m.Inputs)
	}
	if u := m.Memory; u == nil || u.BeforeBytes <= 0 || u.LoadedBytes < u.BeforeBytes || u.PeakBytes < u.WarmBytes {
		t.Errorf("memory %+v", u)
	}
	for i, l := range m.Levels {
		q := l.Latency
		if l.Concurrency != []int{1, 3}[i] || l.Calls < int64(l.Concurrency) || l.Seconds < 0.04 {
			t.Errorf("level %+v", l)
		}
		if !slices.IsSorted([]float64{0, q.MinMS, q.P50MS, q.P90MS, q.P99MS, q.MaxMS}) || q.MeanMS < q.MinMS || q.MeanMS > q.MaxMS {
			t.Errorf("latency %+v", q)
		}
		if rate := float64(l.Calls) / l.Seconds; math.Abs(rate-l.CallsPerSecond) > 1e-6*rate {
			t.Errorf("%g calls a second, want %g", l.CallsPerSecond, rate)
		}
		var counted int64
		for _, n := range l.Histogram.Counts {
			counted += n
		}
		if counted != l.Calls {
			t.Errorf("the histogram holds %d of %d calls", counted, l.Calls)
		}
	}
	share := 0.0
	for i, o := range m.Ops {
		share += o.Share
		if o.Type == "" && o.Name == "" || i > 0 && o.MS > m.Ops[i-1].MS {
			t.Errorf("operation %d: %+v", i, o)
		}
	}
	if math.Abs(share-1) > 1e-6 {
		t.Errorf("%d operations take %g of their time", len(m.Ops), share)
	}
}

func TestBenchWords(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "bench", "--dir", saved, "--model", lite, "--seconds", "0.01", "--concurrency", "1")
	if code != exit.Done || !strings.HasPrefix(stderr, "next: gotf bench --dir "+saved+" --model "+lite+" --concurrency 1 --seconds 0.01 --html ") || strings.Count(stderr, "\n") != 1 {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for _, want := range []string{saved + ": SavedModel, TensorFlow 2.", lite + ": TFLite 2.", "inputs image float32 (1, 10, 10, 1)", "loaded in ", "at a time  ", " times as fast as "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q: %s", want, stdout)
		}
	}
}

// TestBenchModels runs models of all kinds of inputs and outputs.
func TestBenchModels(t *testing.T) {
	for _, args := range []string{
		"--model " + data + "types.tflite", "--model " + data + "strings.tflite", "--model " + data + "conv_int8.tflite --no-xnnpack",
		"--model " + data + "dynamic.tflite --batch 4", "--model ../../../../tflite/convert/testdata/2.18.0/multi-none.tflite --signature-def scale --ops",
		"--dir ../../../../savedmodel/testdata/multi --signature-def text", "--dir ../../../../savedmodel/testdata/multi --signature-def lookup --shape words=7 --ops",
		"--dir ../../../../savedmodel/testdata/tf1 --ops",
	} {
		t.Run(args, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"bench", "--seconds", "0.01", "--concurrency", "2"}, strings.Fields(args)...)...)
			if code != exit.Done || !strings.Contains(stdout, "calls/s") {
				t.Errorf("exit %d, %s%s", code, stdout, stderr)
			}
		})
	}
}

// TestBenchUnlike does not compare two models that have nothing in common.
func TestBenchUnlike(t *testing.T) {
	for args, want := range map[string]string{
		lite:                      "",
		data + "conv_int8.tflite": "are not compared, as their inputs differ: image (None, 10, 10, 1) and image (1, 8, 8, 3)\n",
		data + "mlp.tflite":       "are not compared, as their inputs differ: image (None, 10, 10, 1) and x (None, 8)\n",
	} {
		code, stdout, stderr := gotftest.Run(t, "bench", "--dir", saved, "--model", args, "--seconds", "0.01", "--concurrency", "1")
		if faster := strings.Contains(stdout, "times as fast"); code != exit.Done || faster != (args == lite) || !faster && !strings.Contains(stdout, want) {
			t.Errorf("%s: exit %d, %s%s", args, code, stdout, stderr)
		}
	}
}

// TestBenchRealInputs tells what a model that refuses random text needs.
func TestBenchRealInputs(t *testing.T) {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	session, err := tf.NewSession(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	s := g.Scope()
	text := tf.Placeholder(s, tf.String, tf.Shape{-1})
	number := s.Begin("StringToNumber").In(text).One()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	dir := filepath.Join(t.TempDir(), "model")
	err = savedmodel.Export(t.Context(), dir, session, &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		savedmodel.ServingDefault: {Inputs: map[string]tf.Output{"text": text}, Outputs: map[string]tf.Output{"number": number}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr := gotftest.Run(t, "bench", "--dir", dir, "--seconds", "0.01")
	if code != exit.Failed || !strings.Contains(stderr, "; the values were random, real ones come with --inputs 'text=FILE.npy'\n") && !strings.Contains(stderr, "; the values were random, real ones come with --inputs text=FILE.npy\n") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestBenchErrors(t *testing.T) {
	dir := t.TempDir()
	narrow := gotftest.WriteNPY(t, dir, "narrow.npy", []int64{1, 3}, float32(1), 2, 3)
	for _, tc := range []struct {
		name, args string
		code       int
		want       string
	}{
		{"no model", "", exit.Usage, "needs --dir, for a SavedModel, --model"},
		{"tags", "--model x --tag-set serve", exit.Usage, "--tag-set goes with --dir"},
		{"threads", "--model x --threads -1", exit.Usage, "--threads is -1, want 1 to 1024"},
		{"seconds", "--model x --seconds 0", exit.Usage, "--seconds is 0, want more than 0"},
		{"not a number of seconds", "--model x --seconds NaN", exit.Usage, "--seconds is NaN"},
		{"warmup", "--model x --warmup -1", exit.Usage, "--warmup is -1"},
		{"batch", "--model x --batch 0", exit.Usage, "--batch is 0, want 1 or more"},
		{"concurrency", "--model x --concurrency 1,x", exit.Usage, `--concurrency has "x"`},
		{"concurrency twice", "--model x --concurrency 2,2", exit.Usage, "--concurrency has 2 twice"},
		{"shape", "--model x --shape 1,2", exit.Usage, "want NAME=1,224,224,3"},
		{"dimension", "--model x --shape a=1,-2", exit.Usage, `the dimension "-2"`},
		{"xnnpack", "--dir x --no-xnnpack", exit.Usage, "--no-xnnpack goes with --model"},
		{"page over model", "--model x --html x", exit.Usage, "--html would replace the model x"},
		{"no file", "--model " + dir + "/none.tflite", exit.Failed, "none.tflite"},
		{"folder", "--model " + saved, exit.Failed, "is a folder; --model takes a .tflite file"},
		{"file", "--dir " + lite, exit.Failed, "is a file; a SavedModel is a folder"},
		{"signature", "--model ../../../../tflite/convert/testdata/2.18.0/multi-none.tflite --signature-def scal", exit.Failed, `did you mean "scale"?`},
		{"input's name", "--model " + lite + " --shape imag=1,10,10,1", exit.Failed, `--shape: no input "imag", did you mean "image"?`},
		{"shape of another rank", "--model " + lite + " --shape image=1,10", exit.Failed, `--shape gives input "image" the shape (1, 10); it takes (None, 10, 10, 1)`},
		{"too large", "--model " + lite + " --batch 1000000000", exit.Failed, "is more than the 1 GiB"},
		{"file of another shape", "--model " + lite + " --inputs image=" + narrow, exit.Failed, "narrow.npy holds float32 (1, 3)"},
		{"fixed batch", "--model " + data + "conv_int8.tflite --batch 3", exit.Failed, "its first dimension cannot be --batch 3"},
		{"no folder to write to", "--model " + lite + " --seconds 0.001 --html " + dir + "/none/page.html", exit.Failed, "none/page.html"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"bench"}, strings.Fields(tc.args)...)...)
			if code != tc.code || stdout != "" || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q in one line", code, stdout, stderr, tc.code, tc.want)
			}
		})
	}
}

func TestBenchRandom(t *testing.T) {
	o := &options{batch: 3, shapes: map[string][]int64{"b": {2}}}
	a, err := o.inputs([]modelio.Port{{Name: "a", DType: tf.Float32, Shape: tf.Shape{-1, -1, 4}}, {Name: "b", DType: tf.Int64, Shape: nil}})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := o.inputs([]modelio.Port{{Name: "a", DType: tf.Float32, Shape: tf.Shape{-1, -1, 4}}})
	if !slices.Equal(a["a"].Shape, []int64{3, 1, 4}) || len(a["a"].Raw) != 48 || !slices.Equal(a["a"].Raw, again["a"].Raw) {
		t.Errorf("a is %v, again %v", a["a"], again["a"])
	}
	if !slices.Equal(a["b"].Shape, []int64{2}) || len(a["b"].Raw) != 16 {
		t.Errorf("b is %v", a["b"])
	}
	if _, err := o.inputs([]modelio.Port{{Name: "c", DType: tf.Float32}}); err == nil || !strings.Contains(err.Error(), `input "c" is of unknown rank; give its shape with --shape 'c=...'`) {
		t.Errorf("unknown rank: %v", err)
	}
	for dtype := range numbers {
		a, err := o.random(modelio.Port{Name: "x", DType: dtype, Shape: tf.Shape{-1, 100}})
		if err != nil || len(a.Raw) != 300*dtype.Size() {
			t.Errorf("%v: %v, %v", dtype, a, err)
		}
	}
}

// TestBenchSample keeps a uniform choice of more times than fit.
func TestBenchSample(t *testing.T) {
	var s sample
	const n = 4 * kept
	for i := range n {
		s.add(time.Duration(i))
	}
	slices.Sort(s.kept)
	if s.n != n || s.max != n-1 || s.sum != n*(n-1)/2 || len(s.kept) != kept {
		t.Errorf("%d times, %d kept, sum %d, max %d", s.n, len(s.kept), s.sum, s.max)
	}
	for _, q := range []float64{0.1, 0.5, 0.9, 0.99} {
		if got := quantile(s.kept, q) * 1e6; math.Abs(got-q*n) > 0.01*n {
			t.Errorf("quantile %g is %g, want about %g", q, got, q*n)
		}
	}
}

func TestBenchQuantile(t *testing.T) {
	times := []time.Duration{1e6, 2e6, 3e6, 4e6}
	for q, want := range map[float64]float64{0: 1, 0.25: 1, 0.5: 2, 0.51: 3, 0.99: 4, 1: 4} {
		if got := quantile(times, q); got != want {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
	if h := newHistogram([]time.Duration{5, 5, 5}); h.BinMS != 0 || h.Counts[0] != 3 {
		t.Errorf("histogram of equal times: %+v", h)
	}
}
