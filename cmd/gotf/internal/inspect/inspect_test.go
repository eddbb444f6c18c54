package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// The files of other packages' tests.
const (
	tfliteFiles     = "../../../../testdata/tflite/"
	savedModelFiles = "../../../../savedmodel/testdata/"
	checkpointFiles = "../../../../tf/bundle/testdata/"
	recordFiles     = "../../../../tf/tfrecord/testdata/"
	eventFiles      = "../../../../tf/summary/testdata/"
)

// inspectJSON runs gotf inspect --json.
func inspectJSON(t *testing.T, args ...string) map[string]any {
	t.Helper()
	code, stdout, stderr := gotftest.Run(t, append([]string{"inspect", "--json"}, args...)...)
	if code != exit.Done {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(stdout), &out); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	return out
}

// compact is a part of a report as JSON in one line.
func compact(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestInspectModels compares inputs and outputs with what the models' makers say
// (scripts/golden/tflite_models.py, savedmodel.py). No library is needed.
func TestInspectModels(t *testing.T) {
	gotftest.NoLibraries(t)
	for _, tc := range []struct{ path, format, inputs, outputs string }{
		{
			tfliteFiles + "mlp.tflite", "tflite",
			`[{"dtype":"float32","name":"x","quantization":null,"shape":[-1,8]}]`,
			`[{"dtype":"float32","name":"probabilities","quantization":null,"shape":[-1,4]}]`,
		},
		{
			tfliteFiles + "conv_int8.tflite", "tflite",
			`[{"dtype":"int8","name":"image","quantization":{"dimension":0,"scale":[0.029762534],"zero_point":[15]},"shape":[1,8,8,3]}]`,
			`[{"dtype":"int8","name":"logits","quantization":{"dimension":0,"scale":[0.2286941],"zero_point":[-14]},"shape":[1,5]}]`,
		},
		{
			savedModelFiles + "multi", "savedmodel",
			`[{"dtype":"float32","name":"a","quantization":null,"shape":[-1,3]},{"dtype":"int64","name":"b","quantization":null,"shape":[-1]}]`,
			`[{"dtype":"int64","name":"doubled","quantization":null,"shape":[-1]},{"dtype":"bool","name":"positive","quantization":null,"shape":[-1]},{"dtype":"float32","name":"sum","quantization":null,"shape":[-1]}]`,
		},
	} {
		r := inspectJSON(t, tc.path)
		if r["format"] != tc.format || compact(t, r["inputs"]) != tc.inputs || compact(t, r["outputs"]) != tc.outputs {
			t.Errorf("%s: %v\n inputs %s\noutputs %s", tc.path, r["format"], compact(t, r["inputs"]), compact(t, r["outputs"]))
		}
	}
	r := inspectJSON(t, tfliteFiles+"signatures.tflite")
	signatures := r["signatures"].([]any)
	if len(signatures) != 2 || signatures[1].(map[string]any)["key"] != "scale" {
		t.Errorf("signatures %s", compact(t, signatures))
	}
	if r := inspectJSON(t, tfliteFiles+"mlp.tflite"); r["parameters"] != 420.0 || r["weight_bytes"] != 1680.0 || r["nodes"] != 3.0 {
		t.Errorf("parameters %v, bytes %v, nodes %v; want 420, 1680, 3", r["parameters"], r["weight_bytes"], r["nodes"])
	}
}

// TestInspectByContent gives files names that say something else.
func TestInspectByContent(t *testing.T) {
	for path, want := range map[string]string{
		tfliteFiles + "conv.tflite":              "tflite",
		recordFiles + "plain.tfrecord":           "tfrecord",
		recordFiles + "gzip.tfrecord":            "tfrecord",
		recordFiles + "zlib.tfrecord":            "tfrecord",
		eventFiles + "v1.tfevents":               "events",
		eventFiles + "v2.tfevents":               "events",
		checkpointFiles + "object":               "checkpoint",
		checkpointFiles + "saver":                "checkpoint",
		checkpointFiles + "saver.index":          "checkpoint",
		savedModelFiles + "multi":                "savedmodel",
		savedModelFiles + "multi/saved_model.pb": "savedmodel",
	} {
		if info, err := os.Stat(path); err == nil && !info.IsDir() && want != "checkpoint" && want != "savedmodel" {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			path = filepath.Join(t.TempDir(), "model.keras")
			if err := os.WriteFile(path, data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if r := inspectJSON(t, path); r["format"] != want {
			t.Errorf("%s is %v, want %s", path, r["format"], want)
		}
	}
}

func TestInspectRecords(t *testing.T) {
	r := inspectJSON(t, recordFiles+"gzip.tfrecord")
	if r["records"] != 20.0 || compact(t, r["kinds"]) != `{"bytes":0,"example":20,"sequence_example":0}` {
		t.Errorf("records %v, kinds %v", r["records"], r["kinds"])
	}
	want := `[{"bytes":{"max":19,"min":0,"total":190},"count":20,"kind":"bytes","name":"image","sample":"\"\"","values":{"max":1,"min":1,"total":20}},` +
		`{"count":20,"kind":"int64","max":19,"min":0,"name":"label","sample":"0","values":{"max":1,"min":1,"total":20}},` +
		`{"count":10,"kind":"float","max":9.5,"min":-19,"name":"scores","sample":"0.5, -1","values":{"max":2,"min":2,"total":20}}]`
	if got := compact(t, r["features"]); got != want {
		t.Errorf("features\n got %s\nwant %s", got, want)
	}
	r = inspectJSON(t, recordFiles+"sequences.tfrecord")
	want = `[{"count":5,"kind":"int64","max":4,"min":0,"name":"tokens","sample":"0","steps":{"max":5,"min":1,"total":15},"values":{"max":5,"min":1,"total":15}}]`
	if got := compact(t, r["feature_lists"]); got != want {
		t.Errorf("feature lists\n got %s\nwant %s", got, want)
	}
}

func TestInspectText(t *testing.T) {
	for path, want := range map[string][]string{
		tfliteFiles + "conv_int8.tflite": {"TensorFlow Lite model, 3.6 kB", "1 CONV_2D", "input   image   int8  (1, 8, 8, 3)  scale 0.029762534, zero point 15", "8 scales along dimension 0"},
		savedModelFiles + "flow/flow.pb": {"input   training  bool     ()            has a default\n", "\n  output  out       float32  unknown rank"},
		savedModelFiles + "multi":        {"SavedModel", "signature serving_default", "input   a         float32  (None, 3)"},
		checkpointFiles + "object":       {"checkpoint", "objects", "parameters"},
		recordFiles + "plain.tfrecord":   {"TFRecord file", " together\n"},
		eventFiles + "v2.tfevents":       {"event file", "loss            scalars     5 values, steps 0 to 4   last 0.2"},
	} {
		code, stdout, stderr := gotftest.Run(t, "inspect", path)
		if code != exit.Done {
			t.Errorf("%s: exit %d, stderr %q", path, code, stderr)
		}
		for _, w := range want {
			if !strings.Contains(stdout, w) {
				t.Errorf("%s: no %q in\n%s", path, w, stdout)
			}
		}
	}
	_, _, stderr := gotftest.Run(t, "inspect", tfliteFiles+"mlp.tflite")
	if !strings.Contains(stderr, "next: gotf run --model "+tfliteFiles+"mlp.tflite --inputs 'x=FILE.npy'") {
		t.Errorf("stderr %q names no next command", stderr)
	}
}

// TestInspectPage writes pages that are well-formed and small enough.
func TestInspectPage(t *testing.T) {
	for _, path := range []string{
		tfliteFiles + "loop.tflite", savedModelFiles + "keras", checkpointFiles + "object", recordFiles + "plain.tfrecord", eventFiles + "v2.tfevents",
	} {
		page := filepath.Join(t.TempDir(), "page.html")
		if code, _, stderr := gotftest.Run(t, "inspect", path, "--html", page); code != exit.Done {
			t.Fatalf("%s: exit %d, stderr %q", path, code, stderr)
		}
		raw, err := os.ReadFile(page)
		if err != nil || len(raw) > 5<<20 {
			t.Fatalf("%s: %d bytes, %v", path, len(raw), err)
		}
		isModel := strings.Contains(path, "tflite") || strings.Contains(path, "savedmodel")
		if strings.Contains(string(raw), "<svg") != isModel {
			t.Errorf("%s: a drawing is missing or too many", path)
		}
		for rest := string(raw); ; {
			_, svg, found := strings.Cut(rest, "<svg")
			if !found {
				break
			}
			svg, rest, _ = strings.Cut(svg, "</svg>")
			for d := xml.NewDecoder(strings.NewReader("<svg" + svg + "</svg>")); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
			}
		}
	}
}

// zipFile writes an archive.
func zipFile(t *testing.T, members map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, data := range members {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestInspectKerasInputs reads configurations as Keras 3 and Keras 2 write them, and
// one with other things under the names.
func TestInspectKerasInputs(t *testing.T) {
	input := func(name, config string) string {
		return `{"class_name": "InputLayer", "name": "` + name + `", "config": {` + config + `}}`
	}
	a := input("a", `"name": "a", "batch_shape": [null, 8], "dtype": "float32"`)
	b := input("b", `"batch_shape": [2, null, 3], "dtype": {"class_name": "DTypePolicy", "config": {"name": "int32"}}`)
	old := input("", `"name": "old", "batch_input_shape": [null, 4], "dtype": "float32"`)
	const (
		isA   = `{"dtype":"float32","name":"a","quantization":null,"shape":[-1,8]}`
		isB   = `{"dtype":"int32","name":"b","quantization":null,"shape":[2,-1,3]}`
		isOld = `{"dtype":"float32","name":"old","quantization":null,"shape":[-1,4]}`
	)
	for _, tc := range []struct{ config, want string }{
		{`"layers": [` + a + `, ` + b + `], "input_layers": [["b", 0, 0], ["a", 0, 0]]`, isB + "," + isA},
		{`"layers": [` + b + `, ` + a + `], "input_layers": {"one": ["a", 0, 0], "two": ["b", 0, 0]}`, isA + "," + isB},
		{`"layers": [` + a + `], "input_layers": ["a", 0, 0]`, isA},
		{`"layers": [` + old + `, {"class_name": "Dense", "config": {"name": "top"}}]`, isOld},
		{`"layers": [` + input("x", `"batch_shape": 3`) + `]`, `{"dtype":"unknown","name":"x","quantization":null,"shape":null}`},
		{`"layers": [64, 32], "input_layers": 7`, ""},
		{`"layers": 2`, ""},
	} {
		r := inspectJSON(t, zipFile(t, map[string][]byte{"config.json": []byte(`{"class_name": "Functional", "config": {` + tc.config + `}}`)}))
		if got := compact(t, r["inputs"]); got != "["+tc.want+"]" {
			t.Errorf("%s:\n got %s\nwant [%s]", tc.config, got, tc.want)
		}
	}
}

// TestInspectZip inspects zip archives: a .keras file, one that holds far more than
// its size, and one that is no model.
func TestInspectZip(t *testing.T) {
	config := []byte(`{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": "top"}}]}}`)
	r := inspectJSON(t, zipFile(t, map[string][]byte{"config.json": config, "metadata.json": []byte(`{"keras_version": "3.1"}`), "../x": nil}))
	if r["format"] != "keras" || r["producer"] != "3.1" || compact(t, r["layers"]) != `[{"class":"Dense","name":"top"}]` || len(r["files"].([]any)) != 3 {
		t.Errorf("a .keras file: %s", compact(t, r))
	}
	for want, members := range map[string]map[string][]byte{
		"more than 67.1 MB": {"config.json": make([]byte, 65<<20)},
		"no .keras file":    {"a.npy": config, "b.txt": nil},
		"a .npy file":       {"a.npy": config},
		"config.json":       {"config.json": []byte("{")},
	} {
		if code, _, stderr := gotftest.Run(t, "inspect", zipFile(t, members)); code != exit.Failed || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit %d, stderr %q, want %q", code, stderr, want)
		}
	}
}

// TestInspectEmpty takes a file without bytes for one without records.
func TestInspectEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.tfrecords")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := gotftest.Run(t, "inspect", path); code != exit.Done || !strings.Contains(stdout, "TFRecord file, 0 bytes\n  records  0\n") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

func TestInspectErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{filepath.Join(dir, "none"), exit.Failed, "no such file"},
		{write("empty", ""), exit.Failed, "is empty; of the kinds that can be inspected only a TFRecord can be"},
		{write("text", "hello, world: this is no model at all"), exit.Failed, "none of the kinds"},
		{write("h5", "\x89HDF\r\n\x1a\n0123456789"), exit.Failed, "HDF5"},
		{write("zip.keras", "PK\x03\x04 no archive"), exit.Failed, "zip"},
		{write("cut.tflite", "\x20\x00\x00\x00TFL3"), exit.Failed, "damaged .tflite file"},
		{write("cut.index", "hello, world: this is no index of anything"), exit.Failed, "cut.index is no index of a checkpoint, or a damaged one"},
		{write("lost.data-00000-of-00001", "\x00\x01\x02\x03"), exit.Failed, "lost.index, is not there"},
		{checkpointFiles + "saver.data-00001-of-00002", exit.Failed, "did you mean its prefix, " + checkpointFiles + "saver?"},
		{dir, exit.Failed, "is no SavedModel"},
		{filepath.Dir(checkpointFiles), exit.Failed, "name one of"},
		{"", exit.Usage, "takes PATH"},
		{"a b", exit.Usage, "takes PATH, got 2"},
		{tfliteFiles + "mlp.tflite --tag-set serve", exit.Usage, "goes with a SavedModel"},
		{tfliteFiles + "mlp.tflite --jsn", exit.Usage, "did you mean --json?"},
		{tfliteFiles + "mlp.tflite --html", exit.Usage, "needs a value"},
		{savedModelFiles + "multi --tag-set gpu", exit.Failed, "no tag set 'gpu'"},
	} {
		code, _, stderr := gotftest.Run(t, append([]string{"inspect"}, strings.Fields(tc.args)...)...)
		if code != tc.code || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("gotf inspect %s: exit %d, stderr %q; want %d and %q", tc.args, code, stderr, tc.code, tc.want)
		}
	}
}

