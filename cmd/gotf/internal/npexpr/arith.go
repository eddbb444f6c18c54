package npexpr

import (
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"github.com/gotf/gotf/tf"
)

// operate computes x op y, op being + - * / // % or **.
func operate(op string, x, y Value) (Value, error) {
	if l, ok := x.(*List); ok {
		return listOp(op, l, y)
	}
	a, xArray := x.(*Array)
	if l, ok := y.(*List); ok && xArray {
		var err error
		if y, err = NewArray(l, 0); err != nil {
			return nil, err
		}
	} else if ok && op == "*" {
		return listOp(op, l, x)
	}
	b, yArray := y.(*Array)
	if !xArray && !yArray {
		return numberOp(op, x, y)
	}
	var d tf.DType
	var err error
	switch {
	case xArray && yArray:
		d, err = promote(a.DType, b.DType)
	case xArray:
		if err = isNumber(op, y); err == nil {
			d = withScalar(a.DType, y)
			b = scalar(y, d)
		}
	default:
		if err = isNumber(op, x); err == nil {
			d = withScalar(b.DType, x)
			a = scalar(x, d)
		}
	}
	if err != nil {
		return nil, err
	}
	return arrayOp(op, d, a, b)
}

func isNumber(op string, v Value) error {
	switch v.(type) {
	case bool, int64, float64, complex128:
		return nil
	}
	return fmt.Errorf("%s does not work with %s", op, typeOf(v))
}

// listOp is [..] + [..] or [..] * n.
func listOp(op string, l *List, y Value) (Value, error) {
	if other, ok := y.(*List); ok && op == "+" && other.Tuple == l.Tuple {
		return newList(slices.Concat(l.Items, other.Items), l.Tuple)
	}
	if n, ok := y.(int64); ok && op == "*" {
		n = max(n, 0)
		if n > int64(mostListed/max(l.size, 1)) {
			return nil, errLong
		}
		return newList(slices.Repeat(l.Items, int(n)), l.Tuple)
	}
	if a, ok := y.(*Array); ok {
		x, err := NewArray(l, 0)
		if err != nil {
			return nil, err
		}
		return operate(op, x, a)
	}
	return nil, fmt.Errorf("%s does not work with %s and %s", op, typeOf(l), typeOf(y))
}

// numberOp computes with two numbers of Python.
func numberOp(op string, x, y Value) (Value, error) {
	for _, v := range []Value{x, y} {
		if err := isNumber(op, v); err != nil {
			return nil, err
		}
	}
	i, xInt := asInt(x)
	j, yInt := asInt(y)
	if xInt && yInt && (op != "/" && !(op == "**" && j < 0)) {
		return intOp(op, i, j)
	}
	_, xComplex := x.(complex128)
	_, yComplex := y.(complex128)
	if xComplex || yComplex {
		return complexOp(op, toComplex(x), toComplex(y))
	}
	f, g := real(toComplex(x)), real(toComplex(y))
	if g == 0 && (op == "/" || op == "//" || op == "%") || f == 0 && g < 0 && op == "**" {
		return nil, errors.New("division by zero")
	}
	return floatOp(op, f, g), nil
}

func asInt(v Value) (int64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return v, true
	}
	return 0, false
}

func toComplex(v Value) complex128 {
	switch v := v.(type) {
	case float64:
		return complex(v, 0)
	case complex128:
		return v
	}
	i, _ := asInt(v)
	return complex(float64(i), 0)
}

var errLarge = errors.New("the number is larger than 64 bits hold")

func intOp(op string, x, y int64) (Value, error) {
	switch op {
	case "+":
		if z := x + y; (z > x) == (y > 0) {
			return z, nil
		}
		return nil, errLarge
	case "-":
		if z := x - y; (z < x) == (y > 0) {
			return z, nil
		}
		return nil, errLarge
	case "*":
		return times(x, y)
	case "**":
		z := Value(int64(1))
		for ; y > 0 && (x < -1 || x > 1); y-- {
			var err error
			if z, err = times(z.(int64), x); err != nil {
				return nil, err
			}
		}
		if x == 0 && y > 0 {
			return int64(0), nil
		}
		if x == -1 && y%2 == 1 {
			return int64(-1), nil
		}
		return z, nil
	}
	if y == 0 {
		return nil, errors.New("division by zero")
	}
	if x == math.MinInt64 && y == -1 {
		return nil, errLarge
	}
	return floorInt(op, x, y), nil
}

func times(x, y int64) (Value, error) {
	z := x * y
	if x != 0 && (z/x != y || x == -1 && y == math.MinInt64) {
		return nil, errLarge
	}
	return z, nil
}

// floorInt is x // y or x % y, rounded down as Python does; y is not 0.
func floorInt(op string, x, y int64) int64 {
	q, r := x/y, x%y
	if r != 0 && (r < 0) != (y < 0) {
		q, r = q-1, r+y
	}
	if op == "%" {
		return r
	}
	return q
}

func floatOp(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	case "**":
		return math.Pow(x, y)
	}
	if y == 0 && op == "//" {
		return x / y
	}
	r := math.Mod(x, y)
	switch {
	case r == 0:
		r = math.Copysign(0, y)
	case (r < 0) != (y < 0):
		r += y
	}
	if op == "%" {
		return r
	}
	return math.Floor((x-r)/y + 0.5)
}

func complexOp(op string, x, y complex128) (Value, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		return x / y, nil
	case "**":
		return cmplx.Pow(x, y), nil
	}
	return nil, fmt.Errorf("%s does not work with complex numbers", op)
}

// negative is -v.
func negative(v Value) (Value, error) {
	switch v := v.(type) {
	case int64:
		if v == math.MinInt64 {
			return nil, errLarge
		}
		return -v, nil
	case float64:
		return -v, nil
	case complex128:
		return -v, nil
	case bool:
		i, _ := asInt(v)
		return -i, nil
	case *Array:
		if kindOf(v.DType) == boolKind || kindOf(v.DType) == stringKind {
			break
		}
		out, err := newArray(v.DType, v.Shape)
		if err != nil {
			return nil, err
		}
		for i, x := range v.ints {
			out.ints[i] = wrap(v.DType, -x)
		}
		for i, x := range v.floats {
			out.floats[i] = -x
		}
		for i, x := range v.complexs {
			out.complexs[i] = -x
		}
		return out, nil
	}
	return nil, fmt.Errorf("- does not work with %s", typeOf(v))
}
