package diff

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// samples gives both models the same inputs: real numbers, which each side
// gets in its own type, quantized where it is.
type samples struct {
	inputs []portPair
	a, b   map[string]valueRange // of quantized inputs
	rng    *rand.Rand
	given  map[string]*npy.Array // by A's name; nil: random
}

func newSamples(inputs []portPair, a, b map[string]valueRange, seed int64) *samples {
	return &samples{inputs: inputs, a: a, b: b, rng: rand.New(rand.NewPCG(uint64(seed), 0))}
}

// readFiles takes the inputs from .npy files.
func (s *samples) readFiles(files map[string]string) error {
	s.given = map[string]*npy.Array{}
	var names []string
	for _, p := range s.inputs {
		names = append(names, p.a.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("no input %q%s (A takes %q)", name, suggest.DidYouMean(name, names), names)
		}
		a, err := modelio.LoadArray(files[name])
		if err != nil {
			return err
		}
		s.given[name] = a
	}
	for _, p := range s.inputs {
		a := s.given[p.a.Name]
		switch {
		case a == nil:
			return fmt.Errorf("--inputs names no file for input %q", p.a.Name)
		case !p.a.Shape.Accepts(a.Shape):
			return fmt.Errorf("%s has shape %v, input %q takes %v", files[p.a.Name], tf.Shape(a.Shape), p.a.Name, p.a.Shape)
		}
	}
	return nil
}

// hint says what may help when a model does not take the inputs.
func (s *samples) hint() string {
	if s.given != nil {
		return ""
	}
	return " (the inputs were random; --inputs gives others)"
}

// next makes the inputs of both models.
func (s *samples) next() (a, b map[string]*tf.Tensor, err error) {
	a, b = map[string]*tf.Tensor{}, map[string]*tf.Tensor{}
	for _, p := range s.inputs {
		x, y, err := s.pair(p)
		if err != nil {
			return a, b, err
		}
		a[p.a.Name], b[p.b.Name] = x, y
	}
	return a, b, nil
}

// pair makes one input of both models.
func (s *samples) pair(p portPair) (x, y *tf.Tensor, err error) {
	var shape tf.Shape
	var values []float64
	var texts []string
	if given := s.given[p.a.Name]; given != nil {
		shape = given.Shape
		if texts, values, err = givenValues(p.a, given); err != nil {
			return nil, nil, err
		}
	} else {
		shape = sampleShape(p.a.Shape, p.b.Shape)
		n := shape.NumElements()
		if n < 0 || n > 1<<28 {
			return nil, nil, fmt.Errorf("input %q has shape %v, which is too large for random values; --inputs gives others", p.a.Name, shape)
		}
		values, texts = s.random(p, int(n))
	}
	if x, err = sampleTensor(p.a, shape, values, texts); err != nil {
		return nil, nil, err
	}
	if y, err = sampleTensor(p.b, shape, values, texts); err != nil {
		x.Close()
	}
	return x, y, err
}

// givenValues are those of a file, as real numbers: integers of a quantized
// input stand for such.
func givenValues(t inspect.TensorFacts, a *npy.Array) (texts []string, values []float64, err error) {
	for _, s := range a.Strings {
		texts = append(texts, string(s))
	}
	if a.DType == npy.Bytes {
		return texts, nil, nil
	}
	d, err := tf.ParseDType(a.DType)
	if err != nil {
		return nil, nil, err
	}
	list, ok := numbers(d, a.Raw)
	if !ok {
		return nil, nil, fmt.Errorf("input %q: %s values cannot be given to both models", t.Name, a.DType)
	}
	values = make([]float64, list.n)
	for i := range values {
		values[i] = list.at(i)
		if q := t.Quantization; q != nil && a.DType == t.DType {
			values[i] = float64(q.Scale[0]) * (values[i] - float64(q.ZeroPoint[0]))
		}
	}
	return nil, values, nil
}

// openSize is what a dimension gets that neither model fixes, but the first,
// which is 1.
const openSize = 8

