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
	links := filepath.Join(t.TempDir(), "links") // of a file, twice, a folder, itself and nothing
	if err := os.Mkdir(links, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"a": filepath.Join(dir, "a"), "again": filepath.Join(dir, "a"), "inner": inner, "self": links, "none": "none"} {
		if err := os.Symlink(to, filepath.Join(links, name)); err != nil {
			t.Skip(err)
		}
	}
	whole := links + "-whole"
	if err := os.Symlink(links, whole); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{links, whole} {
		if n := plainfile.FolderSize(dir); n != 10 {
			t.Errorf("FolderSize of links = %d, want 10", n)
		}
	}
}
