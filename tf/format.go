package tf

import (
	"fmt"
	"strings"
)

const headSize = 8 // values that Tensor.String shows

// head is the first values in brackets, or "" for types that do not print.
func (t *Tensor) head() string {
	switch t.dtype {
	case Float32:
		return headOf[float32](t)
	case Float64:
		return headOf[float64](t)
	case Float16:
		return headOf[F16](t)
	case BFloat16:
		return headOf[BF16](t)
	case Int8:
		return headOf[int8](t)
	case Int16:
		return headOf[int16](t)
	case Int32:
		return headOf[int32](t)
	case Int64:
		return headOf[int64](t)
	case Uint8:
		return headOf[uint8](t)
	case Uint16:
		return headOf[uint16](t)
	case Uint32:
		return headOf[uint32](t)
	case Uint64:
		return headOf[uint64](t)
	case Bool:
		return headOf[bool](t)
	case Complex64:
		return headOf[complex64](t)
	case Complex128:
		return headOf[complex128](t)
	case String:
		return t.headOfStrings()
	}
	return ""
}

func headOf[T Fixed](t *Tensor) string {
	var head []T
	if err := View(t, func(values []T) { head = append(head, values[:min(len(values), headSize)]...) }); err != nil {
		return "closed"
	}
	words := make([]string, len(head))
	for i, v := range head {
		if half, ok := any(v).(interface{ Float32() float32 }); ok {
			words[i] = fmt.Sprint(half.Float32())
		} else {
			words[i] = fmt.Sprint(v)
		}
	}
	return t.brackets(words)
}

func (t *Tensor) headOfStrings() string {
	values, err := Values[string](t)
	if err != nil {
		return "closed"
	}
	words := make([]string, min(len(values), headSize))
	for i := range words {
		words[i] = fmt.Sprintf("%q", values[i])
	}
	return t.brackets(words)
}

func (t *Tensor) brackets(words []string) string {
	if t.NumElements() > len(words) {
		words = append(words, "...")
	}
	return "[" + strings.Join(words, " ") + "]"
}
