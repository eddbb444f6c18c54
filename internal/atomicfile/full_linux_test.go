package atomicfile_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gotf/gotf/internal/atomicfile"
)

// TestDiskFull writes under a limit on the size of files, in a process of its
// own: the write fails half way, and the old file stays.
func TestDiskFull(t *testing.T) {
	if dir := os.Getenv("ATOMICFILE_TEST_FULL"); dir != "" {
		writeLimited(t, dir)
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), "ATOMICFILE_TEST_FULL="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "write "+path+": file too large") {
		t.Fatalf("%v: %s", err, out)
	}
	only(t, dir, "x", "old")
}

func writeLimited(t *testing.T, dir string) {
	limit := syscall.Rlimit{Cur: 1 << 16, Max: 1 << 16}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	err := atomicfile.WriteFile(filepath.Join(dir, "x"), atomicfile.Bytes(make([]byte, 1<<20)))
	if !atomicfile.Full(err) {
		t.Errorf("Full(%v) = false", err)
	}
	t.Log(err)
}

// TestNoSpace writes to a device that is always full.
func TestNoSpace(t *testing.T) {
	err := atomicfile.WriteFile("/dev/full", atomicfile.Bytes([]byte("x")))
	if err == nil || err.Error() != "write /dev/full: the disk is full" {
		t.Errorf("err = %v", err)
	}
	if !atomicfile.Full(err) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("err = %#v wraps no ENOSPC", err)
	}
	if cause := atomicfile.Cause(err); cause.Error() != "the disk is full" || !atomicfile.Full(cause) {
		t.Errorf("Cause = %v", cause)
	}
}
