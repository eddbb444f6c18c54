package convert

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// array is the samples of one input.
type array struct {
	savedmodel.TensorInfo
	file  *npy.Array
	n     int      // samples
	shape tf.Shape // of one
}

// newArray divides the first dimension of a file among samples: each takes what
// the input's first dimension holds, one if that is open, or, if the file has a
// dimension more than the input, one without that dimension.
func newArray(in savedmodel.TensorInfo, file *npy.Array) (array, error) {
	a := array{in, file, 0, nil}
	if len(file.Shape) == 0 {
		return a, fmt.Errorf("the array is a scalar, its first dimension should count the samples")
	}
	count, rest := file.Shape[0], tf.Shape(file.Shape[1:])
	switch rank := len(in.Shape); {
	case in.Shape == nil || rank == len(file.Shape):
		each := int64(1)
		if in.Shape != nil && in.Shape[0] > 1 {
			each = in.Shape[0]
		}
		if count%each != 0 {
			return a, fmt.Errorf("the array's %d rows do not divide into samples of %d", count, each)
		}
		a.n, a.shape = int(count/each), append(tf.Shape{each}, rest...)
	case rank+1 == len(file.Shape):
		a.n, a.shape = int(count), rest
	case rank > 1 && slices.Min(in.Shape[1:]) > 0 && in.Shape[1:].NumElements() == rest.NumElements():
		a.n, a.shape = int(count), append(tf.Shape{1}, in.Shape[1:]...) // pictures without a dimension for one channel
	default:
		return a, fmt.Errorf("the array has shape %v, want samples of shape %v", tf.Shape(file.Shape), in.Shape)
	}
	for i, d := range in.Shape {
		if d >= 0 && d != a.shape[i] {
			return a, fmt.Errorf("a sample has shape %v, want %v", a.shape, in.Shape)
		}
	}
	return a, nil
}

// sample is the i-th.
func (a array) sample(i int) (*tf.Tensor, error) {
	size := int(a.shape.NumElements())
	if a.file.DType == npy.Bytes {
		if a.DType != tf.String {
			return nil, fmt.Errorf("the array holds strings, want %v", a.DType)
		}
		texts := make([]string, size)
		for j := range texts {
			texts[j] = string(a.file.Strings[i*size+j])
		}
		return tf.NewTensor(texts, a.shape...)
	}
	if a.DType == tf.String {
		return nil, fmt.Errorf("the array holds %s, want strings", a.file.DType)
	}
	width := len(a.file.Raw) / max(1, a.n*size)
	raw := a.file.Raw[i*size*width : (i+1)*size*width]
	if a.file.DType == a.DType.String() {
		return tf.NewRaw(a.DType, a.shape, raw)
	}
	if a.DType == tf.Float32 {
		if values := floatsOf(a.file.DType, raw); values != nil {
			return tf.NewTensor(values, a.shape...)
		}
	}
	if values := integersOf(a.file.DType, raw); values != nil {
		return narrow(values, a.DType, a.shape)
	}
	return nil, fmt.Errorf("the array holds %s, want %v", a.file.DType, a.DType)
}

// integersOf are values of the types that NumPy makes of whole numbers by
// default, nil of others.
func integersOf(dtype string, raw []byte) (out []int64) {
	le := binary.LittleEndian
	switch dtype {
	case "int32":
		for ; len(raw) >= 4; raw = raw[4:] {
			out = append(out, int64(int32(le.Uint32(raw))))
		}
	case "int64":
		for ; len(raw) >= 8; raw = raw[8:] {
			out = append(out, int64(le.Uint64(raw)))
		}
	}
	return out
}

// narrow makes integers of another type that holds them all.
func narrow(values []int64, to tf.DType, shape tf.Shape) (*tf.Tensor, error) {
	least, most := int64(0), int64(0)
	switch to {
	case tf.Int64:
		least, most = math.MinInt64, math.MaxInt64
	case tf.Int32:
		least, most = math.MinInt32, math.MaxInt32
	case tf.Int16:
		least, most = math.MinInt16, math.MaxInt16
	case tf.Int8:
		least, most = math.MinInt8, math.MaxInt8
	case tf.Uint8:
		most = math.MaxUint8
	default:
		return nil, fmt.Errorf("the array holds integers, want %v", to)
	}
	raw := make([]byte, 0, len(values)*to.Size())
	for _, v := range values {
		if v < least || v > most {
			return nil, fmt.Errorf("the array holds %d, which does not fit %v", v, to)
		}
		raw = append(raw, binary.LittleEndian.AppendUint64(nil, uint64(v))[:to.Size()]...)
	}
	return tf.NewRaw(to, shape, raw)
}

// floatsOf makes float32 of values as NumPy's astype does, nil of types that are
// not converted.
func floatsOf(dtype string, raw []byte) (out []float32) {
	le := binary.LittleEndian
	switch dtype {
	case "uint8":
		for _, b := range raw {
			out = append(out, float32(b))
		}
	case "int8":
		for _, b := range raw {
			out = append(out, float32(int8(b)))
		}
	case "int32":
		for ; len(raw) >= 4; raw = raw[4:] {
			out = append(out, float32(int32(le.Uint32(raw))))
		}
	case "int64":
		for ; len(raw) >= 8; raw = raw[8:] {
			out = append(out, float32(int64(le.Uint64(raw))))
		}
	case "float64":
		for ; len(raw) >= 8; raw = raw[8:] {
			out = append(out, float32(math.Float64frombits(le.Uint64(raw))))
		}
	}
	return out
}
