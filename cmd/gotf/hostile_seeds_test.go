package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/internal/npy"
)

// hostileArrays writes an input of mlp.tflite as .npy and, stored and
// compressed, in .npz files.
func hostileArrays(t *testing.T, dir string) []string {
	plain := filepath.Join(dir, "x.npy")
	a := &npy.Array{DType: "float32", Shape: []int64{2, 8}, Raw: make([]byte, 64)}
	if err := npy.WriteFile(plain, a, false); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{plain}
	for method, name := range []string{zip.Store: "stored.npz", zip.Deflate: "compressed.npz"} {
		if name == "" {
			continue
		}
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		w, err := z.CreateHeader(&zip.FileHeader{Name: "x.npy", Method: uint16(method)})
		if err == nil {
			_, err = w.Write(data)
		}
		if err == nil {
			err = z.Close()
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// hostilePackaged makes a model with metadata and labels.
func hostilePackaged(t *testing.T, dir string) []string {
	labels, out := filepath.Join(dir, "labels.txt"), filepath.Join(dir, "packaged.tflite")
	if err := os.WriteFile(labels, []byte("one\ntwo\nthree\nfour\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := gotftest.Run(t, "package", "--name", "digits", "--labels", labels, "--normalize", "0,1", "--output", out, liteData+"mlp.tflite")
	if code != exit.Done {
		t.Fatal(stderr)
	}
	return []string{out, out, out} // as likely as three others
}
