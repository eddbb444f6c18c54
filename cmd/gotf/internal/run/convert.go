package run

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// conversion makes values what an input takes: of a SavedModel as
// saved_model_cli does, any number of any other; of a .tflite file only where
// that keeps their meaning.
type conversion struct {
	port     modelio.Port
	from     given
	lite     bool
	quantize bool
	warning  string
}

func (v *conversion) convert(a *npy.Array) (*npy.Array, error) {
	dtype := tf.String
	if a.DType != npy.Bytes {
		var err error
		if dtype, err = tf.ParseDType(a.DType); err != nil {
			return nil, err
		}
	}
	to := v.port.DType
	switch {
	case !v.port.Shape.Accepts(a.Shape):
		return nil, v.mismatch(a, dtype, "")
	case dtype == to:
		return a, nil
	case dtype == tf.String || to == tf.String || to.Size() == 0:
		return nil, v.mismatch(a, dtype, "")
	case dtype.IsFloating() && len(v.port.Quantization.Scales) > 0:
		return v.quantized(a, dtype)
	case v.lite && !v.keeps(dtype):
		return nil, v.mismatch(a, dtype, "")
	}
	if err := v.overflow(a, dtype); err != nil {
		return nil, err
	}
	if loses(dtype, to) {
		v.warning = fmt.Sprintf("%s holds %v; input %q takes %v: fractions are cut off", v.source(), dtype, v.port.Name, to)
	}
	array, err := npexpr.Of(a)
	if err != nil {
		return nil, err
	}
	if array, err = array.Cast(to); err != nil {
		return nil, v.mismatch(a, dtype, ": "+err.Error())
	}
	return array.NPY(), nil
}

func loses(from, to tf.DType) bool {
	return (from.IsFloating() || from.IsComplex()) && to.IsInteger() || from.IsComplex() && !to.IsComplex()
}

// keeps reports whether values of type d may become the input's: numbers of one
// kind, and what an expression has of another.
func (v *conversion) keeps(d tf.DType) bool {
	to := v.port.DType
	same := d.IsFloating() && to.IsFloating() || d.IsInteger() && to.IsInteger() || d.IsComplex() && to.IsComplex()
	return same || v.from.file == "" && d.IsInteger()
}

// overflow finds an integer that the input's type does not hold. NumPy finds
// those in lists, and wraps those in arrays; here neither passes for a list or a
// .tflite file.
func (v *conversion) overflow(a *npy.Array, d tf.DType) error {
	_, typed := v.from.value.(*npexpr.Array)
	if !d.IsInteger() || !v.port.DType.IsInteger() || (v.from.file != "" || typed) && !v.lite {
		return nil
	}
	x, err := npexpr.Of(a)
	if err != nil {
		return err
	}
	y, err := x.Cast(v.port.DType)
	if err != nil {
		return err
	}
	if i, ok := npexpr.FirstDifferent(x, y); ok {
		return fmt.Errorf("%s: %s does not fit input %q, which takes %v", v.source(), x.Text(i), v.port.Name, v.port.DType)
	}
	return nil
}

// quantized turns real numbers into those that stand for them.
func (v *conversion) quantized(a *npy.Array, d tf.DType) (*npy.Array, error) {
	q := v.port.Quantization
	if !v.quantize {
		scale := fmt.Sprintf("scale %v, zero point %v", q.Scales[0], q.ZeroPoints[0])
		if len(q.Scales) > 1 {
			scale = fmt.Sprintf("%d scales", len(q.Scales))
		}
		return nil, v.mismatch(a, d, fmt.Sprintf(", integers that stand for real numbers (%s); --quantize-inputs converts", scale))
	}
	x, err := npexpr.Of(a)
	if err != nil {
		return nil, err
	}
	if x, err = x.Cast(tf.Float32); err != nil {
		return nil, err
	}
	raw := x.NPY().Raw
	real := make([]float32, len(raw)/4)
	for i := range real {
		real[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	out := &npy.Array{DType: v.port.DType.String(), Shape: a.Shape}
	switch v.port.DType {
	case tf.Int8:
		out.Raw, err = quantizedRaw[int8](q, a.Shape, real, 1)
	case tf.Uint8:
		out.Raw, err = quantizedRaw[uint8](q, a.Shape, real, 1)
	case tf.Int16:
		out.Raw, err = quantizedRaw[int16](q, a.Shape, real, 2)
	default:
		return nil, v.mismatch(a, d, "")
	}
	return out, err
}

func quantizedRaw[T tflite.Quantized](q tflite.Quantization, shape tf.Shape, real []float32, size int) ([]byte, error) {
	values, err := tflite.Quantize[T](q, shape, real)
	raw := make([]byte, 0, len(values)*size)
	for _, x := range values {
		raw = append(raw, binary.LittleEndian.AppendUint32(nil, uint32(int32(x)))[:size]...)
	}
	return raw, err
}

func (v *conversion) source() string {
	if v.from.file != "" {
		return v.from.file
	}
	const most = 60
	if len(v.from.text) > most {
		return v.from.text[:most] + "..."
	}
	return v.from.text
}

func (v *conversion) mismatch(a *npy.Array, d tf.DType, more string) error {
	return fmt.Errorf("%s holds %v %v; input %q takes %v %v%s", v.source(), d, tf.Shape(a.Shape), v.port.Name, v.port.DType, v.port.Shape, more)
}
