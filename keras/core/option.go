package core

import (
	"encoding/json"
	"reflect"
)

// Number is an option whose default is not zero. Zero stands for that default,
// a negative Number for 0.
type Number float64

// Or is the option's value, where def is its default.
func (n Number) Or(def float64) float64 {
	switch {
	case n == 0:
		return def
	case n < 0:
		return 0
	}
	return float64(n)
}

// UnmarshalJSON reads a number, or null as the default.
func (n *Number) UnmarshalJSON(b []byte) error {
	var v *float64
	if err := json.Unmarshal(b, &v); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[float64]()}
	}
	switch {
	case v == nil:
		*n = 0
	case *v == 0:
		*n = -1
	default:
		*n = Number(*v)
	}
	return nil
}

// Seed is an optional random seed. Zero stands for none, a negative Seed for 0.
type Seed int64

// Value is the seed, if there is one.
func (s Seed) Value() (int64, bool) { return max(int64(s), 0), s != 0 }

// MarshalJSON writes null for none.
func (s Seed) MarshalJSON() ([]byte, error) {
	if v, ok := s.Value(); ok {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads a whole number or null.
func (s *Seed) UnmarshalJSON(b []byte) error {
	var v *int64
	if err := json.Unmarshal(b, &v); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[int64]()}
	}
	switch {
	case v == nil:
		*s = 0
	case *v == 0:
		*s = -1
	default:
		*s = Seed(*v)
	}
	return nil
}

// Null is an option of Keras that can only be off: null.
type Null struct{}

// MarshalJSON writes null.
func (Null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// UnmarshalJSON refuses all but null.
func (n *Null) UnmarshalJSON(b []byte) error { return only[Null](b, "null") }

// False is an option of Keras that can only be off: false.
type False struct{}

// MarshalJSON writes false.
func (False) MarshalJSON() ([]byte, error) { return []byte("false"), nil }

// UnmarshalJSON refuses all but false and null.
func (f *False) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	return only[False](b, "false")
}

func only[T any](b []byte, want string) error {
	if string(b) == want {
		return nil
	}
	return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[T]()}
}
