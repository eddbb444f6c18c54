package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// WriteFile makes, or replaces, the file with what write writes.
func WriteFile(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return writeTo(path, write)
	}
	return beside(path, write, os.Rename)
}

// WriteNew makes the file with what write writes. The error matches fs.ErrExist
// if there is one, also one that appeared meanwhile.
func WriteNew(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return failed(path, fs.ErrExist)
	}
	return beside(path, write, func(part, path string) error {
		err := os.Link(part, path) // unlike Rename it fails where the file exists
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return os.Rename(part, path) // no links on this file system
		}
		return err
	})
}

// Bytes writes data.
func Bytes(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// beside writes a file beside path, which move makes the one at path.
func beside(path string, write func(io.Writer) error, move func(part, path string) error) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return failed(path, syscall.EISDIR)
	}
	f, err := create(filepath.Dir(path))
	if err != nil {
		return failed(path, err)
	}
	part := f.Name()
	defer os.Remove(part) // fails once it is renamed
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = move(part, path)
	}
	return rename(err, part, path)
}

// create makes a new file in dir.
func create(dir string) (*os.File, error) {
	for i := 0; ; i++ {
		name := filepath.Join(dir, fmt.Sprintf(".writing-%d-%d", os.Getpid(), i))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// writeTo writes to what is at path, a device or a pipe.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return failed(path, err)
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return rename(err, path, path)
}
