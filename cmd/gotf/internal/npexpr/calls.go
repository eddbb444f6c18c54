package npexpr

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// constants of NumPy.
var constants = map[string]float64{"pi": math.Pi, "e": math.E, "inf": math.Inf(1), "nan": math.Float64frombits(0x7ff8 << 48)}

// types by the names of NumPy and Python; short ones are those of .npy files.
var types = map[string]tf.DType{
	"bool": tf.Bool, "bool_": tf.Bool, "int": tf.Int64, "int_": tf.Int64, "float": tf.Float64, "complex": tf.Complex128,
	"half": tf.Float16, "single": tf.Float32, "double": tf.Float64, "byte": tf.Int8, "ubyte": tf.Uint8, "short": tf.Int16,
	"int8": tf.Int8, "int16": tf.Int16, "int32": tf.Int32, "int64": tf.Int64,
	"uint8": tf.Uint8, "uint16": tf.Uint16, "uint32": tf.Uint32, "uint64": tf.Uint64,
	"float16": tf.Float16, "float32": tf.Float32, "float64": tf.Float64, "complex64": tf.Complex64, "complex128": tf.Complex128,
	"bfloat16": tf.BFloat16, "str": tf.String, "str_": tf.String, "bytes": tf.String, "bytes_": tf.String, "object": tf.String,
	"?": tf.Bool, "b1": tf.Bool, "i1": tf.Int8, "i2": tf.Int16, "i4": tf.Int32, "i8": tf.Int64,
	"u1": tf.Uint8, "u2": tf.Uint16, "u4": tf.Uint32, "u8": tf.Uint64,
	"f2": tf.Float16, "f4": tf.Float32, "f8": tf.Float64, "c8": tf.Complex64, "c16": tf.Complex128, "f": tf.Float32, "d": tf.Float64,
}

// dtypeOf reads what stands after dtype=.
func dtypeOf(v Value) (tf.DType, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case tf.DType:
		return v, nil
	case string:
		if d, ok := types[strings.TrimLeft(v, "<=|")]; ok {
			return d, nil
		}
		return 0, fmt.Errorf("unknown dtype %q%s", v, suggest.DidYouMean(v, slices.Collect(maps.Keys(types))))
	}
	return 0, fmt.Errorf("a dtype is np.float32 or 'float32', not a value of type %s", typeOf(v))
}

// arguments of a call.
type arguments struct {
	positional []Value
	named      map[string]Value
}

// take puts the arguments under the names of parameters, in their order. Those
// before a "*" must be given.
func (a *arguments) take(parameters string) (map[string]Value, error) {
	required, optional, _ := strings.Cut(parameters, "*")
	names := append(strings.Fields(required), strings.Fields(optional)...)
	if len(a.positional) > len(names) {
		return nil, fmt.Errorf("%d arguments, want at most %d (%s)", len(a.positional), len(names), strings.Join(names, ", "))
	}
	got := maps.Clone(a.named)
	for i, v := range a.positional {
		if _, twice := got[names[i]]; twice {
			return nil, fmt.Errorf("argument %q is given twice", names[i])
		}
		got[names[i]] = v
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("no argument %q%s (there are %s)", name, suggest.DidYouMean(name, names), strings.Join(names, ", "))
		}
	}
	for _, name := range strings.Fields(required) {
		if _, ok := got[name]; !ok {
			return nil, fmt.Errorf("argument %q is missing", name)
		}
	}
	return got, nil
}

// functions of NumPy, each with its parameters.
var functions = map[string]struct {
	parameters string
	call       func(map[string]Value) (Value, error)
}{
	"array":    {"object * dtype", array},
	"asarray":  {"object * dtype", array},
	"ones":     {"shape * dtype", filled(1)},
	"zeros":    {"shape * dtype", filled(0)},
	"empty":    {"shape * dtype", filled(0)},
	"full":     {"shape fill_value * dtype", full},
	"eye":      {"N * M k dtype", eye},
	"identity": {"n * dtype", func(a map[string]Value) (Value, error) { a["N"] = a["n"]; return eye(a) }},
	"arange":   {"start * stop step dtype", arange},
	"linspace": {"start stop * num endpoint dtype", linspace},
}

func array(a map[string]Value) (Value, error) {
	d, err := dtypeOf(a["dtype"])
	if err != nil {
		return nil, err
	}
	return NewArray(a["object"], d)
}

func filled(v float64) func(map[string]Value) (Value, error) {
	return func(a map[string]Value) (Value, error) {
		if a["dtype"] == nil {
			a["dtype"] = tf.Float64
		}
		a["fill_value"] = v
		return full(a)
	}
}

func full(a map[string]Value) (Value, error) {
	shape, err := shapeArgument(a["shape"])
	if err != nil {
		return nil, err
	}
	d, err := dtypeOf(a["dtype"])
	if err != nil {
		return nil, err
	}
	if d == tf.String {
		return nil, errors.New("np.array makes arrays of text")
	}
	v, err := NewArray(a["fill_value"], d)
	if err != nil {
		return nil, err
	}
	if v.DType == tf.String {
		return nil, errors.New("np.array makes arrays of text")
	}
	zero, err := newArray(v.DType, shape)
	if err != nil {
		return nil, err
	}
	to, err := broadcast(v.Shape, shape)
	if err != nil || !tf.Shape(to).Equal(shape) {
		return nil, fmt.Errorf("a value of shape %v does not fill %v", tf.Shape(v.Shape), tf.Shape(shape))
	}
	return arrayOp("+", v.DType, zero, v)
}

// shapeArgument reads 3, (2, 3) or [2, 3].
func shapeArgument(v Value) ([]int64, error) {
	items := []Value{v}
	if l, ok := v.(*List); ok {
		items = l.Items
	}
	shape := make([]int64, len(items))
	for i, item := range items {
		n, ok := item.(int64)
		if !ok {
			return nil, fmt.Errorf("a shape is made of int, got %s", typeOf(item))
		}
		if n < 0 {
			return nil, fmt.Errorf("negative dimension %d", n)
		}
		shape[i] = n
	}
	return shape, nil
}

func eye(a map[string]Value) (Value, error) {
	if a["M"] == nil {
		a["M"] = a["N"]
	}
	if a["k"] == nil {
		a["k"] = int64(0)
	}
	shape, err := shapeArgument(&List{Items: []Value{a["N"], a["M"]}})
	if err != nil {
		return nil, err
	}
	k, ok := a["k"].(int64)
	if !ok {
		return nil, fmt.Errorf("k is int, got %s", typeOf(a["k"]))
	}
	d, err := dtypeOf(a["dtype"])
	if err != nil {
		return nil, err
	}
	out, err := newArray(tf.Float64, shape)
	if err != nil {
		return nil, err
	}
	for i := range shape[0] {
		if j := i + k; j >= 0 && j < shape[1] {
			out.floats[i*shape[1]+j] = 1
		}
	}
	if d == 0 {
		return out, nil
	}
	return out.Cast(d)
}
