package pack

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/tflite/metadata"
)

const models = "../../../../testdata/tflite"

// textFile writes a file and returns its path.
func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// mustRun runs gotf package and fails the test unless it is done.
func mustRun(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	code, stdout, stderr := gotftest.Run(t, append([]string{"package"}, args...)...)
	if code != exit.Done {
		t.Fatalf("gotf package %v: exit %d: %s", args, code, stderr)
	}
	return stdout, stderr
}

// TestPackageLess says by how much a file shrinks.
func TestPackageLess(t *testing.T) {
	dir := t.TempDir()
	long, short := filepath.Join(dir, "long.tflite"), filepath.Join(dir, "short.tflite")
	if _, stderr := mustRun(t, filepath.Join(models, "conv.tflite"), "--output", long, "--description", strings.Repeat("a", 1000)); !strings.Contains(stderr, " kB more\n") {
		t.Error(stderr)
	}
	if _, stderr := mustRun(t, long, "--output", short, "--description", "b"); !strings.Contains(stderr, " less\n") {
		t.Error(stderr)
	}
}

// TestPackage packages a classifier in one line, and takes it apart again.
func TestPackage(t *testing.T) {
	gotftest.NoLibraries(t)
	model := filepath.Join(models, "conv.tflite")
	labels := textFile(t, "labels.txt", "a\nb\nc\nd\ne\n")
	french := textFile(t, "fr.txt", "un\ndeux\ntrois\nquatre\ncinq\n")
	dir := t.TempDir()
	out := filepath.Join(dir, "out.tflite")
	_, stderr := mustRun(t, model, "--output", out, "--name", "Cats", "--license", "MIT", "--version", "v1",
		"--labels", labels, "--labels", "logits="+french+"@fr", "--normalize", "image=127.5:126:125,127.5:1:2",
		"--input-name", "photo", "--output-name", "logits=score")
	if !strings.Contains(stderr, "next: gotf package "+out+" --show") {
		t.Errorf("stderr %q", stderr)
	}
	stdout, _ := mustRun(t, "--show", out)
	for _, want := range []string{
		"name: Cats\n", "version: v1\n", "input 0 photo: image RGB; (x - [127.5 126 125]) / [127.5 1 2]\n",
		"output 0 score: numbers; TENSOR_AXIS_LABELS labels.txt; TENSOR_AXIS_LABELS fr.txt (fr)\n", "file labels.txt: 10 bytes\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	mustRun(t, out, "--extract", filepath.Join(dir, "parts"))
	text, _ := mustRun(t, out, "--show", "--json")
	meta, err := os.ReadFile(filepath.Join(dir, "parts", "metadata.json"))
	if err != nil || string(meta) != text {
		t.Errorf("--extract and --show --json differ: %v", err)
	}
	again := filepath.Join(dir, "again.tflite")
	mustRun(t, model, "--metadata", filepath.Join(dir, "parts", "metadata.json"), "--output", again)
	plain := filepath.Join(dir, "plain.tflite")
	mustRun(t, out, "--remove", "--output", plain)
	wantSame(t, again, out)
	wantSame(t, plain, model)
}

func wantSame(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(a)
	y, err2 := os.ReadFile(b)
	if err != nil || err2 != nil || !bytes.Equal(x, y) {
		t.Errorf("%s and %s differ: %v, %v", a, b, err, err2)
	}
}

// TestPackageInPlace replaces labels in the file itself: the old file goes.
func TestPackageInPlace(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(models, "conv.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	model := textFile(t, "m.tflite", string(data))
	for _, name := range []string{"old.txt", "new.txt"} {
		mustRun(t, model, "--output", model, "--labels", textFile(t, name, "a\nb\nc\nd\ne\n"))
	}
	p, err := metadata.ReadFile(model)
	if err != nil || len(p.Files) != 1 || p.Files["new.txt"] == nil {
		t.Errorf("files %v, %v; want new.txt alone", p.Files, err)
	}
}

func TestPackageErrors(t *testing.T) {
	gotftest.NoLibraries(t)
	conv := filepath.Join(models, "conv.tflite")
	out := filepath.Join(t.TempDir(), "out.tflite")
	labels := textFile(t, "labels.txt", "a\nb\n")
	broken := textFile(t, "broken.tflite", "no model")
	bad := textFile(t, "bad.json", `{"name": 1}`)
	packed := filepath.Join(t.TempDir(), "packed.tflite")
	mustRun(t, conv, "--output", packed, "--name", "x")
	mustRun(t, packed, "--extract", filepath.Dir(packed))
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no model", nil, exit.Usage, "takes MODEL.tflite, got 0 arguments"},
		{"no output", []string{conv, "--name", "x"}, exit.Usage, "--name changes the model: --output names"},
		{"two jobs", []string{conv, "--show", "--remove"}, exit.Usage, "--show and --remove do not go together"},
		{"remove", []string{conv, "--remove"}, exit.Usage, "--output names it"},
		{"normalize", []string{conv, "--output", out, "--normalize", "1"}, exit.Usage, "want [INPUT=]MEAN,STD"},
		{"normalize number", []string{conv, "--output", out, "--normalize", "1,x"}, exit.Usage, `"x" is no number`},
		{"zero", []string{conv, "--output", out, "--normalize", "1,0"}, exit.Failed, "a standard deviation is 0"},
		{"channels", []string{conv, "--output", out, "--normalize", "1:2,1:2"}, exit.Failed, `input "image" has 3 channels, the normalization 2`},
		{"labels", []string{conv, "--output", out, "--labels", labels}, exit.Failed, conv + `: the label file labels.txt has 2 labels, output "logits" has 5 values`},
		{"output name", []string{conv, "--output", out, "--labels", "logit=" + labels}, exit.Failed, `no output "logit", did you mean "logits"?`},
		{"label file", []string{conv, "--output", out, "--labels", "none.txt"}, exit.Failed, "none.txt: no such file"},
		{"flag", []string{conv, "--lables", labels}, exit.Usage, "did you mean"},
		{"damaged", []string{broken, "--show"}, exit.Failed, "broken.tflite: "},
		{"metadata", []string{conv, "--output", out, "--metadata", bad}, exit.Failed, `bad.json: "name" is a number, want a string`},
		{"nothing to change", []string{conv, "--output", out}, exit.Usage, "nothing to change in " + conv},
		{"to extract is there", []string{packed, "--extract", filepath.Dir(packed)}, exit.Failed, "metadata.json is there already; --overwrite"},
		{"nothing to extract", []string{conv, "--extract", t.TempDir()}, exit.Failed, "has no metadata"},
		{"folder", []string{t.TempDir()}, exit.Failed, "is a folder"},
		{"array name", []string{conv, "--c-array", out + ".cc", "--c-name", "1x"}, exit.Failed, `"model_1x" would be`},
		{"array file", []string{conv, "--c-array", out + ".txt"}, exit.Usage, "want a file that ends in .cc"},
		{"archive name", []string{conv, "--archive", out}, exit.Usage, "want a name that ends in .tar.gz or .zip"},
		{"check", []string{"--check", conv}, exit.Failed, "is neither a .tar.gz nor a .zip archive"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"package"}, tc.args...)...)
			if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q", code, stdout, stderr, tc.code, tc.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("there is an output")
			}
		})
	}
}

