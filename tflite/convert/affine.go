package convert

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// feed gives a signature a call's inputs, quantized where it takes integers for
// floats.
func feed(s *tflite.Signature, inputs map[string]*tf.Tensor) error {
	for _, in := range s.Inputs() {
		t, ok := inputs[in.Name]
		if !ok {
			return errorf("check", tf.InvalidArgument, "the sample lacks input %q", in.Name)
		}
		if t == nil {
			return errorf("check", tf.InvalidArgument, "the sample's input %q is nil", in.Name)
		}
		if t.DType() == tf.Float32 && (in.DType == tf.Int8 || in.DType == tf.Uint8) && len(in.Quantization.Scales) == 1 {
			q, err := quantized(t, in)
			if err != nil {
				return err
			}
			defer q.Close()
			t = q
		}
		if err := s.SetTensor(in.Name, t); err != nil {
			return err
		}
	}
	return nil
}

// quantized is t as integers: value = round(real/scale) + zero point.
func quantized(t *tf.Tensor, in tflite.TensorInfo) (*tf.Tensor, error) {
	values, err := tf.Values[float32](t)
	if err != nil {
		return nil, err
	}
	scale, zero := float64(in.Quantization.Scales[0]), float64(in.Quantization.ZeroPoints[0])
	low, high := -128., 127.
	if in.DType == tf.Uint8 {
		low, high = 0, 255
	}
	raw := make([]byte, len(values))
	for i, v := range values {
		x := math.Round(float64(v)/scale) + zero
		raw[i] = byte(int(min(max(x, low), high)))
	}
	return tf.NewRaw(in.DType, t.Shape(), raw)
}

// dequantize is what integers stand for: real = scale*(value - zero point).
func dequantize[T int8 | uint8](values []T, scale float32, zero int32) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = scale * float32(int32(v)-zero)
	}
	return out
}

// outputs reads the numbers that a signature's output holds or stands for, nil
// for strings.
func outputs(s *tflite.Signature, out tflite.TensorInfo) ([]float64, error) {
	t, err := s.Tensor(out.Name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	values, err := numbers(t)
	if q := out.Quantization; err == nil && len(q.Scales) == 1 && len(q.ZeroPoints) == 1 && (out.DType == tf.Int8 || out.DType == tf.Uint8) {
		for i := range values {
			values[i] = float64(q.Scales[0]) * (values[i] - float64(q.ZeroPoints[0]))
		}
	}
	return values, err
}

// numbers are a tensor's values, nil of strings and other types without order.
func numbers(t *tf.Tensor) ([]float64, error) {
	if t == nil {
		return nil, errorf("read", tf.InvalidArgument, "the tensor is nil")
	}
	switch t.DType() {
	case tf.Float32:
		return widened[float32](t)
	case tf.Float64:
		return widened[float64](t)
	case tf.Int8:
		return widened[int8](t)
	case tf.Uint8:
		return widened[uint8](t)
	case tf.Int16:
		return widened[int16](t)
	case tf.Int32:
		return widened[int32](t)
	case tf.Int64:
		return widened[int64](t)
	case tf.Bool:
		values, err := tf.Values[bool](t)
		out := make([]float64, len(values))
		for i, v := range values {
			if v {
				out[i] = 1
			}
		}
		return out, err
	}
	return nil, nil
}

func widened[T float32 | float64 | int8 | uint8 | int16 | int32 | int64](t *tf.Tensor) ([]float64, error) {
	values, err := tf.Values[T](t)
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out, err
}
