package listing

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"

	"github.com/gotf/gotf/tf"
)

// arrayRepr is the repr of the small NumPy array that t holds: "array(0.,
// dtype=float32)", the bound of a BoundedTensorSpec.
func arrayRepr(t *tensorpb.TensorProto) string {
	dtype, shape := tf.DType(t.GetDtype()), shapeOf(t.GetTensorShape())
	n := shape.NumElements()
	if n < 0 || n > 1000 {
		return "array(...)"
	}
	words := arrayWords(t, dtype, int(n))
	width := 0
	for _, w := range words {
		width = max(width, len(w))
	}
	for i, w := range words {
		words[i] = strings.Repeat(" ", width-len(w)) + w
	}
	text, _ := nested(words, shape)
	switch dtype {
	case tf.Float64, tf.Int64, tf.Bool, tf.Complex128: // NumPy's own defaults
		return "array(" + text + ")"
	}
	return "array(" + text + ", dtype=" + dtype.String() + ")"
}

func nested(words []string, shape tf.Shape) (text string, rest []string) {
	if len(shape) == 0 {
		return words[0], words[1:]
	}
	var parts []string
	for range shape[0] {
		var part string
		part, words = nested(words, shape[1:])
		parts = append(parts, part)
	}
	return "[" + strings.Join(parts, ", ") + "]", words
}

// arrayWords are the n values of t. Where t holds fewer, its last one goes on.
func arrayWords(t *tensorpb.TensorProto, dtype tf.DType, n int) []string {
	var words []string
	if c := t.GetTensorContent(); len(c) > 0 {
		size := dtype.Size()
		for ; size > 0 && len(c) >= size; c = c[size:] {
			words = append(words, rawWord(dtype, c))
		}
	}
	for _, v := range t.GetFloatVal() {
		words = append(words, numpyFloat(float64(v), 32))
	}
	for _, v := range t.GetDoubleVal() {
		words = append(words, numpyFloat(v, 64))
	}
	for _, v := range t.GetIntVal() {
		words = append(words, strconv.FormatInt(int64(v), 10))
	}
	for _, v := range t.GetInt64Val() {
		words = append(words, strconv.FormatInt(v, 10))
	}
	for _, v := range t.GetUint32Val() {
		words = append(words, strconv.FormatUint(uint64(v), 10))
	}
	for _, v := range t.GetUint64Val() {
		words = append(words, strconv.FormatUint(v, 10))
	}
	for _, v := range t.GetBoolVal() {
		words = append(words, boolText(v))
	}
	if len(words) == 0 {
		words = []string{rawWord(dtype, make([]byte, 16))}
	}
	for len(words) < n {
		words = append(words, words[len(words)-1])
	}
	return words[:n]
}

// rawWord is the first value in b.
func rawWord(dtype tf.DType, b []byte) string {
	le := binary.LittleEndian
	switch dtype {
	case tf.Float32:
		return numpyFloat(float64(math.Float32frombits(le.Uint32(b))), 32)
	case tf.Float64:
		return numpyFloat(math.Float64frombits(le.Uint64(b)), 64)
	case tf.Bool:
		return boolText(b[0] != 0)
	case tf.Int8:
		return strconv.Itoa(int(int8(b[0])))
	case tf.Uint8:
		return strconv.Itoa(int(b[0]))
	case tf.Int16:
		return strconv.Itoa(int(int16(le.Uint16(b))))
	case tf.Uint16:
		return strconv.Itoa(int(le.Uint16(b)))
	case tf.Int32:
		return strconv.Itoa(int(int32(le.Uint32(b))))
	case tf.Uint32:
		return strconv.FormatUint(uint64(le.Uint32(b)), 10)
	case tf.Int64:
		return strconv.FormatInt(int64(le.Uint64(b)), 10)
	case tf.Uint64:
		return strconv.FormatUint(le.Uint64(b), 10)
	}
	return "..."
}

// numpyFloat is a number as NumPy prints it in an array: "0.", "1.5", "1.e-05".
func numpyFloat(v float64, bits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return floatText(v)
	}
	if m := math.Abs(v); m != 0 && (m < 1e-4 || m >= 1e8) {
		s := strconv.FormatFloat(v, 'e', -1, bits)
		if !strings.Contains(s, ".") {
			s = strings.Replace(s, "e", ".e", 1)
		}
		return s
	}
	s := strconv.FormatFloat(v, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += "."
	}
	return s
}
