package tf_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
)

func TestFileCode(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]tf.Code{
		filepath.Join(dir, "none"):                     tf.NotFound,
		filepath.Join(dir, "a\x00b"):                   tf.InvalidArgument,
		filepath.Join(dir, strings.Repeat("a", 10000)): tf.InvalidArgument,
		filepath.Join(file, "in it"):                   tf.InvalidArgument,
		os.DevNull:                                     tf.InvalidArgument,
	} {
		if _, err := plainfile.Open(path); tf.FileCode(err) != want {
			t.Errorf("%.40q: %v is %v, want %v", path, err, tf.FileCode(err), want)
		}
	}
	if code := tf.FileCode(errors.New("else")); code != tf.Unknown {
		t.Errorf("another error: %v", code)
	}
}
