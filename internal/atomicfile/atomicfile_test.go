package atomicfile_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/atomicfile"
)

var writers = map[string]func(string, func(io.Writer) error) error{
	"WriteFile": atomicfile.WriteFile,
	"WriteNew":  atomicfile.WriteNew,
}

func TestWrite(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, strings.Repeat("n", 255))
			if err := write(path, atomicfile.Bytes([]byte("one"))); err != nil {
				t.Fatal(err)
			}
			plain := filepath.Join(t.TempDir(), "plain")
			if err := os.WriteFile(plain, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			a, b := stat(t, path), stat(t, plain)
			if a.Mode() != b.Mode() {
				t.Errorf("mode %v, a plain new file has %v", a.Mode(), b.Mode())
			}
			err := write(path, atomicfile.Bytes([]byte("two")))
			want := "two"
			if name == "WriteNew" {
				if want = "one"; !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), path) {
					t.Errorf("err = %v, want fs.ErrExist with the file's name", err)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			only(t, dir, filepath.Base(path), want)
		})
	}
}

func TestErrors(t *testing.T) {
	boom := errors.New("boom")
	for name, write := range writers {
		dir := t.TempDir()
		file := filepath.Join(dir, "file")
		if err := os.WriteFile(file, []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			path, want string
			err        error
		}{
			{filepath.Join(dir, "none", "x"), ": no such file or directory", nil},
			{filepath.Join(file, "x"), ": not a directory", nil},
			{dir, ": ", nil},
			{filepath.Join(dir, "x"), "boom", boom},
		} {
			t.Run(name+tc.want, func(t *testing.T) {
				err := write(tc.path, func(w io.Writer) error {
					if _, err := io.WriteString(w, "half"); err != nil {
						return err
					}
					return tc.err
				})
				want := tc.want
				if tc.err == nil {
					want = "write " + tc.path + tc.want
				}
				if err == nil || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("err = %v, want %s", err, want)
				}
			})
		}
		only(t, dir, "file", "old")
	}
}

// TestDevice keeps a device what it is.
func TestDevice(t *testing.T) {
	before, err := os.Stat(os.DevNull)
	if err != nil {
		t.Skip(err)
	}
	if err := atomicfile.WriteFile(os.DevNull, atomicfile.Bytes([]byte("x"))); err != nil {
		t.Fatal(err)
	}
	if after := stat(t, os.DevNull); after.Mode() != before.Mode() {
		t.Errorf("mode %v, was %v", after.Mode(), before.Mode())
	}
}

// TestRace lets many write one new file: one does.
func TestRace(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	done := make(chan string, 20)
	for i := range cap(done) {
		group.Add(1)
		go func() {
			defer group.Done()
			text := fmt.Sprint(i)
			if atomicfile.WriteNew(filepath.Join(dir, "x"), atomicfile.Bytes([]byte(text))) == nil {
				done <- text
			}
		}()
	}
	group.Wait()
	close(done)
	if len(done) != 1 {
		t.Fatalf("%d made the file", len(done))
	}
	only(t, dir, "x", <-done)
}

func stat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// only fails unless a file is all that dir holds.
func only(t *testing.T, dir, name, text string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Fatalf("the folder holds %v, %v; want %q", entries, err, name)
	}
	if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
		t.Errorf("the file holds %q, %v; want %q", got, err, text)
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "greeting")
	for _, text := range []string{"hello", "good morning"} {
		if err := atomicfile.WriteFile(path, atomicfile.Bytes([]byte(text))); err != nil {
			panic(err)
		}
	}
	text, _ := os.ReadFile(path)
	fmt.Println(string(text))
	// Output: good morning
}
