package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MkdirAll makes the folder and those that lead to it. Undo removes the ones it
// made, if they are empty. The error of a path that leads through a file says so.
func MkdirAll(dir string) (undo func(), err error) {
	var missing []string // the innermost first
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		missing = append(missing, at)
	}
	undo = func() {
		for _, d := range missing {
			if os.Remove(d) != nil {
				return
			}
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		undo()
		var p *fs.PathError
		if errors.As(err, &p) && p.Err == syscall.ENOTDIR {
			err = plain{p.Path + " is not a folder", p.Err}
		}
		return func() {}, err
	}
	return undo, nil
}
