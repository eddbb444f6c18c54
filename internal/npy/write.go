package npy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write writes a in the .npy format, version 1.0.
func Write(w io.Writer, a *Array) error {
	if err := write(w, a); err != nil {
		return fmt.Errorf("npy: write: %w", err)
	}
	return nil
}

// WriteFile writes a to a .npy file: first beside it, then renamed, so that
// the file is never half there. Without overwrite a file already there stays,
// and the error matches fs.ErrExist.
func WriteFile(path string, a *Array, overwrite bool) error {
	if err := writeFile(path, a, overwrite); err != nil {
		return fmt.Errorf("npy: write %s: %w", path, err)
	}
	return nil
}

func writeFile(path string, a *Array, overwrite bool) error {
	if err := a.check(); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("expected a file, got a folder")
	}
	if _, err := os.Lstat(path); err == nil && !overwrite {
		return fs.ErrExist
	}
	part, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(part.Name()) // fails once it is renamed
	err = write(part, a)
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if overwrite {
		return os.Rename(part.Name(), path)
	}
	// Unlike Rename, Link fails if another process was quicker.
	err = os.Link(part.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // no links on this file system
		return os.Rename(part.Name(), path)
	}
	return err
}

// createBeside makes a new file in path's folder, with the usual permissions.
func createBeside(path string) (*os.File, error) {
	for i := 0; ; i++ {
		name := fmt.Sprintf(".%s.%d-%d.part", filepath.Base(path), os.Getpid(), i)
		f, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

func write(w io.Writer, a *Array) error {
	if err := a.check(); err != nil {
		return err
	}
	if a.DType == Bytes {
		return writeStrings(w, a)
	}
	e := elements[a.DType]
	order := "<"
	if e.size == 1 {
		order = "|"
	}
	if _, err := w.Write(headerText(order+e.descr, a.Shape)); err != nil {
		return err
	}
	_, err := w.Write(a.Raw)
	return err
}

func writeStrings(w io.Writer, a *Array) error {
	width := 1
	for _, s := range a.Strings {
		width = max(width, len(s))
	}
	if _, err := count(a.Shape, int64(width)); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	b.Write(headerText(fmt.Sprintf("|S%d", width), a.Shape))
	pad := make([]byte, width)
	for _, s := range a.Strings {
		b.Write(s)
		b.Write(pad[len(s):])
	}
	return b.Flush() // the first error of any Write
}
