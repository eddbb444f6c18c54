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

func TestExportErrors(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.pb")
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
