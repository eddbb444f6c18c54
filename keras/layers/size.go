package layers

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/gotf/gotf/keras/core"
)

// Size is a height and a width, of a window or of its steps. Zero is the option's
// default.
type Size [2]int

// Square is a Size of equal height and width.
func Square(n int) Size { return Size{n, n} }

// or is z, or def if z is zero.
func (z Size) or(def Size) Size {
	if z == (Size{}) {
		return def
	}
	return z
}

// check is an error unless both are positive.
func (z Size) check(l core.AnyLayer, option string) error {
	if z[0] < 1 || z[1] < 1 {
		return invalid(l, "%s must be positive, got (%d, %d)", option, z[0], z[1])
	}
	return nil
}

// spatial is z for an operation on [batch, height, width, channels].
func (z Size) spatial() []int64 { return []int64{1, int64(z[0]), int64(z[1]), 1} }

// UnmarshalJSON reads a list of two numbers, one number for both, or null as the
// default.
func (z *Size) UnmarshalJSON(b []byte) error {
	var both *int
	if json.Unmarshal(b, &both) == nil {
		if *z = (Size{}); both != nil {
			*z = Square(*both)
		}
		return nil
	}
	var list []int
	if json.Unmarshal(b, &list) != nil || len(list) != len(z) {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[[2]int]()}
	}
	copy(z[:], list)
	return nil
}

// String is as Python prints it.
func (z Size) String() string { return fmt.Sprintf("(%d, %d)", z[0], z[1]) }
