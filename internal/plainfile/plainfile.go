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
// that can be looked at.
func FolderSize(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}
