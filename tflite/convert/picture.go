package convert

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

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

// frame is what the input asks of pictures, and of Mean and Std.
func (o *FileOptions) frame(in savedmodel.TensorInfo) (frame, error) {
	f, err := frameOf(in)
	if err != nil {
		return f, fmt.Errorf("input %q: %w", in.Name, err)
	}
	return f, o.fits(in, f)
}

// badPicture is what is wrong with a picture.
type badPicture string

func (b badPicture) Error() string { return string(b) }

// decoder makes tensors of encoded pictures.
type decoder struct {
	*FileOptions
	ctx   context.Context
	eager *tf.Eager // nil until the first
}

func (d *decoder) close() {
	if d.eager != nil {
		d.eager.Close()
	}
}

// picture decodes an encoded picture and fits it to the frame; the error is a
// badPicture where that is at fault.
func (d *decoder) picture(data []byte, f frame) (*tf.Tensor, error) {
	if err := checkPicture(data); err != nil {
		return nil, badPicture(err.Error())
	}
	if d.eager == nil {
		var err error
		if d.eager, err = tf.NewEager(nil); err != nil {
			return nil, err
		}
	}
	t, err := d.decode(data, f)
	var e *tf.Error
	if errors.As(err, &e) && e.Code == tf.InvalidArgument {
		return nil, badPicture("the picture is damaged, or of another kind than it seems: " + words(e.Message))
	}
	return t, err
}

// decode decodes an encoded picture, of which an animation's first, fits it to
// the frame as tf.image.resize does, and scales float values.
func (d *decoder) decode(data []byte, f frame) (*tf.Tensor, error) {
	s := d.eager.Scope().WithContext(d.ctx)
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
		y = d.scale(s, op.Cast(s, y, tf.Float32, nil))
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
