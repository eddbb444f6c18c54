package inspect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// TestInspectValuesMissing reports what can be read beside the error.
func TestInspectValuesMissing(t *testing.T) {
	copies := func(from string) string {
		dir := filepath.Join(t.TempDir(), "m")
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	cut := func(file string) {
		info, err := os.Stat(file)
		if err == nil {
			err = os.Truncate(file, info.Size()/2)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	model := copies(savedModelFiles + "keras")
	values := filepath.Join(model, "variables", "variables.data-00000-of-00001")
	wantDamage := func(path, stdout, stderr string) {
		t.Helper()
		code, out, err := gotftest.Run(t, "inspect", path)
		if code != exit.Failed || !strings.Contains(out, stdout) || !strings.Contains(err, stderr) || strings.Count(err, "\n") != 1 {
			t.Errorf("%s: exit %d, stderr %q, want %q; stdout %q, want %q", path, code, err, stderr, out, stdout)
		}
	}
	cut(values)
	wantDamage(model, "signature serving_default", "the values of its 14 variables cannot be read: ")
	if err := os.Remove(values); err != nil {
		t.Fatal(err)
	}
	wantDamage(model, "signature serving_default", values+": not found")
	if err := os.RemoveAll(filepath.Dir(values)); err != nil {
		t.Fatal(err)
	}
	wantDamage(model, "signature serving_default", "variables.index: not found")

	checkpoint := copies(checkpointFiles + "object")
	code, _, stderr := gotftest.Run(t, "inspect", "--verify", filepath.Join(checkpoint, "ckpt-3"))
	if code != exit.Done || !strings.Contains(stderr, "verified: the checksums of ") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	flip(t, filepath.Join(checkpoint, "ckpt-3.data-00000-of-00001"))
	code, stdout, stderr := gotftest.Run(t, "inspect", "--verify", filepath.Join(checkpoint, "ckpt-3"))
	if code != exit.Failed || !strings.Contains(stdout, "parameters") || !strings.Contains(stderr, ": data loss: the checksum of ") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if code, _, stderr := gotftest.Run(t, "inspect", "--verify", tfliteFiles+"mlp.tflite"); code != exit.Usage || !strings.Contains(stderr, "--verify goes with a checkpoint or SavedModel; ") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	cut(filepath.Join(checkpoint, "ckpt-3.data-00000-of-00001"))
	wantDamage(filepath.Join(checkpoint, "ckpt-3"), "parameters", "it is cut short")
}

// flip changes the first byte of a file.
func flip(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err == nil {
		raw[0] ^= 1
		err = os.WriteFile(file, raw, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestInspectArrays inspects files of NumPy.
func TestInspectArrays(t *testing.T) {
	dir := t.TempDir()
	one := gotftest.WriteNPY(t, dir, "one.npy", []int64{2, 3}, make([]float32, 6)...)
	text := gotftest.WriteNPY(t, dir, "text.npy", []int64{2}, "a", "bc")
	read := func(path string) []byte {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	archive := zipFile(t, map[string][]byte{"x.npy": read(one)})
	for path, want := range map[string]string{
		one:     `"npy" [{"bytes":24,"dtype":"float32","name":"","shape":[2,3]}]`,
		text:    `"npy" [{"bytes":4,"dtype":"bytes","name":"","shape":[2]}]`,
		archive: `"npz" [{"bytes":24,"dtype":"float32","name":"x","shape":[2,3]}]`,
	} {
		r := inspectJSON(t, path)
		if got := compact(t, r["format"]) + " " + compact(t, r["arrays"]); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if code, stdout, stderr := gotftest.Run(t, "inspect", archive); code != exit.Done || !strings.Contains(stdout, "NumPy archive") || !strings.Contains(stdout, "  x  float32  (2, 3)  24 bytes\n") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	raw := read(one)
	short := filepath.Join(dir, "short.npy")
	if err := os.WriteFile(short, raw[:len(raw)-3], 0o666); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := gotftest.Run(t, "inspect", short); code != exit.Failed || !strings.Contains(stderr, "cut short: expected 24 bytes for float32 [2 3], got 21") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}
