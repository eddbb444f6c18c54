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
	"github.com/gotf/gotf/tf/op"
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

// frame is what an input asks of a picture.
type frame struct {
	height, width, channels int64 // a size of -1 is any
	batch                   bool  // the shape has a first dimension for pictures
	dtype                   tf.DType
}

// frameOf reads a shape as [batch, height, width, channels], or without batch.
func frameOf(in savedmodel.TensorInfo) (frame, error) {
	s := in.Shape
	f := frame{-1, -1, 3, true, in.DType}
	if s != nil && len(s) != 3 && len(s) != 4 || len(s) == 4 && s[0] > 1 {
		return f, fmt.Errorf("shape %v takes no picture; want [1, height, width, channels]", s)
	}
	if s != nil {
		f.batch = len(s) == 4
		s = s[len(s)-3:]
		f.height, f.width = s[0], s[1]
		if s[2] >= 0 {
			f.channels = s[2]
		}
	}
	if !slices.Contains([]int64{1, 3, 4}, f.channels) {
		return f, fmt.Errorf("shape %v has %d channels; a picture has 1, 3 or 4", in.Shape, f.channels)
	}
	if in.DType != tf.Float32 && in.DType != tf.Uint8 {
		return f, fmt.Errorf("%v takes no picture; want float32 or uint8", in.DType)
	}
	return f, nil
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
		f, err := frameOf(in)
		if err != nil {
			fail(fmt.Errorf("input %q: %w", in.Name, err))
			return
		}
		if err := o.fits(in, f); err != nil {
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
		e, err := tf.NewEager(nil)
		if err != nil {
			yield(Sample{}, err)
			return
		}
		defer e.Close()
		for _, file := range files {
			data, err := plainfile.Read(file, plainfile.Message)
			if err != nil {
				yield(Sample{}, samplesError(file, err))
				return
			}
			t, err := picture(ctx, e, data, f, o)
			if err != nil {
				yield(Sample{}, pictureError(file, err))
				return
			}
			if !yield(Sample{Inputs: map[string]*tf.Tensor{in.Name: t}, from: file}, nil) {
				return
			}
		}
	}
}

// fits checks Mean and Std against the input.
func (o *FileOptions) fits(in savedmodel.TensorInfo, f frame) error {
	for _, values := range [][]float32{o.Mean, o.Std} {
		switch n := len(values); {
		case n > 0 && f.dtype != tf.Float32:
			return fmt.Errorf("input %q takes pixels as %v: Mean and Std (--normalize) are for float32", in.Name, f.dtype)
		case n > 1 && int64(n) != f.channels:
			return fmt.Errorf("input %q of shape %v takes pictures of %d channels, but Mean and Std (--normalize) have %d values each", in.Name, in.Shape, f.channels, n)
		}
	}
	return nil
}

// pictureError says what TensorFlow has against a file.
func pictureError(file string, err error) error {
	var e *tf.Error
	if !errors.As(err, &e) || e.Code != tf.InvalidArgument {
		return err
	}
	return errorf("samples "+file, tf.InvalidArgument, "the picture is damaged, or of another kind than its name says: %s", words(e.Message))
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

// picture decodes an encoded picture, of which an animation's first, fits it to
// the frame as tf.image.resize does, and scales float values.
func picture(ctx context.Context, e *tf.Eager, data []byte, f frame, o *FileOptions) (*tf.Tensor, error) {
	s := e.Scope().WithContext(ctx)
	defer s.Close()
	still := false
	y := op.DecodeImage(s, tf.ConstScalar(s, string(data)), &op.DecodeImageAttrs{Channels: f.channels, ExpandAnimations: &still})
	if s.Err() != nil {
		return nil, s.Err()
	}
	size := y.Shape()
	y = op.ExpandDims(s, y, tf.ConstScalar(s, int32(0)))
	height, width := f.height, f.width
	if height < 0 {
		height = size[0]
	}
	if width < 0 {
		width = size[1]
	}
	if height != size[0] || width != size[1] {
		y = op.ResizeBilinear(s, y, tf.Const(s, []int32{int32(height), int32(width)}), &op.ResizeBilinearAttrs{HalfPixelCenters: true})
	}
	if f.dtype == tf.Float32 {
		y = o.scale(s, op.Cast(s, y, tf.Float32, nil))
	} else {
		y = op.Cast(s, op.Round(s, op.Cast(s, y, tf.Float32, nil)), f.dtype, nil)
	}
	if !f.batch {
		y = op.Squeeze(s, y, &op.SqueezeAttrs{SqueezeDims: []int64{0}})
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return y.Value()
}

func (o *FileOptions) scale(s *tf.Scope, y tf.Output) tf.Output {
	if len(o.Mean) > 0 {
		y = op.Sub(s, y, tf.Const(s, o.Mean))
	}
	if len(o.Std) > 0 {
		y = op.Div(s, y, tf.Const(s, o.Std))
	}
	return y
}
