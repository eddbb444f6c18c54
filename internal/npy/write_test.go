package npy_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/npy"
)

func TestWriteErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   npy.Array
		want string
	}{
		{"dtype", npy.Array{DType: "qint8", Shape: []int64{1}, Raw: []byte{1}}, `npy: write: dtype "qint8" cannot be stored in a .npy file`},
		{"too few", npy.Array{DType: "float32", Shape: []int64{2}, Raw: make([]byte, 4)}, "npy: write: float32 [2] takes 8 bytes, got 4"},
		{"strings", npy.Array{DType: npy.Bytes, Shape: []int64{2}}, "npy: write: shape [2] holds 2 strings, got 0"},
		{"negative", npy.Array{DType: "int8", Shape: []int64{-1}}, "npy: write: expected dimensions of 0 or more, got shape [-1]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b bytes.Buffer
			oneLine(t, npy.Write(&b, &tc.in), tc.want)
			if b.Len() > 0 {
				t.Errorf("%d bytes were written", b.Len())
			}
		})
	}
}

func TestWriteFileKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.npy")
	one := &npy.Array{DType: "int8", Shape: []int64{1}, Raw: []byte{1}}
	two := &npy.Array{DType: "int8", Shape: []int64{1}, Raw: []byte{2}}
	if err := npy.WriteFile(path, one, false); err != nil {
		t.Fatal(err)
	}
	if err := npy.WriteFile(path, two, false); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("err = %v, want fs.ErrExist", err)
	}
	if got, err := npy.Load(path); err != nil || got.Raw[0] != 1 {
		t.Fatalf("got %v, %v; want the first array", got, err)
	}
	if err := npy.WriteFile(path, two, true); err != nil {
		t.Fatal(err)
	}
	if got, err := npy.Load(path); err != nil || got.Raw[0] != 2 {
		t.Fatalf("got %v, %v; want the second array", got, err)
	}
	oneLine(t, npy.WriteFile(dir, one, true), "expected a file, got a folder")
	oneLine(t, npy.WriteFile(filepath.Join(dir, "none", "x.npy"), one, false), "no such file")
	onlyFile(t, dir, "x.npy")
}

// TestWriteFileRace lets many write one file: exactly one may win.
func TestWriteFileRace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.npy")
	won := make(chan byte, 16)
	var wg sync.WaitGroup
	for i := range byte(16) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err := npy.WriteFile(path, &npy.Array{DType: "uint8", Raw: []byte{i}}, false)
			if err == nil {
				won <- i
			} else if !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d writers won, want 1", len(won))
	}
	if got, err := npy.Load(path); err != nil || got.Raw[0] != <-won {
		t.Errorf("got %v, %v; want the winner's array", got, err)
	}
	onlyFile(t, dir, "x.npy")
}

func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != name {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}
