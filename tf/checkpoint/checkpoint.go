package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	"github.com/gotf/gotf/tf/op"
)

// Entry is a tensor and the key that it is stored under.
type Entry struct {
	Key   string
	Value *tf.Tensor
}

const (
	indexFile = ".index"
	dataFile  = ".data-00000-of-00001"
)

// endings are those of a checkpoint's files, in the order they appear in.
var endings = []string{dataFile, indexFile}

// Write stores entries as the checkpoint with the given prefix, and makes the
// folders that lead to it. It replaces a checkpoint of that name. A ctx that is
// done when Write starts stops it; later it does not.
// https://www.tensorflow.org/api_docs/python/tf/raw_ops/SaveV2
func Write(ctx context.Context, prefix string, entries []Entry) (failed error) {
	if err := ctx.Err(); err != nil {
		return fail("write", prefix, err)
	}
	if len(entries) == 0 {
		return fail("write", prefix, tf.Errorf("", tf.InvalidArgument, "there is nothing to write"))
	}
	dir := filepath.Dir(prefix)
	undo, err := atomicfile.MkdirAll(dir)
	if err != nil {
		return fail("write", prefix, atomicfile.Cause(err))
	}
	defer func() {
		if failed != nil {
			undo()
		}
	}()
	temporary, err := os.MkdirTemp(dir, ".writing-")
	if err != nil {
		return fail("write", prefix, atomicfile.Cause(err))
	}
	defer os.RemoveAll(temporary)
	at := filepath.Join(temporary, "c")
	err = saved(save(context.WithoutCancel(ctx), at, entries), at, prefix)
	for _, ending := range endings {
		if err == nil {
			err = flush(at + ending)
		}
	}
	for _, ending := range endings {
		if err == nil {
			err = os.Rename(at+ending, prefix+ending)
		}
	}
	if err != nil {
		return fail("write", prefix, atomicfile.Cause(err))
	}
	return nil
}

// saved is an error of SaveV2 in words about prefix, where the file at stands
// for: that a disk is full it says with one code or another.
func saved(err error, at, prefix string) error {
	var e *tf.Error
	if !errors.As(err, &e) {
		return err
	}
	for _, full := range []error{syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT} {
		if strings.Contains(strings.ToLower(e.Message), full.Error()) {
			return full
		}
	}
	return &tf.Error{Op: e.Op, Code: e.Code, Message: strings.ReplaceAll(e.Message, at, prefix)}
}

// save runs SaveV2 in a session of its own.
func save(ctx context.Context, prefix string, entries []Entry) error {
	return inSession(func(s *tf.Scope, run func([]tf.Feed, []tf.Output, ...tf.Output) ([]*tf.Tensor, error)) error {
		keys := make([]string, len(entries))
		values := make([]tf.Output, len(entries))
		feeds := make([]tf.Feed, len(entries))
		for i, e := range entries {
			if e.Value == nil {
				return tf.Errorf("", tf.InvalidArgument, "key %q has no value", e.Key)
			}
			keys[i] = e.Key
			values[i] = tf.Placeholder(s, e.Value.DType(), e.Value.Shape())
			feeds[i] = tf.Feed{Output: values[i], Tensor: e.Value}
		}
		whole := make([]string, len(keys))
		done := op.SaveV2(s, tf.ConstScalar(s, prefix), tf.Const(s, keys), tf.Const(s, whole), values)
		_, err := run(feeds, nil, done)
		return err
	})
}

