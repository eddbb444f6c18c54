package convert

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gotf/gotf/tf"
)

// ConvertFile writes what [Convert] makes to the file to, which appears, or is
// replaced, when it is complete. It returns the file's size in bytes.
func ConvertFile(ctx context.Context, dir, to string, o *Options) (int64, error) {
	if info, err := os.Stat(filepath.Dir(to)); err != nil {
		return 0, fileError(to, err)
	} else if !info.IsDir() {
		return 0, fileError(to, syscall.ENOTDIR)
	}
	model, err := Convert(ctx, dir, o)
	if err != nil {
		return 0, err
	}
	if err := writeFile(to, model); err != nil {
		return 0, fileError(to, err)
	}
	return int64(len(model)), nil
}

func writeFile(path string, data []byte) error {
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
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

func fileError(path string, err error) error {
	code := tf.Unknown
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code = tf.NotFound
	case errors.Is(err, fs.ErrPermission):
		code = tf.PermissionDenied
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		code = tf.ResourceExhausted
	}
	return fmt.Errorf("tflite/convert: write %s: %w: %w", path, code, cause(err))
}

// cause leaves out the paths of temporary files.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
