package npexpr

import (
	"errors"
	"fmt"

	"github.com/gotf/gotf/tf"
)

// arrayOp computes a op b, value by value, where d is their common type.
func arrayOp(op string, d tf.DType, a, b *Array) (*Array, error) {
	switch k := kindOf(d); {
	case k == stringKind:
		return nil, fmt.Errorf("%s does not work with text", op)
	case k == boolKind && op == "-":
		return nil, errors.New("- does not work with arrays of bool")
	case op == "/" && k <= intKind:
		d = tf.Float64
	case k == boolKind && op != "+" && op != "*":
		d = tf.Int8
	}
	shape, err := broadcast(a.Shape, b.Shape)
	if err != nil {
		return nil, err
	}
	out, err := newArray(d, shape)
	if err != nil {
		return nil, err
	}
	if a, err = a.Cast(d); err != nil {
		return nil, err
	}
	if b, err = b.Cast(d); err != nil {
		return nil, err
	}
	i, j := newWalk(a.Shape, shape), newWalk(b.Shape, shape)
	for at := range out.len() {
		if err := out.compute(op, at, a, i.at, b, j.at); err != nil {
			return nil, err
		}
		i.next()
		j.next()
	}
	return out, nil
}

// compute sets value at to a[i] op b[j].
func (out *Array) compute(op string, at int, a *Array, i int, b *Array, j int) error {
	switch {
	case out.floats != nil:
		out.floats[at] = round(out.DType, floatOp(op, a.floats[i], b.floats[j]))
	case out.complexs != nil:
		z, err := complexOp(op, a.complexs[i], b.complexs[j])
		if err != nil {
			return err
		}
		if out.complexs[at] = z.(complex128); out.DType == tf.Complex64 {
			out.complexs[at] = complex128(complex64(z.(complex128)))
		}
	default:
		z, err := out.wrapped(op, a.ints[i], b.ints[j])
		if err != nil {
			return err
		}
		if out.ints[at] = wrap(out.DType, z); out.DType == tf.Bool && z != 0 {
			out.ints[at] = 1
		}
	}
	return nil
}

// wrapped computes with the bits of machine integers.
func (out *Array) wrapped(op string, x, y int64) (int64, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "**":
		if y < 0 && out.DType != tf.Uint64 {
			return 0, errors.New("integers to negative integer powers are not allowed")
		}
		z := int64(1)
		for n := uint64(y); n > 0; n >>= 1 {
			if n&1 == 1 {
				z *= x
			}
			x *= x
		}
		return z, nil
	}
	if y == 0 {
		return 0, nil // as NumPy, which warns
	}
	if out.DType == tf.Uint64 {
		if op == "%" {
			return int64(uint64(x) % uint64(y)), nil
		}
		return int64(uint64(x) / uint64(y)), nil
	}
	if y == -1 { // the least integer has no opposite
		if op == "%" {
			return 0, nil
		}
		return -x, nil
	}
	return floorInt(op, x, y), nil
}

// broadcast is the shape of an operation on values of shapes a and b.
func broadcast(a, b []int64) ([]int64, error) {
	out := make([]int64, max(len(a), len(b)))
	for k := range out {
		m, n := dimension(a, len(out)-k), dimension(b, len(out)-k)
		switch {
		case m == n || n == 1:
			out[k] = m
		case m == 1:
			out[k] = n
		default:
			return nil, fmt.Errorf("shapes %v and %v do not fit together", tf.Shape(a), tf.Shape(b))
		}
	}
	return out, nil
}

// dimension is that number k of shape from its end, the last being 1.
func dimension(shape []int64, k int) int64 {
	if k > len(shape) {
		return 1
	}
	return shape[len(shape)-k]
}

// walk goes over the values of an array in the order of a larger shape.
type walk struct {
	at            int
	shape         []int64
	index, stride []int64
}

func newWalk(small, large []int64) *walk {
	w := &walk{shape: large, index: make([]int64, len(large)), stride: make([]int64, len(large))}
	step := int64(1)
	for k := len(large) - 1; k >= 0; k-- {
		if d := dimension(small, len(large)-k); d != 1 {
			w.stride[k] = step
			step *= d
		}
	}
	return w
}

func (w *walk) next() {
	for k := len(w.shape) - 1; k >= 0; k-- {
		w.index[k]++
		w.at += int(w.stride[k])
		if w.index[k] < w.shape[k] {
			return
		}
		w.at -= int(w.stride[k] * w.index[k])
		w.index[k] = 0
	}
}