// Read loads the tensors with the given keys and types. Those whose shape is set
// must have it. A type of 0 is the one that is stored. In a checkpoint of objects
// a key may also be a variable's name in Python, or the attributes that lead to
// it, as [bundle.Reader.Find] takes them. The caller closes the tensors.
// https://www.tensorflow.org/api_docs/python/tf/raw_ops/RestoreV2
func Read(ctx context.Context, prefix string, want ...tf.TensorSpec) (out []*tf.Tensor, err error) {
	if err := ctx.Err(); err != nil {
		return nil, fail("read", prefix, err)
	}
	r, err := bundle.Open(prefix)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	keys, types, err := stored(r, want)
	if err != nil {
		return nil, fail("read", prefix, err)
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	if len(want) == 0 {
		return nil, nil
	}
	err = inSession(func(s *tf.Scope, run func([]tf.Feed, []tf.Output, ...tf.Output) ([]*tf.Tensor, error)) error {
		whole := make([]string, len(keys))
		values := op.RestoreV2(s, tf.ConstScalar(s, pattern(prefix)), tf.Const(s, keys), tf.Const(s, whole), types)
		out, err = run(nil, values)
		return err
	})
	if err != nil {
		return nil, fail("read", prefix, err)
	}
	return out, nil
}

// pattern is what the runtime calls a checkpoint: its prefix, or one that fits
// the files of an older one.
func pattern(prefix string) string {
	for _, file := range []string{prefix + indexFile, prefix} {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return prefix
		}
	}
	return prefix + "-?????-of-?????"
}

// stored are the keys and types to read, if the checkpoint has them.
func stored(r *bundle.Reader, want []tf.TensorSpec) (keys []string, types []tf.DType, err error) {
	for _, w := range want {
		e, err := r.Find(w.Name)
		switch {
		case err != nil:
			return nil, nil, lacks(r, w, err)
		case w.DType != 0 && e.DType != w.DType:
			return nil, nil, tf.Errorf("", tf.InvalidArgument, "key %q is of type %v, want %v", w.Name, e.DType, w.DType)
		case !w.Shape.Accepts(e.Shape):
			return nil, nil, tf.Errorf("", tf.InvalidArgument, "key %q has shape %v, want %v", w.Name, e.Shape, w.Shape)
		}
		keys, types = append(keys, e.Name), append(types, e.DType)
	}
	return keys, types, nil
}

// lacks explains a key that is not there: it adds to err what was wanted and, if
// err names no key, one of the same type and shape.
func lacks(r *bundle.Reader, w tf.TensorSpec, err error) error {
	var e *tf.Error
	if !errors.As(err, &e) {
		return err
	}
	name := strconv.Quote(w.Name)
	before, hint, _ := strings.Cut(e.Message, name)
	if w.DType != 0 {
		name += fmt.Sprintf(" (%v %v)", w.DType, w.Shape)
	}
	if hint != "" {
		return tf.Errorf("", e.Code, "%s%s%s", before, name, hint)
	}
	var alike []string
	for _, e := range r.Entries() {
		if w.Shape != nil && e.DType == w.DType && e.Shape.Equal(w.Shape) {
			alike = append(alike, e.Name)
		}
	}
	if len(alike) == 1 {
		hint = fmt.Sprintf("; %q is of that type and shape", alike[0])
	}
	return tf.Errorf("", e.Code, "%s%s%s", before, name, hint)
}

// inSession calls f with a fresh graph's scope and a way to run it.
func inSession(f func(s *tf.Scope, run func([]tf.Feed, []tf.Output, ...tf.Output) ([]*tf.Tensor, error)) error) error {
	g, err := tf.NewGraph()
	if err != nil {
		return err
	}
	defer g.Close()
	s := g.Scope()
	return f(s, func(feeds []tf.Feed, fetches []tf.Output, targets ...tf.Output) ([]*tf.Tensor, error) {
		if s.Err() != nil {
			return nil, s.Err()
		}
		sess, err := tf.NewSession(g, &tf.Config{IntraOpThreads: 1, InterOpThreads: 1})
		if err != nil {
			return nil, err
		}
		defer sess.Close()
		return sess.Run(context.Background(), feeds, fetches, targets...)
	})
}

// flush makes a written file survive a crash of the machine.
func flush(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// fail is err as this package gives it.
func fail(what, path string, err error) error {
	code := tf.FileCode(err)
	var e *tf.Error
	switch {
	case errors.As(err, &e):
		return &tf.Error{Op: fmt.Sprintf("%s checkpoint %s", what, path), Code: e.Code, Message: e.Message}
	case errors.Is(err, context.Canceled):
		code = tf.Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		code = tf.DeadlineExceeded
	}
	return tf.Errorf(fmt.Sprintf("%s checkpoint %s", what, path), code, "%v", err)
}
