package convert

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// FileOptions say how values in files become inputs.
type FileOptions struct {
	// Mean and Std make a pixel p of a picture (p-Mean)/Std: one value, or one
	// for each channel. None means 0 and 1, pixels from 0 to 255. They are for
	// pictures and float inputs only.
	Mean, Std []float32
}

// A source reads samples for one signature, which need not say so.
type source func(ctx context.Context, s savedmodel.Signature) iter.Seq2[Sample, error]

// Open finds out what kind of samples path holds. They are for the signature
// [savedmodel.ServingDefault], the first where there is none of that key, or the
// one that path names after an @: "FILE@KEY".
//
//   - .npy: the one input; .npz: each input by its name, or one array for the
//     one input. The first dimension counts the samples.
//   - a TFRecord file of tf.train.Example, with features named as the inputs, or
//     of serialized tensors for the one input. A feature that is an encoded
//     picture is one for an input of pictures, as below; for the one input it may
//     have another name, if no other feature is a picture or it is
//     "image/encoded" or "image".
//   - a folder of pictures (JPEG, PNG, BMP, GIF), also in folders below, made as
//     large as the one input is, of shape [batch, height, width, channels].
func Open(path string, o *FileOptions) (Samples, error) {
	if o == nil {
		o = &FileOptions{}
	}
	key := ""
	info, err := os.Stat(path)
	if i := strings.LastIndexByte(path, '@'); errors.Is(err, fs.ErrNotExist) && i > 0 {
		path, key = path[:i], path[i+1:]
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil, samplesError(path, err)
	}
	var read source
	switch kind := strings.ToLower(filepath.Ext(path)); {
	case info.IsDir():
		if err := o.check(path); err != nil {
			return nil, err
		}
		read = func(ctx context.Context, s savedmodel.Signature) iter.Seq2[Sample, error] {
			return pictures(ctx, path, o, s)
		}
	case slices.Contains(pictureTypes, kind):
		return nil, errorf("samples "+path, tf.InvalidArgument, "it is one picture, want the folder that holds it")
	case len(o.Mean)+len(o.Std) > 0 && !startsRecord(path):
		return nil, errorf("samples "+path, tf.InvalidArgument, "Mean and Std (--normalize) are for a folder of pictures, or records of them: the values in a file are taken as they are")
	case kind == ".npy", kind == ".npz":
		read = func(ctx context.Context, s savedmodel.Signature) iter.Seq2[Sample, error] {
			return arrays(path, kind == ".npz", s)
		}
	default:
		if err := o.check(path); err != nil {
			return nil, err
		}
		read = func(ctx context.Context, s savedmodel.Signature) iter.Seq2[Sample, error] {
			return records(ctx, path, o, s)
		}
	}
	return forSignature(path, key, read), nil
}

// forSignature has read's samples call the signature with that key.
func forSignature(path, key string, read source) Samples {
	return func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			s := signatures[0]
			for _, other := range signatures {
				if other.Key == cmp.Or(key, savedmodel.ServingDefault) {
					s = other
				}
			}
			if key != "" && s.Key != key {
				yield(Sample{}, &notAmong{key, savedmodel.NoSignature("samples "+path, key, signatures)})
				return
			}
			for sample, err := range read(ctx, s) {
				if err == nil && ctx.Err() != nil {
					err = context.Cause(ctx)
				}
				sample.Signature = s.Key
				if !yield(sample, err) || err != nil {
					return
				}
			}
		}
	}
}

// notAmong is the error for samples of a signature that is not asked for.
type notAmong struct {
	key string
	err error
}

func (e *notAmong) Error() string { return e.err.Error() }

func (e *notAmong) Unwrap() error { return e.err }

func samplesError(path string, err error) error {
	code := tf.FileCode(err)
	if errors.Is(err, fs.ErrNotExist) {
		code = tf.NotFound
	}
	return errorf("samples "+path, code, "%v", atomicfile.Cause(err))
}

// arrays reads a .npy or .npz file.
func arrays(path string, archive bool, s savedmodel.Signature) iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		all, err := loadArrays(path, archive, s)
		if err != nil {
			yield(Sample{}, err)
			return
		}
		n := all[0].n
		for _, a := range all {
			if a.n != n {
				yield(Sample{}, errorf("samples "+path, tf.InvalidArgument, "%d samples of %q, %d of %q", n, all[0].Name, a.n, a.Name))
				return
			}
		}
		for i := range n {
			inputs := map[string]*tf.Tensor{}
			for _, a := range all {
				if inputs[a.Name], err = a.sample(i); err != nil {
					Sample{Inputs: inputs}.Close()
					yield(Sample{}, errorf("samples "+path, tf.InvalidArgument, "input %q: %v", a.Name, err))
					return
				}
			}
			if !yield(Sample{Inputs: inputs, from: path}, nil) {
				return
			}
		}
	}
}

func loadArrays(path string, archive bool, s savedmodel.Signature) (all []array, err error) {
	op := "samples " + path
	for _, in := range s.Inputs {
		spec := path
		if archive && len(s.Inputs) > 1 {
			spec += "[" + in.Name + "]"
		} else if len(s.Inputs) > 1 {
			return nil, errorf(op, tf.InvalidArgument, "one array, but signature %q has the inputs %s: an .npz file holds one array for each", s.Key, names(s))
		}
		file, err := npy.Load(spec)
		if err != nil && archive && len(s.Inputs) == 1 {
			spec = path + "[" + in.Name + "]" // one of several
			file, err = npy.Load(spec)
		}
		if err != nil {
			return nil, arrayError(path, spec, err)
		}
		a, err := newArray(in, file)
		if err != nil {
			return nil, errorf(op, tf.InvalidArgument, "input %q: %v", in.Name, err)
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return nil, errorf(op, tf.InvalidArgument, "signature %q has no inputs", s.Key)
	}
	return all, nil
}

// arrayError is of a file that package npy does not read.
func arrayError(path, spec string, err error) error {
	if code := tf.FileCode(err); code != tf.Unknown {
		return samplesError(path, err)
	}
	_, text, found := strings.Cut(err.Error(), spec+": ")
	if !found {
		text = strings.TrimPrefix(err.Error(), "npy: ")
	}
	code := tf.InvalidArgument
	if errors.Is(err, npy.ErrNoArray) {
		code = tf.NotFound
	}
	return errorf("samples "+path, code, "%s", text)
}

func names(s savedmodel.Signature) string {
	var list []string
	for _, in := range s.Inputs {
		list = append(list, in.Name)
	}
	return strings.Join(list, ", ")
}
