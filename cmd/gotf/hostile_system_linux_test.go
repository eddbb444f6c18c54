package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
)

// hostileSystemCases are files of special kinds.
var hostileSystemCases = []hostileCase{
	{"pipe", "plain file", pipe, allLite},
	{"device", "plain file", func(*testing.T, string) string { return "/dev/zero" }, allLite},
	{"saved_model.pb is a pipe", "plain file", func(t *testing.T, dir string) string {
		it := folder(t, dir)
		if err := os.Rename(pipe(t, dir), filepath.Join(it, "saved_model.pb")); err != nil {
			t.Fatal(err)
		}
		return it
	}, allSaved},
	{"saved_model.pb is a folder", "", func(t *testing.T, dir string) string {
		it := folder(t, dir)
		if err := os.Mkdir(filepath.Join(it, "saved_model.pb"), 0o755); err != nil {
			t.Fatal(err)
		}
		return it
	}, allSaved},
	{"input is a pipe", "plain file", pipe, []hostileCommand{"run --model DATA/mlp.tflite --inputs x=IT --outdir OUT", "bench --model DATA/mlp.tflite --inputs x=IT"}},
	{"link to itself", "", func(t *testing.T, dir string) string {
		it := filepath.Join(dir, "link")
		if err := os.Symlink(it, it); err != nil {
			t.Fatal(err)
		}
		return it
	}, append(allLite, allSaved...)},
	{"no permission", "permission denied", func(t *testing.T, dir string) string {
		if os.Geteuid() == 0 {
			t.Skip("root reads everything")
		}
		it := made(t, filepath.Join(dir, "closed.tflite"), []byte("text"))
		if err := os.Chmod(it, 0); err != nil {
			t.Fatal(err)
		}
		return it
	}, allLite},
}

func pipe(t *testing.T, dir string) string {
	t.Helper()
	it := filepath.Join(dir, "pipe.tflite")
	if err := syscall.Mkfifo(it, 0o644); err != nil {
		t.Fatal(err)
	}
	return it
}

// TestHostileLinks writes where links stand: they are replaced, what they point
// to stays.
func TestHostileLinks(t *testing.T) {
	h := newHostile(t, hostileKind{name: "links"})
	arrays := hostileArrays(t, filepath.Join(h.root, "in"))
	for _, tc := range []struct{ link, command string }{
		{"probabilities.npy", "run --model DATA/mlp.tflite --inputs x=IT --outdir OUT --overwrite"},
		{"page.html", "inspect --html OUT/page.html DATA/mlp.tflite"},
		{"page.html", "bench --model DATA/mlp.tflite --seconds 0.001 --html OUT/page.html"},
		{"model.tflite", "package --name x --output OUT/model.tflite DATA/mlp.tflite"},
		{"model.tflite", "convert --saved-model-dir DATA/../../tflite/convert/testdata/models/mlp --output-file OUT/model.tflite"},
	} {
		victim := made(t, filepath.Join(h.root, "in", "victim"), []byte("mine"))
		link := filepath.Join(h.root, "out", tc.link)
		if err := os.Symlink(victim, link); err != nil {
			t.Fatal(err)
		}
		if a := h.worker.do(h.arguments(tc.command, arrays[0], "")); a.Code != exit.Done {
			t.Errorf("gotf %s: exit %d, %s", tc.command, a.Code, a.Stderr)
		}
		if text := h.read(victim); string(text) != "mine" {
			t.Errorf("gotf %s wrote through a link", tc.command)
		}
		os.Remove(link)
	}
}
