package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// The models of other packages' tests.
const (
	multiSaved = "../../../../tflite/convert/testdata/models/multi"
	cnnSaved   = "../../../../tflite/convert/testdata/models/cnn"
	mlpLite    = "../../../../testdata/tflite/mlp.tflite"
	flowGraph  = "../../../../savedmodel/testdata/flow/flow.pb"
)

// TestExport takes a SavedModel to a frozen graph and back.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	frozen, back := filepath.Join(dir, "scale.pb"), filepath.Join(dir, "back")
	x := gotftest.WriteNPY[float32](t, dir, "x.npy", []int64{1, 4}, 1, 2, 3, 4)
	const want = "Result for output key y:\n[[ 2.   0.   1.5 12. ]]\n"
	for _, args := range [][]string{
		{"export", "--from", multiSaved, "--signature", "scale", "--to", frozen},
		{"export", "--from", frozen, "--inputs", "x", "--outputs", "y", "--to", back},
	} {
		if code, stdout, stderr := gotftest.Run(t, args...); code != exit.Done || stdout != "" || !strings.Contains(stderr, "\nnext: gotf ") {
			t.Fatalf("%v: exit %d, %q, %q", args, code, stdout, stderr)
		}
	}
	if code, stdout, stderr := gotftest.Run(t, "run", "--dir", back, "--inputs", "x="+x); code != exit.Done || stdout != want {
		t.Errorf("exit %d, %q, %s; want %q", code, stdout, stderr, want)
	}
}

// TestExportDefault tells which inputs stay at their default.
func TestExportDefault(t *testing.T) {
	const words = "training at the default that the graph has: --inputs makes inputs of such placeholders\n"
	for inputs, want := range map[string]bool{"": true, "x,training": false} {
		parameters := map[bool]string{true: "parameters  140 (557 bytes)", false: "parameters  139 (556 bytes)"}[want]
		dir := filepath.Join(t.TempDir(), "model")
		args := []string{"export", "--from", flowGraph, "--to", dir}
		if inputs != "" {
			args = append(args, "--inputs", inputs)
		}
		code, _, stderr := gotftest.Run(t, args...)
		if code != exit.Done || strings.Contains(stderr, words) != want {
			t.Errorf("exit %d, %q", code, stderr)
		}
		code, stdout, stderr := gotftest.Run(t, "inspect", dir)
		if code != exit.Done || strings.Contains(stdout, "training") == want || !strings.Contains(stdout, parameters) || strings.Count(stdout, "  output ") != 1 {
			t.Errorf("exit %d, %s%s", code, stdout, stderr)
		}
	}
}

// TestExportText inspects, compares and runs what export writes as text.
func TestExportText(t *testing.T) {
	dir := t.TempDir()
	binary, text := filepath.Join(dir, "cnn.pb"), filepath.Join(dir, "cnn.pbtxt")
	for _, to := range []string{binary, text} {
		if code, _, stderr := gotftest.Run(t, "export", "--from", cnnSaved, "--to", to); code != exit.Done || !strings.Contains(stderr, "next: gotf inspect "+to) {
			t.Fatalf("exit %d, %q", code, stderr)
		}
		code, stdout, stderr := gotftest.Run(t, "inspect", to)
		if code != exit.Done || !strings.Contains(stdout, ": frozen GraphDef, ") || !strings.Contains(stderr, "next: gotf export --from "+to) {
			t.Errorf("exit %d, %q, %q", code, stdout, stderr)
		}
	}
	plain := filepath.Join(dir, "text") // its content says what it is
	if err := os.Rename(text, plain); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := gotftest.Run(t, "diff", binary, plain)
	if code != exit.Done || !strings.HasPrefix(stdout, "they are the same: structure, ") || !strings.Contains(stdout, "outputs on 4 random inputs") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	if code, stdout, stderr = gotftest.Run(t, "diff", plain, cnnSaved, "--tolerance", "1e-4"); code != exit.Done {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	code, _, stderr = gotftest.Run(t, "run", "--model", binary)
	if code != exit.Failed || !strings.Contains(stderr, "is a frozen graph; gotf export --from "+binary) {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestExportErrors(t *testing.T) {
	dir := t.TempDir()
	there, run := filepath.Join(dir, "there.pb"), t.TempDir()
	if err := os.Mkdir(filepath.Join(run, "checkpoints"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(run, "model.json"), []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(there, []byte("kept"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args, want string
		code       int
	}{
		{"--from " + multiSaved + " --to " + dir + "/new", "is a SavedModel already", exit.Usage},
		{"--from " + multiSaved + " --to x --to-format frozn", `did you mean "frozen"?`, exit.Usage},
		{"--from " + multiSaved + " --to " + there, "--overwrite replaces it", exit.Failed},
		{"--from " + multiSaved + " --to " + dir + "/y.pb --signature skale", `did you mean "scale"?`, exit.Failed},
		{"--from " + multiSaved + " --to " + dir + "/y.pb --inputs x", "--inputs goes with a frozen graph", exit.Usage},
		{"--from " + there + " --to " + dir + "/new", "not a GraphDef", exit.Failed},
		{"--from " + run + "/model.json --to " + dir + "/new", "is a part of a training run, did you mean the run, " + run + "?", exit.Failed},
		{"--from export.go --to " + dir + "/new", "is none of the kinds that can be inspected", exit.Failed},
		{"--from " + run + "/checkpoints --to " + dir + "/new", "did you mean the run, " + run + "?", exit.Failed},
		{"--from " + mlpLite + " --to " + dir + "/new", "is a TensorFlow Lite model; gotf export takes", exit.Failed},
		{"--from " + cnnSaved + "/saved_model.pb --to " + dir + "/new", "did you mean its folder, " + cnnSaved, exit.Failed},
		{"--from " + cnnSaved + "/variables/variables --to " + dir + "/new", "is a checkpoint, which has values but no model", exit.Failed},
		{"--from " + dir + "/none --to " + dir + "/new", "no such file", exit.Failed},
	} {
		code, stdout, stderr := gotftest.Run(t, append([]string{"export"}, strings.Fields(tc.args)...)...)
		if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("export %s: exit %d, %q, %q; want %d and %q", tc.args, code, stdout, stderr, tc.code, tc.want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left %v", entries)
	}
}
