package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// TestFilesTooLarge runs commands that may write no byte to a file, as on a full disk.
func TestFilesTooLarge(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	x := gotftest.WriteNPY(t, dir, "x.npy", []int64{1, 4}, float32(1), 2, 3, 4)
	for name, args := range map[string][]string{
		"convert": {"convert", "--saved-model-dir", multiModel, "--output-file", filepath.Join(out, "m.tflite")},
		"run":     {"run", "--dir", multiModel, "--signature-def", "scale", "--inputs", "x=" + x, "--outdir", out},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("sh", append([]string{"-c", `ulimit -f 0; exec "$0" "$@"`, os.Args[0]}, args...)...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != exit.Failed {
				t.Errorf("err = %v, want exit code 1", err)
			}
			if s := stderr.String(); !strings.HasPrefix(s, "gotf: ") || !strings.Contains(s, "file too large") || strings.Count(s, "\n") != 1 {
				t.Errorf("stderr %q", s)
			}
			if files := gotftest.FileNames(t, out); len(files) != 0 {
				t.Errorf("left %v", files)
			}
		})
	}
}
