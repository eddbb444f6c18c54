package layers

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Padding is what a window does at the edge of an image. Empty is Valid.
type Padding string

// The paddings.
const (
	Valid Padding = "valid" // stays inside
	Same  Padding = "same"  // zeros around the image: with strides of 1 the result has its size
)

// DataFormat says where the channels are. Empty is ChannelsLast.
type DataFormat string

// The data formats.
const (
	ChannelsLast  DataFormat = "channels_last"  // [batch, height, width, channels]
	ChannelsFirst DataFormat = "channels_first" // [batch, channels, height, width]; computed by transposing, slower
)

func (p Padding) or() Padding {
	if p == "" {
		return Valid
	}
	return p
}

func (p Padding) check(l core.AnyLayer) error {
	if p := p.or(); p != Valid && p != Same {
		return invalid(l, `padding must be "valid" or "same", got %q`, string(p))
	}
	return nil
}

// op is the name that TensorFlow's operations use.
func (p Padding) op() string { return strings.ToUpper(string(p.or())) }

// size is the number of places that a window of the given extent takes in n,
// moved by stride; -1 for an unknown n.
func (p Padding) size(n, extent, stride int64) int64 {
	switch {
	case n < 0:
		return -1
	case p.or() == Same:
		return (n + stride - 1) / stride
	case n < extent:
		return 0
	}
	return (n-extent)/stride + 1
}

// UnmarshalJSON reads a padding in any case, as Keras does.
func (p *Padding) UnmarshalJSON(b []byte) error {
	var name string
	if err := json.Unmarshal(b, &name); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[string]()}
	}
	*p = Padding(strings.ToLower(name))
	return nil
}

func (f DataFormat) or() DataFormat {
	if f == "" {
		return ChannelsLast
	}
	return f
}

func (f DataFormat) check(l core.AnyLayer) error {
	if f := f.or(); f != ChannelsLast && f != ChannelsFirst {
		return invalid(l, `data_format must be "channels_last" or "channels_first", got %q`, string(f))
	}
	return nil
}

// axes names the axes of an image batch, for errors.
func (f DataFormat) axes() string {
	if f == ChannelsFirst {
		return "batch, channels, height, width"
	}
	return "batch, height, width, channels"
}

// last is shape with the channels moved last.
func (f DataFormat) last(shape tf.Shape) tf.Shape {
	if f != ChannelsFirst || len(shape) < 3 {
		return shape
	}
	return permute(shape, toLast(len(shape)))
}

// back is the inverse of last.
func (f DataFormat) back(shape tf.Shape) tf.Shape {
	if f != ChannelsFirst || len(shape) < 3 {
		return shape
	}
	return permute(shape, toFirst(len(shape)))
}

// channelsLast runs compute on x with its channels last, and moves them back.
func (f DataFormat) channelsLast(s *tf.Scope, x tf.Output, compute func(x tf.Output) tf.Output) tf.Output {
	if f != ChannelsFirst {
		return compute(x)
	}
	x = transpose(s, x, toLast(4))
	return transpose(s, compute(x), toFirst(4))
}

// toLast is the permutation that moves axis 1 last.
func toLast(rank int) []int32 {
	perm := []int32{0}
	for i := 2; i < rank; i++ {
		perm = append(perm, int32(i))
	}
	return append(perm, 1)
}

// toFirst is the inverse of toLast.
func toFirst(rank int) []int32 {
	perm := []int32{0, int32(rank - 1)}
	for i := 1; i < rank-1; i++ {
		perm = append(perm, int32(i))
	}
	return perm
}

func permute(shape tf.Shape, perm []int32) tf.Shape {
	out := make(tf.Shape, len(shape))
	for i, p := range perm {
		out[i] = shape[p]
	}
	return out
}

func transpose(s *tf.Scope, x tf.Output, perm []int32) tf.Output {
	return op.Transpose(s, x, tf.Const(s, perm))
}
