package atomicfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/atomicfile"
)

func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	undo, err := atomicfile.MkdirAll(filepath.Join(dir, "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	stat(t, filepath.Join(dir, "a", "b"))
	undo()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("undo left %v, %v", left, err)
	}

	file := filepath.Join(dir, "kept", "file") // what was there, and what came meanwhile, stays
	if _, err := atomicfile.MkdirAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	undo, err = atomicfile.MkdirAll(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	undo()
	if err := os.WriteFile(file, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err = atomicfile.MkdirAll(filepath.Join(file, "c", "d")); err == nil || !strings.HasSuffix(err.Error(), "file is not a folder") {
		t.Errorf("err = %v", err)
	}
	only(t, filepath.Dir(file), "file", "x")
}