func sampleShape(a, b tf.Shape) tf.Shape {
	if a == nil {
		a = b
	}
	if a == nil {
		return tf.Shape{1}
	}
	out := slices.Clone(a)
	for i, d := range out {
		if d < 0 && b != nil {
			d = b[i]
		}
		if d < 0 && i == 0 {
			d = 1
		} else if d < 0 {
			d = openSize
		}
		out[i] = d
	}
	return out
}

// random draws values from where an input's come.
func (s *samples) random(p portPair, n int) ([]float64, []string) {
	if p.a.DType == tf.String.String() {
		words := []string{"hello", "world", "a", "TensorFlow", ""}
		texts := make([]string, n)
		for i := range texts {
			texts[i] = words[s.rng.IntN(len(words))]
		}
		return nil, texts
	}
	from := s.rangeOf(p)
	values := make([]float64, n)
	for i := range values {
		values[i] = from.low + (from.high-from.low)*s.rng.Float64()
		if from.whole {
			values[i] = from.low + float64(s.rng.IntN(int(from.high-from.low)+1))
		}
	}
	return values, nil
}

// intRange is the least and the greatest value of an integer type.
func intRange(d tf.DType) (low, high float64, ok bool) {
	switch d {
	case tf.Int8:
		return math.MinInt8, math.MaxInt8, true
	case tf.Uint8:
		return 0, math.MaxUint8, true
	case tf.Int16:
		return math.MinInt16, math.MaxInt16, true
	case tf.Uint16:
		return 0, math.MaxUint16, true
	case tf.Int32, tf.Int64:
		return math.MinInt32, math.MaxInt32, true
	case tf.Uint32, tf.Uint64:
		return 0, math.MaxUint32, true
	}
	return 0, 0, false
}

// sampleTensor makes a tensor of one model's type.
func sampleTensor(t inspect.TensorFacts, shape tf.Shape, values []float64, texts []string) (*tf.Tensor, error) {
	d, err := tf.ParseDType(t.DType)
	if err != nil {
		return nil, err
	}
	if (d == tf.String) != (texts != nil) {
		return nil, fmt.Errorf("input %q takes %v, which the values given are not", t.Name, d)
	}
	if d == tf.String {
		return tf.NewTensor(texts, shape...)
	}
	if low, high, ok := intRange(d); ok && t.Quantization != nil {
		scale, zero := float64(t.Quantization.Scale[0]), float64(t.Quantization.ZeroPoint[0])
		stored := make([]float64, len(values))
		for i, v := range values {
			stored[i] = min(max(math.Round(v/scale)+zero, low), high)
		}
		values = stored
	}
	raw, err := appendNumbers(d, values)
	if err != nil {
		return nil, fmt.Errorf("input %q: %w", t.Name, err)
	}
	return tf.NewRaw(d, shape, raw)
}

// appendNumbers writes values in the memory layout of a type.
func appendNumbers(d tf.DType, values []float64) ([]byte, error) {
	le, raw := binary.LittleEndian, []byte(nil)
	for _, v := range values {
		switch d {
		case tf.Float32:
			raw = le.AppendUint32(raw, math.Float32bits(float32(v)))
		case tf.Float64:
			raw = le.AppendUint64(raw, math.Float64bits(v))
		case tf.Complex64:
			raw = le.AppendUint64(raw, uint64(math.Float32bits(float32(v)))) // no imaginary part
		case tf.Complex128:
			raw = le.AppendUint64(le.AppendUint64(raw, math.Float64bits(v)), 0)
		case tf.Float16:
			raw = le.AppendUint16(raw, uint16(tf.ToF16(float32(v))))
		case tf.BFloat16:
			raw = le.AppendUint16(raw, uint16(tf.ToBF16(float32(v))))
		case tf.Bool, tf.Int8, tf.Uint8:
			raw = append(raw, byte(int64(v)))
		case tf.Int16, tf.Uint16:
			raw = le.AppendUint16(raw, uint16(int64(v)))
		case tf.Int32, tf.Uint32:
			raw = le.AppendUint32(raw, uint32(int64(v)))
		case tf.Int64, tf.Uint64:
			raw = le.AppendUint64(raw, uint64(int64(v)))
		default:
			return nil, fmt.Errorf("random values of %v cannot be made", d)
		}
	}
	return raw, nil
}
