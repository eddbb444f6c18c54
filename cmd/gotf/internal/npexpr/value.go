package npexpr

import (
	"errors"
	"fmt"

	"github.com/gotf/gotf/tf"
)

// A Value is what an expression gives: nil (None), bool, int64, float64,
// complex128, string, []byte (Python's bytes), *List, *Dict, *Array, or a
// tf.DType.
type Value any

// List is a list or tuple.
type List struct {
	Items []Value
	Tuple bool
	size  int // values in it and in the lists that it holds
}

// newList fails if there is more in the lists than they may hold.
func newList(items []Value, tuple bool) (*List, error) {
	l := &List{Items: items, Tuple: tuple}
	for _, item := range items {
		l.size++
		if inner, ok := item.(*List); ok {
			l.size += inner.size
		}
		if l.size > mostListed {
			return nil, errLong
		}
	}
	return l, nil
}

// Dict is a dict whose keys are strings.
type Dict struct {
	Keys   []string // in the order of the text
	Values map[string]Value
}

// mostListed is how many values the lists of an expression may hold.
const mostListed = 1 << 20

var errLong = fmt.Errorf("lists of more than %d values (a .npy file takes more)", mostListed)

// typeOf is the name of v's type in Python.
func typeOf(v Value) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case []byte:
		return "bytes"
	case *List:
		if v.Tuple {
			return "tuple"
		}
		return "list"
	case *Dict:
		return "dict"
	case *Array:
		return "array"
	}
	return "type"
}

// NewArray makes an array of v as np.array does. d is the type of its values;
// 0 leaves it to them.
func NewArray(v Value, d tf.DType) (*Array, error) {
	if a, ok := v.(*Array); ok {
		if d == 0 {
			return a, nil
		}
		return a.Cast(d)
	}
	shape, err := shapeOf(v, 0)
	if err != nil {
		return nil, err
	}
	if n, err := sizeOf(shape); err != nil {
		return nil, err
	} else if n > mostListed {
		return nil, errLong
	}
	leaves := flatten(v, nil)
	found := tf.DType(0)
	for _, leaf := range leaves {
		t, err := leafType(leaf)
		if err != nil {
			return nil, err
		}
		if found, err = promote(found, t); err != nil {
			return nil, err
		}
	}
	if found == 0 {
		found = tf.Float64
	}
	a, err := newArray(found, shape)
	if err != nil {
		return nil, err
	}
	if a.len() != len(leaves) {
		return nil, errors.New("the lists have different lengths")
	}
	for i, leaf := range leaves {
		a.set(i, leaf)
	}
	if d == 0 {
		return a, nil
	}
	return a.Cast(d)
}

// shapeOf is the shape of nested lists, by their first members.
func shapeOf(v Value, depth int) ([]int64, error) {
	if depth > 64 {
		return nil, errors.New("lists are nested too deep")
	}
	var items []Value
	switch v := v.(type) {
	case *List:
		items = v.Items
	case *Array:
		return v.Shape, nil
	default:
		return []int64{}, nil
	}
	if len(items) == 0 {
		return []int64{0}, nil
	}
	first, err := shapeOf(items[0], depth+1)
	if err != nil {
		return nil, err
	}
	for _, item := range items[1:] {
		shape, err := shapeOf(item, depth+1)
		if err != nil {
			return nil, err
		}
		if !tf.Shape(shape).Equal(first) {
			return nil, fmt.Errorf("the parts of a list have different shapes, %v and %v", tf.Shape(first), tf.Shape(shape))
		}
	}
	return append([]int64{int64(len(items))}, first...), nil
}

// flatten appends the members of nested lists to out, arrays value by value.
func flatten(v Value, out []Value) []Value {
	switch v := v.(type) {
	case *List:
		for _, item := range v.Items {
			out = flatten(item, out)
		}
		return out
	case *Array:
		for i := range v.len() {
			out = append(out, v.at(i))
		}
		return out
	}
	return append(out, v)
}

// at is value i as a scalar array.
func (a *Array) at(i int) *Array {
	one := &Array{DType: a.DType, Shape: []int64{}}
	switch {
	case a.ints != nil:
		one.ints = a.ints[i : i+1]
	case a.floats != nil:
		one.floats = a.floats[i : i+1]
	case a.complexs != nil:
		one.complexs = a.complexs[i : i+1]
	default:
		one.strings = a.strings[i : i+1]
	}
	return one
}

// leafType is the type that NumPy gives a scalar.
func leafType(v Value) (tf.DType, error) {
	switch v := v.(type) {
	case bool:
		return tf.Bool, nil
	case int64:
		return tf.Int64, nil
	case float64:
		return tf.Float64, nil
	case complex128:
		return tf.Complex128, nil
	case string, []byte:
		return tf.String, nil
	case *Array:
		return v.DType, nil
	}
	return 0, fmt.Errorf("%s cannot stand in an array", typeOf(v))
}

// set stores a scalar whose type is promoted to a's.
func (a *Array) set(i int, v Value) {
	switch v := v.(type) {
	case string:
		a.strings[i] = []byte(v)
	case []byte:
		a.strings[i] = v
	case *Array:
		if c, err := v.Cast(a.DType); err == nil {
			a.copyFrom(i, c)
		}
	default:
		a.copyFrom(i, scalar(v, a.DType))
	}
}

func (a *Array) copyFrom(i int, one *Array) {
	switch {
	case a.ints != nil:
		a.ints[i] = one.ints[0]
	case a.floats != nil:
		a.floats[i] = one.floats[0]
	case a.complexs != nil:
		a.complexs[i] = one.complexs[0]
	case a.strings != nil:
		a.strings[i] = one.strings[0]
	}
}

// scalar is the number v as an array of no dimension and type d.
func scalar(v Value, d tf.DType) *Array {
	one := &Array{Shape: []int64{}}
	switch v := v.(type) {
	case bool:
		one.DType, one.ints = tf.Bool, []int64{0}
		if v {
			one.ints[0] = 1
		}
	case int64:
		one.DType, one.ints = tf.Int64, []int64{v}
	case float64:
		one.DType, one.floats = tf.Float64, []float64{v}
	case complex128:
		one.DType, one.complexs = tf.Complex128, []complex128{v}
	case string:
		one.DType, one.strings = tf.String, [][]byte{[]byte(v)}
	case []byte:
		one.DType, one.strings = tf.String, [][]byte{v}
	}
	if out, err := one.Cast(d); err == nil {
		return out
	}
	return one
}
