package npexpr

import (
	"errors"
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
)

// arange is np.arange, which computes each value from the first two.
func arange(a map[string]Value) (Value, error) {
	if _, ok := a["stop"]; !ok || a["stop"] == nil {
		a["start"], a["stop"] = int64(0), a["start"]
	}
	if a["step"] == nil {
		a["step"] = int64(1)
	}
	d, err := dtypeOf(a["dtype"])
	if err != nil {
		return nil, err
	}
	ints := true
	for _, name := range []string{"start", "stop", "step"} {
		if err := isReal(name, a[name]); err != nil {
			return nil, err
		}
		_, ok := asInt(a[name])
		ints = ints && ok
	}
	start, stop, step := number(a["start"]), number(a["stop"]), number(a["step"])
	if step == 0 {
		return nil, errors.New("the step is 0")
	}
	if d == 0 {
		if d = tf.Float64; ints {
			d = tf.Int64
		}
	}
	n := math.Ceil((stop - start) / step)
	if math.IsNaN(n) || n > most {
		return nil, fmt.Errorf("more than %d values", most)
	}
	out, err := newArray(d, []int64{int64(max(n, 0))})
	if err != nil {
		return nil, err
	}
	switch kindOf(d) {
	case intKind:
		first := scalar(a["start"], d).ints[0]
		second, err := operate("+", a["start"], a["step"])
		if err != nil {
			return nil, err
		}
		delta := scalar(second, d).ints[0] - first
		for i := range out.ints {
			out.ints[i] = wrap(d, first+int64(i)*delta)
		}
	case floatKind:
		first := round(d, start)
		delta := round(d, round(d, start+step)-first)
		for i := range out.floats {
			out.floats[i] = round(d, first+round(d, float64(i)*delta))
		}
	default:
		return nil, fmt.Errorf("no range of %v", d)
	}
	return out, nil
}

func isReal(name string, v Value) error {
	switch v := v.(type) {
	case bool, int64, float64:
		return nil
	case *Array:
		if len(v.Shape) == 0 && kindOf(v.DType) <= floatKind {
			return nil
		}
	}
	return fmt.Errorf("%s is a number, got %s", name, typeOf(v))
}

func number(v Value) float64 {
	if a, ok := v.(*Array); ok {
		return a.float(0)
	}
	return real(toComplex(v))
}

// linspace is np.linspace, which multiplies, then adds, and sets the last value.
func linspace(a map[string]Value) (Value, error) {
	for _, name := range []string{"start", "stop"} {
		if err := isReal(name, a[name]); err != nil {
			return nil, err
		}
	}
	num, endpoint := int64(50), true
	if v, given := a["num"]; given {
		n, ok := v.(int64)
		if !ok || n < 0 {
			return nil, errors.New("num is an int of 0 or more")
		}
		num = n
	}
	if v, given := a["endpoint"]; given {
		e, ok := v.(bool)
		if !ok {
			return nil, errors.New("endpoint is True or False")
		}
		endpoint = e
	}
	d, err := dtypeOf(a["dtype"])
	if err != nil {
		return nil, err
	}
	out, err := newArray(tf.Float64, []int64{num})
	if err != nil {
		return nil, err
	}
	start, stop := number(a["start"]), number(a["stop"])
	div := num
	if endpoint {
		div--
	}
	step := (stop - start) / float64(max(div, 1))
	for i := range out.floats {
		switch {
		case div <= 0:
			out.floats[i] = start + float64(i)*(stop-start)
		case step == 0:
			out.floats[i] = start + float64(i)/float64(div)*(stop-start)
		default:
			out.floats[i] = start + float64(float64(i)*step) // rounded in between
		}
	}
	if endpoint && num > 1 {
		out.floats[num-1] = stop
	}
	if d == 0 {
		return out, nil
	}
	if kindOf(d) == intKind { // rounded down
		for i, v := range out.floats {
			out.floats[i] = math.Floor(v)
		}
	}
	return out.Cast(d)
}
