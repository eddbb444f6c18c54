package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExport takes a SavedModel to a frozen graph and back.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	frozen, back := filepath.Join(dir, "scale.pb"), filepath.Join(dir, "back")
	x := writeNPY[float32](t, dir, "x.npy", []int64{1, 4}, 1, 2, 3, 4)
	const want = "Result for output key y:\n[[ 2.   0.   1.5 12. ]]\n"
	for _, args := range [][]string{
		{"export", "--from", multiModel, "--signature", "scale", "--to", frozen},
		{"export", "--from", frozen, "--inputs", "x", "--outputs", "y", "--to", back},
	} {
		if code, stdout, stderr := gotf(t, args...); code != exitDone || stdout != "" || !strings.Contains(stderr, "\nnext: gotf ") {
			t.Fatalf("%v: exit %d, %q, %q", args, code, stdout, stderr)
		}
	}
	if code, stdout, stderr := gotf(t, "run", "--dir", back, "--inputs", "x="+x); code != exitDone || stdout != want {
		t.Errorf("exit %d, %q, %s; want %q", code, stdout, stderr, want)
	}
}

// TestExportText inspects, compares and runs what export writes as text.
func TestExportText(t *testing.T) {
	dir := t.TempDir()
	binary, text := filepath.Join(dir, "cnn.pb"), filepath.Join(dir, "cnn.pbtxt")
	for _, to := range []string{binary, text} {
		if code, _, stderr := gotf(t, "export", "--from", benchSaved, "--to", to); code != exitDone || !strings.Contains(stderr, "next: gotf inspect "+to) {
			t.Fatalf("exit %d, %q", code, stderr)
		}
		code, stdout, stderr := gotf(t, "inspect", to)
		if code != exitDone || !strings.Contains(stdout, ": frozen GraphDef, ") || !strings.Contains(stderr, "next: gotf export --from "+to) {
			t.Errorf("exit %d, %q, %q", code, stdout, stderr)
		}
	}
	plain := filepath.Join(dir, "text") // its content says what it is
	if err := os.Rename(text, plain); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := gotf(t, "diff", binary, plain)
	if code != exitDone || !strings.HasPrefix(stdout, "they are the same: structure, ") || !strings.Contains(stdout, "outputs on 4 random inputs") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	if code, stdout, stderr = gotf(t, "diff", plain, benchSaved, "--tolerance", "1e-4"); code != exitDone {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	code, _, stderr = gotf(t, "run", "--model", binary)
	if code != exitFailed || !strings.Contains(stderr, "is a frozen graph; gotf export --from "+binary) {
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
		{"--from " + multiModel + " --to " + dir + "/new", "is a SavedModel already", exitUsage},
		{"--from " + multiModel + " --to x --to-format frozn", `did you mean "frozen"?`, exitUsage},
		{"--from " + multiModel + " --to " + there, "--overwrite replaces it", exitFailed},
		{"--from " + multiModel + " --to " + dir + "/y.pb --signature skale", `did you mean "scale"?`, exitFailed},
		{"--from " + multiModel + " --to " + dir + "/y.pb --inputs x", "--inputs goes with a frozen graph", exitUsage},
		{"--from " + there + " --to " + dir + "/new", "not a GraphDef", exitFailed},
		{"--from " + run + "/model.json --to " + dir + "/new", "is a part of a training run, did you mean the run, " + run + "?", exitFailed},
		{"--from export.go --to " + dir + "/new", "is none of the kinds that can be inspected", exitFailed},
		{"--from " + run + "/checkpoints --to " + dir + "/new", "did you mean the run, " + run + "?", exitFailed},
		{"--from " + tfliteFiles + "mlp.tflite --to " + dir + "/new", "is a TensorFlow Lite model; gotf export takes", exitFailed},
		{"--from " + benchSaved + "/saved_model.pb --to " + dir + "/new", "did you mean its folder, " + benchSaved, exitFailed},
		{"--from " + benchSaved + "/variables/variables --to " + dir + "/new", "is a checkpoint, which has values but no model", exitFailed},
		{"--from " + dir + "/none --to " + dir + "/new", "no such file", exitFailed},
	} {
		code, stdout, stderr := gotf(t, append([]string{"export"}, strings.Fields(tc.args)...)...)
		if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("export %s: exit %d, %q, %q; want %d and %q", tc.args, code, stdout, stderr, tc.code, tc.want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left %v", entries)
	}
}
