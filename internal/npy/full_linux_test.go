package npy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gotf/gotf/internal/npy"
)

// TestDiskFull writes under a limit on the size of files, in a process of its
// own: the write fails half way, and nothing may be left.
func TestDiskFull(t *testing.T) {
	if dir := os.Getenv("NPY_TEST_FULL"); dir != "" {
		writeLimited(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), "NPY_TEST_FULL="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "file too large") {
		t.Fatalf("%v: %s", err, out)
	}
	onlyFile(t, dir, "")
}

func writeLimited(t *testing.T, dir string) {
	limit := syscall.Rlimit{Cur: 1 << 16, Max: 1 << 16}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	err := npy.WriteFile(filepath.Join(dir, "x.npy"), &npy.Array{DType: "uint8", Shape: []int64{1 << 20}, Raw: make([]byte, 1<<20)}, false)
	oneLine(t, err, "file too large")
	t.Log(err)
}
