package convert

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// check checks Mean and Std.
func (o *FileOptions) check(path string) error {
	for _, s := range o.Std {
		if !(s > 0) {
			return errorf("samples "+path, tf.InvalidArgument, "Std is %v, want positive", o.Std)
		}
	}
	return nil
}

// pictures reads those of a folder, sorted by name.
func pictures(ctx context.Context, dir string, o *FileOptions, s savedmodel.Signature) iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		fail := func(err error) { yield(Sample{}, errorf("samples "+dir, tf.InvalidArgument, "%v", err)) }
		if len(s.Inputs) != 1 {
			fail(fmt.Errorf("pictures are for a model with one input, signature %q has %s", s.Key, names(s)))
			return
		}
		in := s.Inputs[0]
		f, err := o.frame(in)
		if err != nil {
			fail(err)
			return
		}
		files, err := pictureFiles(dir)
		if err != nil {
			yield(Sample{}, samplesError(dir, err))
			return
		}
		if len(files) == 0 {
			fail(fmt.Errorf("the folder holds no .jpg, .jpeg, .png, .bmp or .gif"))
			return
		}
		d := &decoder{ctx: ctx, FileOptions: o}
		defer d.close()
		for _, file := range files {
			data, err := plainfile.Read(file, plainfile.Message)
			if err != nil {
				yield(Sample{}, samplesError(file, err))
				return
			}
			t, err := d.picture(data, f)
			if bad := badPicture(""); errors.As(err, &bad) {
				err = errorf("samples "+file, tf.InvalidArgument, "%v", bad)
			}
			if err != nil {
				yield(Sample{}, err)
				return
			}
			if !yield(Sample{Inputs: map[string]*tf.Tensor{in.Name: t}, from: file}, nil) {
				return
			}
		}
	}
}

// pictureTypes are the endings of files that are pictures.
var pictureTypes = []string{".jpg", ".jpeg", ".png", ".bmp", ".gif"}

func pictureFiles(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		kind := strings.ToLower(filepath.Ext(path))
		if err == nil && !d.IsDir() && slices.Contains(pictureTypes, kind) {
			files = append(files, path)
		}
		return err
	})
	return files, err
}
