package tflite

import (
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
)

// Quantized are the types that stand for real numbers.
type Quantized interface {
	int8 | uint8 | int16 | int32
}

// Quantize turns real numbers into those that stand for them in a tensor of
// the given shape: rounded to the nearest, halves away from zero, and cut to
// the range of T. NaN becomes the zero point.
func Quantize[T Quantized](q Quantization, shape tf.Shape, real []float32) ([]T, error) {
	step, err := q.steps(shape, len(real))
	if err != nil {
		return nil, err
	}
	low, high := limits[T]()
	out := make([]T, len(real))
	for i, x := range real {
		scale, zero := step(i)
		v := math.Round(float64(x/scale)) + float64(zero)
		if x != x {
			v = float64(zero)
		}
		out[i] = T(min(max(v, low), high))
	}
	return out, nil
}

// Dequantize is the inverse of Quantize.
func Dequantize[T Quantized](q Quantization, shape tf.Shape, values []T) ([]float32, error) {
	step, err := q.steps(shape, len(values))
	if err != nil {
		return nil, err
	}
	out := make([]float32, len(values))
	for i, v := range values {
		scale, zero := step(i)
		out[i] = scale * float32(int64(v)-int64(zero))
	}
	return out, nil
}

func limits[T Quantized]() (low, high float64) {
	var zero T
	switch any(zero).(type) {
	case int8:
		return math.MinInt8, math.MaxInt8
	case uint8:
		return 0, math.MaxUint8
	case int16:
		return math.MinInt16, math.MaxInt16
	}
	return math.MinInt32, math.MaxInt32
}

// steps returns the scale and zero point of the i-th of count values.
func (q Quantization) steps(shape tf.Shape, count int) (func(i int) (float32, int32), error) {
	zero := func(i int) int32 {
		switch {
		case len(q.ZeroPoints) == 0:
			return 0
		case len(q.ZeroPoints) == 1:
			return q.ZeroPoints[0]
		}
		return q.ZeroPoints[i]
	}
	switch {
	case int64(count) != shape.NumElements():
		return nil, fmt.Errorf("tflite: quantize: %w: shape %v has %d values, got %d", tf.InvalidArgument, shape, shape.NumElements(), count)
	case len(q.Scales) == 0:
		return nil, fmt.Errorf("tflite: quantize: %w: the tensor is not quantized", tf.InvalidArgument)
	case len(q.Scales) == 1:
		return func(int) (float32, int32) { return q.Scales[0], zero(0) }, nil
	case q.Axis < 0 || q.Axis >= len(shape) || int64(len(q.Scales)) != shape[q.Axis] || len(q.ZeroPoints) > 1 && len(q.ZeroPoints) != len(q.Scales):
		return nil, fmt.Errorf("tflite: quantize: %w: %d scales along dimension %d do not fit shape %v", tf.InvalidArgument, len(q.Scales), q.Axis, shape)
	}
	inner := 1
	for _, d := range shape[q.Axis+1:] {
		inner *= int(d)
	}
	return func(i int) (float32, int32) {
		c := i / inner % len(q.Scales)
		return q.Scales[c], zero(c)
	}, nil
}

// SetReal is Set with real numbers, which it quantizes for an input of a
// quantized type; a float32 input takes them as they are.
func SetReal(g Graph, input string, values []float32) error {
	info, err := infoOf(graphOf(g).Inputs(), step{"set", input}, "input")
	if err != nil {
		return err
	}
	switch info.DType {
	case tf.Float32:
		return Set(g, input, values)
	case tf.Int8:
		return setReal[int8](g, info, values)
	case tf.Uint8:
		return setReal[uint8](g, info, values)
	case tf.Int16:
		return setReal[int16](g, info, values)
	case tf.Int32:
		return setReal[int32](g, info, values)
	}
	return errorf(step{"set", input}, tf.InvalidArgument, "the input takes %v, which does not stand for real numbers", info.DType)
}

func setReal[T interface {
	Quantized
	tf.Element
}](g Graph, info TensorInfo, values []float32) error {
	q, err := Quantize[T](info.Quantization, info.Shape, values)
	if err != nil {
		return errorf(step{"set", info.Name}, tf.InvalidArgument, "%w", err)
	}
	return Set(g, info.Name, q)
}

// ReadReal is Read of the real numbers that an output or input stands for.
func ReadReal(g Graph, name string) ([]float32, error) {
	op, s := step{"read", name}, graphOf(g)
	info, err := infoOf(append(s.Outputs(), s.Inputs()...), op, "output")
	if err != nil {
		return nil, err
	}
	switch info.DType {
	case tf.Float32:
		return Read[float32](g, name)
	case tf.Int8:
		return readReal[int8](g, info)
	case tf.Uint8:
		return readReal[uint8](g, info)
	case tf.Int16:
		return readReal[int16](g, info)
	case tf.Int32:
		return readReal[int32](g, info)
	}
	return nil, errorf(op, tf.InvalidArgument, "the tensor holds %v, which does not stand for real numbers", info.DType)
}

func readReal[T interface {
	Quantized
	tf.Element
}](g Graph, info TensorInfo) ([]float32, error) {
	values, err := Read[T](g, info.Name)
	if err != nil {
		return nil, err
	}
	real, err := Dequantize(info.Quantization, info.Shape, values)
	if err != nil {
		return nil, errorf(step{"read", info.Name}, tf.InvalidArgument, "%w", err)
	}
	return real, nil
}

func infoOf(infos []TensorInfo, op step, kind string) (TensorInfo, error) {
	k, err := find(op, kind, op.name, infos)
	if err != nil {
		return TensorInfo{}, err
	}
	return infos[k], nil
}
