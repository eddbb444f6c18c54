package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/tfrecord"
	examplepb "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	"google.golang.org/protobuf/proto"
)

// records reads a TFRecord file.
func records(ctx context.Context, path string, o *FileOptions, s savedmodel.Signature) iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		d := &decoder{ctx: ctx, FileOptions: o}
		defer d.close()
		i := 0
		for record, err := range tfrecord.Read(path) {
			if err != nil {
				yield(Sample{}, recordsError(path, i, err))
				return
			}
			inputs, err := d.recordInputs(record, s)
			if err != nil && ctx.Err() != nil {
				yield(Sample{}, context.Cause(ctx))
				return
			}
			if err != nil {
				yield(Sample{}, errorf("samples "+path, tf.InvalidArgument, "record %d: %v", i, err))
				return
			}
			if !yield(Sample{Inputs: inputs, from: path}, nil) {
				return
			}
			i++
		}
	}
}

// recordsError is about the i-th record, which cannot be read.
func recordsError(path string, i int, err error) error {
	var e *tf.Error
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && i == 0 && !startsRecord(path):
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errorf("samples "+path, tf.DataLoss, "record %d: the file is cut short", i)
	case !errors.As(err, &e):
		return err
	case e.Code != tf.DataLoss:
		return errorf("samples "+path, e.Code, "%s", e.Message)
	case i > 0 || startsRecord(path):
		return errorf("samples "+path, tf.DataLoss, "record %d: %s", i, e.Message)
	}
	return errorf("samples "+path, tf.InvalidArgument, "it is no .npy, .npz or TFRecord file")
}

// startsRecord says that a file is one of records, which may be damaged.
func startsRecord(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 12)
	n, _ := io.ReadFull(f, head)
	return tfrecord.HasRecord(head[:n]) || bytes.HasPrefix(head, []byte{0x1f, 0x8b})
}

// recordInputs reads a tf.train.Example, or a serialized tensor.
func (d *decoder) recordInputs(data []byte, s savedmodel.Signature) (map[string]*tf.Tensor, error) {
	var e examplepb.Example
	if proto.Unmarshal(data, &e) != nil || len(e.GetFeatures().GetFeature()) == 0 {
		var t tensorpb.TensorProto
		if len(s.Inputs) == 1 && proto.Unmarshal(data, &t) == nil && t.GetDtype() != 0 {
			if err := d.onlyPictures(); err != nil {
				return nil, err
			}
			x, err := protoTensor(&t, s.Inputs[0])
			return map[string]*tf.Tensor{s.Inputs[0].Name: x}, err
		}
		return nil, fmt.Errorf("it is no tf.train.Example, nor a serialized tensor for one input")
	}
	inputs, pictured := map[string]*tf.Tensor{}, false
	for _, in := range s.Inputs {
		x, decoded, err := d.recordInput(e.GetFeatures().GetFeature(), in, len(s.Inputs) == 1)
		if err != nil {
			Sample{Inputs: inputs}.Close()
			return nil, fmt.Errorf("input %q: %w", in.Name, err)
		}
		inputs[in.Name], pictured = x, pictured || decoded
	}
	if !pictured {
		if err := d.onlyPictures(); err != nil {
			Sample{Inputs: inputs}.Close()
			return nil, err
		}
	}
	return inputs, nil
}

// onlyPictures refuses Mean and Std for a record that holds no picture.
func (o *FileOptions) onlyPictures() error {
	if len(o.Mean)+len(o.Std) > 0 {
		return fmt.Errorf("it holds no picture, which Mean and Std (--normalize) are for: other values are taken as they are")
	}
	return nil
}

// recordInput reads the feature of an input; it may hold a picture.
func (d *decoder) recordInput(features map[string]*examplepb.Feature, in savedmodel.TensorInfo, only bool) (x *tf.Tensor, decoded bool, err error) {
	f := features[in.Name]
	if f == nil && only {
		f = features[theOnlyPicture(features, in)]
	}
	if f == nil {
		return nil, false, missingFeature(features, in.Name)
	}
	data := pictureOf(f, in)
	if data == nil {
		x, err = feature(f, in)
		return x, false, err
	}
	frame, err := frameOf(in)
	if err == nil {
		err = d.fits(in, frame)
	}
	if err == nil {
		x, err = d.picture(data, frame)
	}
	return x, true, err
}

// pictureOf is the encoded picture in a feature, nil if the input takes the bytes
// as they are, or they are something else.
func pictureOf(f *examplepb.Feature, in savedmodel.TensorInfo) []byte {
	if v := f.GetBytesList().GetValue(); len(v) == 1 && in.DType != tf.String && isPicture(v[0]) {
		return v[0]
	}
	return nil
}

