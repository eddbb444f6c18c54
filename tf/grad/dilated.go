package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// around reports whether the gradient kernels must be gone around. Those of the
// CPU refuse explicit padding with channels first, and dilation with explicit
// padding or where oneDNN does not help; those of dilated depthwise convolution
// are wrong, or end the process.
func (c conv) around() bool {
	dilated := slices.Max(append([]int64{1}, c.dilations...)) > 1
	if c.format == "NHWC" || c.depthwise && dilated {
		return dilated
	}
	return c.padding == "EXPLICIT"
}

// last is c with channels last.
func (c conv) last() conv {
	to, _ := channelsLast(c.format)
	c.strides, c.dilations, c.explicit = permuted(c.strides, to), permuted(c.dilations, to), permutedPads(c.explicit, to)
	c.format = lastFormat[c.format]
	return c
}

func permuted(v, perm []int64) (w []int64) {
	for _, i := range perm {
		w = append(w, v[i])
	}
	return w
}

// permutedPads is permuted for two numbers an axis; there may be none.
func permutedPads(v, perm []int64) (w []int64) {
	if len(v) == 0 {
		return nil
	}
	for _, i := range perm {
		w = append(w, v[2*i:2*i+2]...)
	}
	return w
}

func transposed(s *tf.Scope, x tf.Output, perm []int64) tf.Output {
	return op.Transpose(s, x, ints(s, perm...))
}

// plain is c for what blocks makes.
func (c conv) plain() conv {
	unit := []int64{1, 1, 1, 1}
	return conv{depthwise: c.depthwise, strides: unit, dilations: unit, padding: "VALID", format: c.format}
}

// blocks is a dilated convolution as one without, of stride 1 and VALID: the
// pixels that are a multiple of the dilation apart form an image of their own.
type blocks struct {
	size   tf.Output // the dilations: [2]
	pads   tf.Output // around x, with what makes it a multiple of size: [2, 2]
	padded tf.Output // height and width with pads: [2]
	dy     tf.Output // the result's gradient in blocks
}

func (c conv) blocks(s *tf.Scope, x, w, dy tf.Output) blocks {
	part := func(v tf.Output, from, n int64) tf.Output { return op.Slice(s, v, ints(s, from), ints(s, n)) }
	one := int32Scalar(s, 1)
	size, stride := ints(s, c.dilations[1:3]...), ints(s, c.strides[1:3]...)
	in := part(shapeOf(s, x), 1, 2)
	extent := op.Mul(s, op.Sub(s, part(shapeOf(s, w), 0, 2), one), size) // less one pixel
	before, after := c.padAround(s, in, extent, stride)
	padded := op.AddV2(s, in, op.AddV2(s, before, after))
	full := op.Sub(s, padded, extent) // the result's size for stride 1
	more := op.FloorMod(s, op.Neg(s, padded), size)
	if c.strides[1] > 1 || c.strides[2] > 1 {
		n := shapeOf(s, dy)
		end := op.ConcatV2(s, []tf.Output{part(n, 0, 1), full, part(n, 3, 1)}, int32Scalar(s, 0))
		dy = op.StridedSliceGrad(s, end, ints(s, 0, 0, 0, 0), end, ints(s, c.strides...), dy, nil)
	}
	pair := func(a, b tf.Output) tf.Output { return op.Pack(s, []tf.Output{a, b}, &op.PackAttrs{Axis: 1}) }
	return blocks{
		size: size, pads: pair(before, op.AddV2(s, after, more)), padded: op.AddV2(s, padded, more),
		dy: op.SpaceToBatchND(s, dy, size, pair(op.ZerosLike(s, more), more)),
	}
}

// padAround is the padding of height and width, before and after: [2] each.
func (c conv) padAround(s *tf.Scope, in, extent, stride tf.Output) (before, after tf.Output) {
	switch c.padding {
	case "EXPLICIT":
		return ints(s, c.explicit[2], c.explicit[4]), ints(s, c.explicit[3], c.explicit[5])
	case "SAME":
		one := int32Scalar(s, 1)
		last := op.FloorDiv(s, op.Sub(s, in, one), stride) // index of the last result
		total := op.Sub(s, op.AddV2(s, op.AddV2(s, op.Mul(s, last, stride), extent), one), in)
		total = op.Maximum(s, total, op.ZerosLike(s, total))
		before = op.FloorDiv(s, total, int32Scalar(s, 2))
		return before, op.Sub(s, total, before)
	}
	none := op.ZerosLike(s, in)
	return none, none
}

// shape is that of x in blocks.
func (b blocks) shape(s *tf.Scope, x tf.Output) tf.Output {
	n := shapeOf(s, x)
	part := func(from int64) tf.Output { return op.Slice(s, n, ints(s, from), ints(s, 1)) }
	axis := int32Scalar(s, 0)
	batch := op.Mul(s, part(0), op.Prod(s, b.size, axis, nil))
	return op.ConcatV2(s, []tf.Output{batch, op.FloorDiv(s, b.padded, b.size), part(3)}, axis)
}