// TestInspectDamaged inspects changed and cut files of each kind: an answer or an
// error of one line, never more.
func TestInspectDamaged(t *testing.T) { testDamaged(t, 60) }

func TestLongInspectDamaged(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	testDamaged(t, 2000)
}

func testDamaged(t *testing.T, rounds int) {
	page := filepath.Join(t.TempDir(), "page.html")
	all := 0
	for _, path := range []string{
		tfliteFiles + "loop.tflite", tfliteFiles + "conv_int8.tflite", savedModelFiles + "multi/saved_model.pb", savedModelFiles + "keras/saved_model.pb",
		checkpointFiles + "object/ckpt-3.index", recordFiles + "plain.tfrecord", recordFiles + "gzip.tfrecord", recordFiles + "sequences.tfrecord", eventFiles + "v1.tfevents",
	} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), filepath.Base(path))
		if prefix, ok := strings.CutSuffix(path, ".index"); ok {
			copyTestFile(t, prefix+".data-00000-of-00001", strings.TrimSuffix(file, ".index")+".data-00000-of-00001")
		}
		read, rng := 0, rand.New(rand.NewPCG(3, uint64(len(whole))))
		for range rounds {
			if err := os.WriteFile(file, damagedCopy(rng, whole), 0o666); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := gotftest.Run(t, "inspect", file, "--html", page)
			switch {
			case code == exit.Done:
				read++
			case code != exit.Failed || strings.Count(stderr, "\n") != 1:
				t.Errorf("%s: exit %d, stderr %q", path, code, stderr)
			}
		}
		all += read
		t.Logf("%s: %d of %d read", path, read, rounds)
	}
	if all == 0 {
		t.Error("nothing was read: the damage proves nothing")
	}
}

func copyTestFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// damagedCopy changes a few bytes, or cuts.
func damagedCopy(rng *rand.Rand, whole []byte) []byte {
	out := bytes.Clone(whole)
	if rng.IntN(4) == 0 {
		return out[:rng.IntN(len(out))]
	}
	for range 1 + rng.IntN(3) {
		out[rng.IntN(len(out))] = byte(rng.IntN(256))
	}
	return out
}

// TestReportWords checks how numbers and names are written.
func TestReportWords(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		if got := terminal.Thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	for s, want := range map[string]string{"a b": "a b", "": "", "\x1b[31m": `"\x1b[31m"`, "ü": "ü", "a\nb": `"a\nb"`} {
		if got := terminal.Printable(s); got != want {
			t.Errorf("%q is printed as %q, want %q", s, got, want)
		}
	}
	if got := sortedBy([]string{"aa", "b", "cc", "d"}, func(s string) int64 { return int64(len(s)) }); !slices.Equal(got, []string{"b", "d", "aa", "cc"}) {
		t.Errorf("sorted %q", got)
	}
}
