package savedmodel

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// vacant reports whether dir can become a model: it is not there, is empty, or
// holds a model to overwrite.
func vacant(op, dir string, overwrite bool) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileError(op, err)
	case len(entries) == 0:
		return nil
	case !overwrite:
		return errorf(op, tf.AlreadyExists, "the folder is there already")
	}
	if !exists(filepath.Join(dir, modelFile)) && !exists(filepath.Join(dir, textModelFile)) {
		return errorf(op, tf.FailedPrecondition, "the folder holds something else than a SavedModel, which is not overwritten")
	}
	return nil
}

// writeFolder fills a folder beside dir, whose parents it makes, and renames it
// when it is complete.
func writeFolder(op, dir string, overwrite bool, fill func(tmp string) error) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return fileError(op, err)
	}
	tmp, err := makeBeside(dir)
	if err != nil {
		return fileError(op, err)
	}
	defer os.RemoveAll(tmp) // not there any more once it is renamed
	if err := fill(tmp); err != nil {
		return err
	}
	if err := vacant(op, dir, overwrite); err != nil { // somebody may have been quicker
		return err
	}
	old := tmp + ".old"
	moved := os.Rename(dir, old) == nil
	if err := os.Rename(tmp, dir); err != nil {
		if moved {
			_ = os.Rename(old, dir)
		}
		return fileError(op, err)
	}
	if err := os.RemoveAll(old); err != nil {
		return fileError(op, err)
	}
	return nil
}

// makeBeside makes a new folder in dir's parent, with the usual permissions.
func makeBeside(dir string) (string, error) {
	for i := 0; ; i++ {
		tmp := filepath.Join(filepath.Dir(dir), fmt.Sprintf(".%s.%d-%d.part", filepath.Base(dir), os.Getpid(), i))
		if err := os.Mkdir(tmp, 0o777); !errors.Is(err, fs.ErrExist) {
			return tmp, err
		}
	}
}

func writeModel(path string, m *pb.SavedModel) error {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return errorf("write "+path, tf.InvalidArgument, "%v", err)
	}
	if len(raw) > math.MaxInt32 {
		return errorf("write "+path, tf.ResourceExhausted, "the graph takes %d bytes, more than the 2 GiB that a SavedModel's can: make its large constants variables", len(raw))
	}
	if err := os.WriteFile(path, raw, 0o666); err != nil {
		return fileError("write "+path, err)
	}
	return nil
}

// fileError gives an error of the file system the code that fits it.
func fileError(op string, err error) error {
	return fmt.Errorf("savedmodel: %s: %w: %w", op, tf.FileCode(err), atomicfile.Cause(err))
}
