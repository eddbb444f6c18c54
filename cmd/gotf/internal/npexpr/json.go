package npexpr

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/gotf/gotf/tf"
)

// JSON is the values in C order, for encoding/json: numbers with as many digits
// as their type needs, "NaN", "Infinity" and "-Infinity" for what JSON lacks, and
// pairs for complex numbers.
func (a *Array) JSON() []any {
	out := make([]any, a.len())
	bits := 64
	if a.DType != tf.Float64 && a.DType != tf.Complex128 {
		bits = 32
	}
	for i := range out {
		switch {
		case a.DType == tf.Bool:
			out[i] = a.ints[i] != 0
		case a.DType == tf.Uint64:
			out[i] = uint64(a.ints[i])
		case a.ints != nil:
			out[i] = a.ints[i]
		case a.floats != nil:
			out[i] = jsonFloat(a.floats[i], bits)
		case a.complexs != nil:
			out[i] = []any{jsonFloat(real(a.complexs[i]), bits), jsonFloat(imag(a.complexs[i]), bits)}
		default:
			out[i] = string(a.strings[i])
		}
	}
	return out
}

func jsonFloat(v float64, bits int) any {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return json.Number(strconv.FormatFloat(v, 'g', -1, bits))
}
