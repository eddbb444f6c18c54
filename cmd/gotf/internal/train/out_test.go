package train_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// TestTrainOut refuses folders that it would spoil.
func TestTrainOut(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	args := []string{"train", "--model", "mnist-mlp", "--data", data, "--epochs", "1", "--out"}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	if code, _, stderr := gotftest.Run(t, append(args, file)...); code != exit.Failed || !strings.Contains(stderr, "is a file") {
		t.Errorf("exit %d, %q; want 1 and that it is a file", code, stderr)
	}
	if code, _, stderr := gotftest.Run(t, append(args, filepath.Join(file, "x"))...); code != exit.Failed || !strings.Contains(stderr, "not a directory") {
		t.Errorf("exit %d, %q; want 1 and the system's reason", code, stderr)
	}
	out := trained(t, args[1:len(args)-1]...)
	write(t, filepath.Join(out, "notes.txt"), []byte("mine"))
	first := contents(t, out)
	if code, _, stderr := gotftest.Run(t, append(args, out, "--epochs", "2")...); code != exit.Done {
		t.Errorf("again: exit %d, %s", code, stderr)
	}
	again := contents(t, out)
	for _, name := range []string{"notes.txt", "checkpoints/ckpt-2.index", "saved_model/saved_model.pb"} {
		if _, ok := again[name]; !ok {
			t.Errorf("the second run leaves %v, without %s", again, name)
		}
	}
	if len(again) != len(first)+2 { // the second checkpoint
		t.Errorf("the second run leaves %d files, the first %d", len(again), len(first))
	}
	for name, want := range map[string]string{
		"checkpoints/notes":    "holds checkpoints/notes, which gotf train did not write",
		"saved_model/notes.md": "holds saved_model/notes.md, which gotf train did not write",
		"history.json":         "holds model.json, but no run of gotf train to replace",
		"model.json":           "holds model.json, but no run of gotf train to replace",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(dir, os.DirFS(out)); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, name), []byte("{}"))
			unchanged(t, dir, func() {
				if code, _, stderr := gotftest.Run(t, append(args, dir)...); code != exit.Failed || !strings.Contains(stderr, want) {
					t.Errorf("exit %d, %q; want 1 and %q", code, stderr, want)
				}
			})
		})
	}
}

// contents are the files below dir, hidden ones too.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// unchanged fails unless dir holds after f what it held before.
func unchanged(t *testing.T, dir string, f func()) {
	t.Helper()
	before := contents(t, dir)
	f()
	if after := contents(t, dir); !reflect.DeepEqual(before, after) {
		t.Errorf("the folder holds %v, was %v", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
	}
}

// TestTrainFailsLate trains into the folder of a good run, and into a new one,
// what fails once training began.
func TestTrainFailsLate(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	out := trained(t, "--model", "mnist-mlp", "--data", data, "--epochs", "1")
	exp := func(name string) string {
		return fmt.Sprintf(`{"class_name": "Activation", "config": {"name": %q, "activation": "exponential"}}`, name)
	}
	huge := jsonModel(t, "[null, 784]", exp("a"), exp("b"), exp("c"), exp("d"), ten)
	args := []string{"train", "--model", huge, "--data", data, "--epochs", "1", "--out"}
	unchanged(t, out, func() {
		if code, _, stderr := gotftest.Run(t, append(args, out)...); code != exit.Failed || !strings.Contains(stderr, filepath.Join(out, "history.json")+" cannot be written") {
			t.Errorf("exit %d, %s; want 1 and that the loss is no number", code, stderr)
		}
	})
	parent := t.TempDir()
	if code, _, stderr := gotftest.Run(t, append(args, filepath.Join(parent, "a", "b"))...); code != exit.Failed {
		t.Errorf("exit %d, %s; want 1", code, stderr)
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	empty := t.TempDir()
	if code, _, stderr := gotftest.Run(t, append(args, empty)...); code != exit.Failed {
		t.Errorf("exit %d, %s; want 1", code, stderr)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// TestTrainSeed takes 0 as a seed, and draws one where none is given.
func TestTrainSeed(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	first := func(seed ...string) string {
		out := trained(t, append([]string{"--model", "mnist-mlp", "--data", data, "--epochs", "1"}, seed...)...)
		return contents(t, out)["checkpoints/ckpt-1.data-00000-of-00001"]
	}
	if once, again := first("--seed", "0"), first("--seed", "0"); once != again {
		t.Error("--seed 0 gives other weights the second time")
	}
	if once, again := first(), first(); once == again {
		t.Error("no seed gives the same weights twice")
	}
}
