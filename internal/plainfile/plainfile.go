// Package plainfile reads files whose names come from outside: a pipe or device,
// which may never end, and a file too large for its format are errors. For all
// else it does what package os does.
package plainfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Message is the most bytes that a flatbuffer or protobuf message can have.
const Message = 1<<31 - 1

// ErrNot is the error for what is neither a plain file nor a folder; it is an
// [fs.ErrInvalid].
var ErrNot error = notPlain{}

type notPlain struct{}

func (notPlain) Error() string { return "it is no plain file" }
func (notPlain) Unwrap() error { return fs.ErrInvalid }

// Open is [os.Open].
func Open(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrNot}
	}
	return os.Open(path)
}

// Read is [os.ReadFile], of at most the given number of bytes.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > most {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has %d bytes, want %d at most", info.Size(), most)}
	}
	return os.ReadFile(path)
}

// FolderSize is the sum of the sizes of the files in a folder and below, those
// that can be looked at. It follows links, as programs do that read the files,
// and counts a file once.
func FolderSize(dir string) int64 { return sizeOf(dir, map[string]bool{}) }

func sizeOf(path string, seen map[string]bool) (n int64) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil || seen[path] {
		return 0
	}
	seen[path] = true
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0
	case info.Mode().IsRegular():
		return info.Size()
	case !info.IsDir():
		return 0
	}
	entries, _ := os.ReadDir(path)
	for _, e := range entries {
		n += sizeOf(filepath.Join(path, e.Name()), seen)
	}
	return n
}
