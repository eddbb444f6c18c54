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
