package control

import (
	"slices"

	"github.com/gotf/gotf/tf"
)

// same checks what a Go function returned against the values it was to follow.
func same(s *tf.Scope, what, who, each string, want, got []tf.Output) bool {
	if s.Err() != nil {
		return false
	}
	if len(got) != len(want) {
		fail(s, what, "%s returned %d values, want %d", who, len(got), len(want))
		return false
	}
	for i, o := range got {
		if o.DType() == 0 {
			fail(s, what, "%s returned no value for %s %d", who, each, i)
			return false
		}
		if o.DType() != want[i].DType() {
			fail(s, what, "%s changed %s %d from %v to %v", who, each, i, want[i].DType(), o.DType())
			return false
		}
	}
	return true
}

// keeps reports whether a value of shape got is all that want says.
func keeps(want, got tf.Shape) bool {
	if want == nil {
		return true
	}
	if got == nil || len(got) != len(want) {
		return false
	}
	for i, d := range want {
		if d >= 0 && got[i] != d {
			return false
		}
	}
	return true
}

// common is what is true of both shapes.
func common(a, b tf.Shape) tf.Shape {
	if a == nil || len(a) != len(b) {
		return nil
	}
	c := slices.Clone(a)
	for i, d := range b {
		if c[i] != d {
			c[i] = -1
		}
	}
	return c
}

// isBool checks a condition.
func isBool(s *tf.Scope, what, must string, o tf.Output) bool {
	return isScalar(s, what, must, tf.Bool, o)
}

func isScalar(s *tf.Scope, what, must string, d tf.DType, o tf.Output) bool {
	if s.Err() != nil {
		return false
	}
	if o.IsNil() {
		fail(s, what, "%s a scalar of %v, got nothing", must, d)
	} else if o.DType() != d || !(tf.Shape{}).Accepts(o.Shape()) {
		fail(s, what, "%s a scalar of %v, got %v %v", must, d, o.DType(), o.Shape())
	}
	return s.Err() == nil
}

// scalar reads an eager scalar.
func scalar[T bool | int32](o tf.Output) (T, error) {
	var zero T
	t, err := o.Value()
	if err != nil {
		return zero, err
	}
	defer t.Close()
	v, err := tf.Values[T](t)
	if err != nil || len(v) != 1 {
		return zero, err
	}
	return v[0], nil
}
