package tflite

import (
	"encoding/binary"
	"math"

	"github.com/gotf/gotf/tf"
)

// Float32s is the constant as real numbers, in row-major order: quantized
// integers times their scales, sparse ones with their zeros. It is an
// InvalidArgument error for computed tensors and for types that are no numbers.
func (t *TensorDef) Float32s() ([]float32, error) {
	op := "read constant " + quote(t.Name)
	n := t.Shape.NumElements()
	if t.Data == nil || n < 0 {
		return nil, errorf(op, tf.InvalidArgument, "the tensor is no constant")
	}
	read, bits := numbers(t.DType, t.Data)
	if read == nil {
		return nil, errorf(op, tf.InvalidArgument, "%v holds no numbers", t.DType)
	}
	stored := int64(len(t.Data)) * 8 / int64(bits)
	if !t.Sparse && stored < n {
		return nil, errorf(op, tf.InvalidArgument, "%d bytes for %d values of %v", len(t.Data), n, t.DType)
	}
	if !t.Sparse {
		out := make([]float32, n)
		for i := range out {
			out[i] = read(i)
		}
		t.dequantize(out)
		return out, nil
	}
	out, err := t.sparsity.expand(t.Shape, int(stored), read)
	if err != nil {
		return nil, errorf(op, tf.InvalidArgument, "%v", err)
	}
	t.dequantize(out)
	return out, nil
}

// dequantize turns stored numbers into those they stand for, in place.
func (t *TensorDef) dequantize(values []float32) {
	q := t.Quantization
	if len(q.Scales) == 0 || t.DType.IsFloating() {
		return
	}
	after := 1 // values of one index of the axis that stand together
	if len(q.Scales) > 1 {
		for _, d := range t.Shape[q.Axis+1:] {
			after *= int(d)
		}
	}
	for i := range values {
		k := i / after % len(q.Scales)
		values[i] = q.Scales[k] * (values[i] - float32(q.ZeroPoints[k]))
	}
}

// numbers reads values of a type by their position; bits is the size of one. It
// is nil for what is no real number.
func numbers(d tf.DType, b []byte) (read func(int) float32, bits int) {
	le := binary.LittleEndian
	switch d {
	case tf.Float32:
		return func(i int) float32 { return math.Float32frombits(le.Uint32(b[4*i:])) }, 32
	case tf.Float64:
		return func(i int) float32 { return float32(math.Float64frombits(le.Uint64(b[8*i:]))) }, 64
	case tf.Float16:
		return func(i int) float32 { return tf.F16(le.Uint16(b[2*i:])).Float32() }, 16
	case tf.BFloat16:
		return func(i int) float32 { return tf.BF16(le.Uint16(b[2*i:])).Float32() }, 16
	case tf.Int8:
		return func(i int) float32 { return float32(int8(b[i])) }, 8
	case tf.Uint8, tf.Bool:
		return func(i int) float32 { return float32(b[i]) }, 8
	case tf.Int16:
		return func(i int) float32 { return float32(int16(le.Uint16(b[2*i:]))) }, 16
	case tf.Uint16:
		return func(i int) float32 { return float32(le.Uint16(b[2*i:])) }, 16
	case tf.Int32:
		return func(i int) float32 { return float32(int32(le.Uint32(b[4*i:]))) }, 32
	case tf.Uint32:
		return func(i int) float32 { return float32(le.Uint32(b[4*i:])) }, 32
	case tf.Int64:
		return func(i int) float32 { return float32(int64(le.Uint64(b[8*i:]))) }, 64
	case tf.Uint64:
		return func(i int) float32 { return float32(le.Uint64(b[8*i:])) }, 64
	case tf.Int4: // two in a byte, the lower half first
		return func(i int) float32 { return float32(int8(b[i/2]<<(4-4*(i%2))) >> 4) }, 4
	case tf.Uint4:
		return func(i int) float32 { return float32(b[i/2] >> (4 * (i % 2)) & 15) }, 4
	case tf.Int2:
		return func(i int) float32 { return float32(int8(b[i/4]<<(6-2*(i%4))) >> 6) }, 2
	}
	return nil, 1
}
