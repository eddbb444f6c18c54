package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// dilation is Dilation2D, max over k of x[.. + k] + w[k], and its gradients.
type dilation struct {
	strides, rates []int64
	padding        string
}

func dilationOf(o tf.Op) dilation {
	return dilation{o.AttrInts("strides"), o.AttrInts("rates"), o.AttrString("padding")}
}

func dilationRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	d, x, w := dilationOf(o), o.Input(0), o.Input(1)
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = op.Dilation2DBackpropInput(s, x, w, dy[0], d.strides, d.rates, d.padding)
	}
	if need[1] {
		dx[1] = op.Dilation2DBackpropFilter(s, x, w, dy[0], d.strides, d.rates, d.padding)
	}
	return dx
}

// dilationInputRule: the kernel takes x, w and dy.
func dilationInputRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	d, x, w, dy := dilationOf(o), o.Input(0), o.Input(1), o.Input(2)
	return poolSecond(s, o, need, func() tf.Output {
		return atLargest(s, d.sums(s, x, w, dy), d.patches(s, g[0], w, dy, 0))
	})
}

func dilationFilterRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	d, x, w, dy := dilationOf(o), o.Input(0), o.Input(1), o.Input(2)
	return poolSecond(s, o, need, func() tf.Output {
		return atLargest(s, d.sums(s, x, w, dy), d.filter(s, g[0]))
	})
}

// sums are x + w, of which Dilation2D takes the largest:
// [batch, height, width, channels, elements of the filter].
func (d dilation) sums(s *tf.Scope, x, w, dy tf.Output) tf.Output {
	return op.AddV2(s, d.patches(s, x, w, dy, math.Inf(-1)), d.filter(s, w))
}

// filter is w with its elements last.
func (d dilation) filter(s *tf.Scope, w tf.Output) tf.Output {
	channels := op.Slice(s, op.Shape(s, w, nil), ints(s, 2), ints(s, 1))
	matrix := op.Reshape(s, w, op.ConcatV2(s, []tf.Output{ints(s, -1), channels}, int32Scalar(s, 0)))
	return op.Transpose(s, matrix, ints(s, 1, 0))
}

// patches are those of x that a filter shaped like w sees, with padding of the
// given value.
func (d dilation) patches(s *tf.Scope, x, w, dy tf.Output, padding float64) tf.Output {
	size := func(v tf.Output, from int64) tf.Output {
		return op.Slice(s, op.Shape(s, v, nil), ints(s, from), ints(s, 2))
	}
	filter, rates, strides := size(w, 0), ints(s, d.rates[1:3]...), ints(s, d.strides[1:3]...)
	extent := op.Mul(s, op.Sub(s, filter, int32Scalar(s, 1)), rates)
	before, after := conv{padding: d.padding}.padAround(s, size(x, 1), extent, strides)
	pads := op.Pack(s, []tf.Output{before, after}, &op.PackAttrs{Axis: 1})
	x = op.PadV2(s, x, op.Pad(s, pads, tf.Const(s, []int32{1, 1, 0, 0}, 2, 2)), number(s, x, padding))
	at := func(axis int) tf.Output {
		all := func(n tf.Output) tf.Output {
			n = op.Reshape(s, op.Slice(s, n, ints(s, int64(axis)), ints(s, 1)), ints(s))
			return op.Range(s, int32Scalar(s, 0), n, int32Scalar(s, 1))
		}
		first := op.Mul(s, all(size(dy, 1)), int32Scalar(s, int(d.strides[axis+1])))
		return op.AddV2(s, op.ExpandDims(s, first, int32Scalar(s, 1)), op.Mul(s, all(filter), int32Scalar(s, int(d.rates[axis+1]))))
	}
	return windows(s, x, at(0), at(1), dy)
}
