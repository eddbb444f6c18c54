package npy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gotf/gotf/internal/atomicfile"
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
	save := atomicfile.WriteNew
	if overwrite {
		save = atomicfile.WriteFile
	}
	return atomicfile.Cause(save(path, func(w io.Writer) error { return write(w, a) }))
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