// theOnlyPicture is the name of the feature that holds a picture, "" if it could
// be several. image/encoded and image are the usual names beside others.
func theOnlyPicture(features map[string]*examplepb.Feature, in savedmodel.TensorInfo) string {
	var found []string
	for name, f := range features {
		if pictureOf(f, in) != nil {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	for _, usual := range []string{"image/encoded", "image"} {
		if slices.Contains(found, usual) {
			return usual
		}
	}
	return ""
}

// mostListed is how many features an error names.
const mostListed = 12

func missingFeature(features map[string]*examplepb.Feature, name string) error {
	names := slices.Sorted(maps.Keys(features))
	closest, more := suggest.DidYouMean(name, names), ""
	if len(names) > mostListed {
		more = fmt.Sprintf(" and %d more", len(names)-mostListed)
		names = names[:mostListed]
	}
	return fmt.Errorf("the feature is missing%s (the record has %s%s)", closest, quoted(names), more)
}

func quoted(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = strconv.Quote(name)
	}
	return strings.Join(list, ", ")
}

// feature makes a tensor of a feature's values.
func feature(f *examplepb.Feature, in savedmodel.TensorInfo) (*tf.Tensor, error) {
	switch v := f.GetKind().(type) {
	case *examplepb.Feature_FloatList:
		if in.DType != tf.Float32 {
			return nil, fmt.Errorf("the feature holds floats, want %v", in.DType)
		}
		return shaped(v.FloatList.GetValue(), in)
	case *examplepb.Feature_Int64List:
		return integers(v.Int64List.GetValue(), in)
	case *examplepb.Feature_BytesList:
		values := v.BytesList.GetValue()
		if in.DType == tf.String {
			texts := make([]string, len(values))
			for i, b := range values {
				texts[i] = string(b)
			}
			return shaped(texts, in)
		}
		if len(values) == 1 {
			return encoded(values[0], in)
		}
	}
	return nil, fmt.Errorf("the feature has no values that make %v", in.DType)
}

func integers(values []int64, in savedmodel.TensorInfo) (*tf.Tensor, error) {
	switch in.DType {
	case tf.Int64:
		return shaped(values, in)
	case tf.Int32:
		return shaped(converted[int32](values), in)
	case tf.Uint8:
		return shaped(converted[uint8](values), in)
	case tf.Int8:
		return shaped(converted[int8](values), in)
	case tf.Float32:
		return shaped(converted[float32](values), in)
	case tf.Bool:
		out := make([]bool, len(values))
		for i, v := range values {
			out[i] = v != 0
		}
		return shaped(out, in)
	}
	return nil, fmt.Errorf("the feature holds integers, want %v", in.DType)
}

func converted[T int32 | uint8 | int8 | float32](values []int64) []T {
	out := make([]T, len(values))
	for i, v := range values {
		out[i] = T(v)
	}
	return out
}

// encoded reads bytes: a serialized tensor, or its plain values.
func encoded(data []byte, in savedmodel.TensorInfo) (*tf.Tensor, error) {
	var t tensorpb.TensorProto
	if proto.Unmarshal(data, &t) == nil && int32(t.GetDtype()) == int32(in.DType) {
		return protoTensor(&t, in)
	}
	if size := in.DType.Size(); size > 0 && len(data)%size == 0 {
		if shape, err := fit(in.Shape, len(data)/size); err == nil {
			return tf.NewRaw(in.DType, shape, data)
		}
	}
	return nil, fmt.Errorf("the feature's bytes are no serialized tensor, nor a picture (JPEG, PNG, BMP, GIF), nor %v values of shape %v", in.DType, in.Shape)
}

// protoTensor takes a tensor as tf.io.serialize_tensor writes it; one without
// the input's first dimension gets it.
func protoTensor(t *tensorpb.TensorProto, in savedmodel.TensorInfo) (*tf.Tensor, error) {
	shape := tf.ShapeOf(t.GetTensorShape())
	if int32(t.GetDtype()) != int32(in.DType) {
		return nil, fmt.Errorf("the tensor is %v, want %v", tf.DType(t.GetDtype()), in.DType)
	}
	if in.Shape != nil && len(in.Shape) == len(shape)+1 {
		shape = append(tf.Shape{1}, shape...)
	}
	if in.DType == tf.String {
		texts := make([]string, len(t.GetStringVal()))
		for i, b := range t.GetStringVal() {
			texts[i] = string(b)
		}
		return tf.NewTensor(texts, shape...)
	}
	return tf.NewRaw(in.DType, shape, t.GetTensorContent())
}

// shaped gives values the shape of one call's input.
func shaped[T tf.Element](values []T, in savedmodel.TensorInfo) (*tf.Tensor, error) {
	shape, err := fit(in.Shape, len(values))
	if err != nil {
		return nil, err
	}
	return tf.NewTensor(values, shape...)
}

// fit fills the open dimensions of a shape that n values are to have: the first
// with 1, if another is open, which takes the rest.
func fit(shape tf.Shape, n int) (tf.Shape, error) {
	if shape == nil {
		return tf.Shape{int64(n)}, nil
	}
	out := append(tf.Shape{}, shape...)
	open, known := -1, int64(1)
	for i := len(out) - 1; i >= 0; i-- {
		switch {
		case out[i] >= 0:
			known *= out[i]
		case open < 0:
			open = i
		case i == 0:
			out[i] = 1
		default:
			return nil, fmt.Errorf("%d values have no shape of their own, and %v leaves several open", n, shape)
		}
	}
	if open >= 0 && known > 0 {
		out[open] = int64(n) / known
	}
	if out.NumElements() != int64(n) {
		return nil, fmt.Errorf("%d values do not make the shape %v", n, shape)
	}
	return out, nil
}