// TestPackageC writes C beside a name and into a folder.
func TestPackageC(t *testing.T) {
	gotftest.NoLibraries(t)
	dir := t.TempDir()
	model := filepath.Join(models, "conv_int8.tflite")
	stdout, _ := mustRun(t, model, "--c-array", filepath.Join(dir, "net.cc"))
	if !strings.HasPrefix(stdout, "arena: ") {
		t.Errorf("stdout %q", stdout)
	}
	stdout, _ = mustRun(t, model, "--c-array", filepath.Join(dir, "src")+"/", "--c-name", "net", "--json")
	var r cReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || r.Arena.Total != 2528 || r.Name != "net" || r.Bytes != 3608 {
		t.Errorf("%+v, %v", r, err)
	}
	if len(r.Missing)+len(r.Refused) != 0 || r.TFLM == "" {
		t.Errorf("of what TFLM runs: %+v", r)
	}
	_, stderr := mustRun(t, "../../../../testdata/tflite/dynamic.tflite", "--c-array", filepath.Join(dir, "src", "net.cc"))
	if !strings.HasPrefix(stderr, "warning: ") || !strings.Contains(stderr, "TensorFlow Lite Micro does not run the model") {
		t.Errorf("of what TFLM does not run: %q", stderr)
	}
	for _, name := range []string{"net.cc", "net.h", "src/net.cc", "src/net.h"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestPackageSameName keeps both of two label files with one base name.
func TestPackageSameName(t *testing.T) {
	gotftest.NoLibraries(t)
	model, dir := filepath.Join(models, "conv.tflite"), t.TempDir()
	first, french, third := textFile(t, "labels.txt", "a\nb\nc\nd\ne\n"), textFile(t, "labels.txt", "un\ndeux\ntrois\nquatre\ncinq\n"), textFile(t, "Labels.txt", "1\n2\n3\n4\n5\n")
	out := filepath.Join(dir, "out.tflite")
	_, stderr := mustRun(t, model, "--output", out, "--labels", first, "--labels", french+"@fr", "--value-labels", third)
	for _, want := range []string{french + " goes in as labels_fr.txt", third + " goes in as Labels_2.txt"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %q", want, stderr)
		}
	}
	sizes := func(path string) map[string]int {
		p, err := metadata.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes := map[string]int{}
		for name, data := range p.Files {
			sizes[name] = len(data)
		}
		return sizes
	}
	if got := sizes(out); len(got) != 3 || got["labels.txt"] != 10 || got["labels_fr.txt"] != 26 || got["Labels_2.txt"] != 10 {
		t.Errorf("files %v", got)
	}
	// Equal files are one; a file that nothing names any more makes room.
	mustRun(t, out, "--output", out, "--labels", first+"@de", "--labels", french)
	if got := sizes(out); len(got) != 4 || got["labels.txt"] != 10 || got["labels_3.txt"] != 26 {
		t.Errorf("files %v", got)
	}
	for _, args := range [][]string{{"--labels", first, "--labels", french}, {"--file", first, "--file", french}} {
		code, _, stderr := gotftest.Run(t, append([]string{"package", model, "--output", out}, args...)...)
		if code != exit.Usage || !strings.Contains(stderr, " would both be ") {
			t.Errorf("%v: exit %d, %q", args, code, stderr)
		}
	}
}
