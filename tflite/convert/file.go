package convert

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
)

// ConvertFile writes what [Convert] makes to the file to, which appears, or is
// replaced, when it is complete; folders that lead to it are made. It returns the
// file's size in bytes.
func ConvertFile(ctx context.Context, dir, to string, o *Options) (int64, error) {
	undo, err := atomicfile.MkdirAll(filepath.Dir(to))
	if err != nil {
		return 0, fileError(to, err)
	}
	undo() // until there is something to write: the converter may end the process
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		return 0, fileError(to, syscall.EISDIR)
	}
	model, err := Convert(ctx, dir, o)
	if err != nil {
		return 0, err
	}
	if undo, err = atomicfile.MkdirAll(filepath.Dir(to)); err != nil {
		return 0, fileError(to, err)
	}
	if err := atomicfile.WriteFile(to, atomicfile.Bytes(model)); err != nil {
		undo()
		return 0, fileError(to, err)
	}
	return int64(len(model)), nil
}

func fileError(path string, err error) error {
	return fmt.Errorf("tflite/convert: write %s: %w", path, &fault{tf.FileCode(err), atomicfile.Cause(err)})
}

// fault is an error of the file system, in its own words, with a code.
type fault struct {
	code tf.Code
	err  error
}

func (f *fault) Error() string { return f.err.Error() }

func (f *fault) Unwrap() []error { return []error{f.code, f.err} }
