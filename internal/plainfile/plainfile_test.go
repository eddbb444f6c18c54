package plainfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/plainfile"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if b, err := plainfile.Read(file, 4); err != nil || string(b) != "text" {
		t.Errorf("Read = %q, %v", b, err)
	}
	if _, err := plainfile.Read(file, 3); err == nil || !strings.Contains(err.Error(), file+": it has 4 bytes, want 3 at most") {
		t.Errorf("a large file: %v", err)
	}
	for path, want := range map[string]error{os.DevNull: plainfile.ErrNot, filepath.Join(dir, "none"): fs.ErrNotExist} {
		if _, err := plainfile.Read(path, 1); !errors.Is(err, want) {
			t.Errorf("Read(%s): %v, want %v", path, err, want)
		}
		if _, err := plainfile.Open(path); !errors.Is(err, want) {
			t.Errorf("Open(%s): %v, want %v", path, err, want)
		}
	}
}

func TestFolderSize(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{filepath.Join(dir, "a"): "four", filepath.Join(inner, "b"): "sixsix"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if n := plainfile.FolderSize(dir); n != 10 {
		t.Errorf("FolderSize = %d, want 10", n)
	}
	if n := plainfile.FolderSize(filepath.Join(dir, "none")); n != 0 {
		t.Errorf("FolderSize of no folder = %d", n)
	}
}
