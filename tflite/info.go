package tflite

import (
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// TensorInfo describes an input or output.
type TensorInfo struct {
	Name  string
	DType tf.DType // 0 for a type that TensorFlow does not have

	// Shape is the current shape, ShapeSignature the one in the model, where -1
	// is a dimension that Resize may set.
	Shape, ShapeSignature tf.Shape

	Quantization Quantization

	made tf.Shape // the first Shape
}

// onlyBatch reports whether shape differs from the model's own in no more than
// an open first dimension.
func (i TensorInfo) onlyBatch(shape tf.Shape) bool {
	if len(shape) != len(i.ShapeSignature) {
		return false
	}
	for k, d := range shape {
		if d != i.made[k] && (k > 0 || i.ShapeSignature[k] >= 0) {
			return false
		}
	}
	return true
}

// Quantization says which real numbers the integers of a tensor stand for:
// real = Scales[i] * (value - ZeroPoints[i]). One scale counts for the whole
// tensor, more for one index each of dimension Axis, none for a tensor that is
// not quantized.
type Quantization struct {
	Scales     []float32
	ZeroPoints []int32
	Axis       int
}

// dtypes maps TfLiteType, which is the index.
var dtypes = [...]tf.DType{
	0, tf.Float32, tf.Int32, tf.Uint8, tf.Int64, tf.String, tf.Bool, tf.Int16, tf.Complex64, tf.Int8, tf.Float16,
	tf.Float64, tf.Complex128, tf.Uint64, tf.Resource, tf.Variant, tf.Uint32, tf.Uint16, tf.Int4, tf.BFloat16,
}

func dtypeOf(t int32) tf.DType {
	if t < 0 || int(t) >= len(dtypes) {
		return 0
	}
	return dtypes[t]
}

func describe(name string, t *ctflite.Tensor) TensorInfo {
	c := ctflite.Describe(t)
	if name == "" {
		name = c.Name
	}
	info := TensorInfo{
		Name: name, DType: dtypeOf(c.Type), Shape: toShape(c.Dims), ShapeSignature: toShape(c.Signature),
		Quantization: Quantization{c.Scales, c.Zeros, int(c.Axis)},
	}
	info.made = info.Shape
	if c.Signature == nil {
		info.ShapeSignature = info.Shape
	}
	return info
}

func toShape(dims []int32) tf.Shape {
	s := make(tf.Shape, len(dims))
	for i, d := range dims {
		s[i] = int64(d)
	}
	return s
}

func quote(s string) string { return strconv.Quote(s) }

// list writes names for a message, the first few of many.
func list(names []string) string {
	const most = 8
	quoted := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			quoted = append(quoted, "and "+strconv.Itoa(len(names)-most)+" more")
			break
		}
		quoted = append(quoted, quote(n))
	}
	return strings.Join(quoted, ", ")
}
