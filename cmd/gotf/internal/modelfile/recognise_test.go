package modelfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecogniseLinks does not go into folders, as links may lead in circles.
func TestRecogniseLinks(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		if err := os.Symlink(".", filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	if _, err := Recognise(dir); err == nil || !strings.HasSuffix(err.Error(), "(it has no saved_model.pb and no file checkpoint)") {
		t.Errorf("a folder of links to itself: %v", err)
	}
	inner := filepath.Join(dir, "inner", "deeper")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(inner, "a.tfrecord"), filepath.Join(dir, "b.tfrecord")} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Recognise(dir); err == nil || !strings.HasSuffix(err.Error(), "did you mean "+filepath.Join(dir, "b.tfrecord")+"?") {
		t.Errorf("a folder with a file: %v", err)
	}
}

// TestRecogniseFolder names what a folder holds that is no model itself: models,
// folders and prefixes of checkpoints, and other files, but not what is deeper.
func TestRecogniseFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o777)
		if err == nil {
			err = os.WriteFile(path, []byte(strings.Repeat("x", 48)+tableMagic), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(text string) {
		t.Helper()
		if _, err := Recognise(dir); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
	write("deep/deeper/saved_model.pb")
	want("it has no saved_model.pb")
	write("run/checkpoint")
	write("b.index")
	write("b.data-00000-of-00001")
	want("did you mean " + filepath.Join(dir, "b") + " or " + filepath.Join(dir, "run") + "?")
	write("m/saved_model.pb")
	write("n/saved_model.pb")
	want("name one of the 4 models and other files in it, such as " + filepath.Join(dir, "b"))
}
