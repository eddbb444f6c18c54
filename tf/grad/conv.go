package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// conv is a two-dimensional convolution, plain or depthwise. Its three
// operations are linear in each of input, filter and result, and each other's
// gradients.
type conv struct {
	depthwise                    bool
	strides, dilations, explicit []int64
	padding, format              string
	dense                        bool // the filter sees all channels
}

func convOf(o tf.Op, depthwise bool) conv {
	return conv{
		depthwise: depthwise, strides: o.AttrInts("strides"), dilations: o.AttrInts("dilations"),
		explicit: o.AttrInts("explicit_paddings"), padding: o.AttrString("padding"), format: o.AttrString("data_format"),
		dense: depthwise,
	}
}

func (c conv) forward(s *tf.Scope, x, w tf.Output) tf.Output {
	if c.depthwise {
		return op.DepthwiseConv2dNative(s, x, w, c.strides, c.padding,
			&op.DepthwiseConv2dNativeAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
	}
	return op.Conv2D(s, x, w, c.strides, c.padding,
		&op.Conv2DAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
}

// input is the gradient by an input shaped like x.
func (c conv) input(s *tf.Scope, x, w, dy tf.Output) tf.Output {
	to, from := channelsLast(c.format)
	switch n := c.groups(x, w); {
	case to != nil && c.around():
		dx := c.last().input(s, transposed(s, x, to), w, transposed(s, dy, to))
		return transposed(s, dx, from)
	case n > 1:
		return eachGroup(s, n, x, w, dy, func(x, w, dy tf.Output) tf.Output { return c.input(s, x, w, dy) })
	case n == 0:
		g := maskOf(s, x, w)
		c.dense = true
		return c.input(s, x, g.spread(s, w), dy)
	case c.around():
		b := c.blocks(s, x, w, dy)
		dx := c.plain().backInput(s, b.shape(s, x), w, b.dy)
		return op.BatchToSpaceND(s, dx, b.size, b.pads)
	}
	return c.backInput(s, shapeOf(s, x), w, dy)
}

// filter is the gradient by a filter shaped like w.
func (c conv) filter(s *tf.Scope, x, w, dy tf.Output) tf.Output {
	to, _ := channelsLast(c.format)
	switch n := c.groups(x, w); {
	case to != nil && c.around():
		return c.last().filter(s, transposed(s, x, to), w, transposed(s, dy, to))
	case n > 1:
		return eachGroup(s, n, x, w, dy, func(x, w, dy tf.Output) tf.Output { return c.filter(s, x, w, dy) })
	case n == 0:
		g := maskOf(s, x, w)
		c.dense = true
		return g.collect(s, c.filter(s, x, g.spread(s, w), dy))
	case c.around():
		b := c.blocks(s, x, w, dy)
		return c.plain().backFilter(s, op.SpaceToBatchND(s, x, b.size, b.pads), shapeOf(s, w), b.dy)
	}
	return c.backFilter(s, x, shapeOf(s, w), dy)
}

func (c conv) backInput(s *tf.Scope, sizes, w, dy tf.Output) tf.Output {
	if c.depthwise {
		return op.DepthwiseConv2dNativeBackpropInput(s, sizes, w, dy, c.strides, c.padding,
			&op.DepthwiseConv2dNativeBackpropInputAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
	}
	return op.Conv2DBackpropInput(s, sizes, w, dy, c.strides, c.padding,
		&op.Conv2DBackpropInputAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
}

func (c conv) backFilter(s *tf.Scope, x, sizes, dy tf.Output) tf.Output {
	if c.depthwise {
		return op.DepthwiseConv2dNativeBackpropFilter(s, x, sizes, dy, c.strides, c.padding,
			&op.DepthwiseConv2dNativeBackpropFilterAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
	}
	return op.Conv2DBackpropFilter(s, x, sizes, dy, c.strides, c.padding,
		&op.Conv2DBackpropFilterAttrs{ExplicitPaddings: c.explicit, DataFormat: c.format, Dilations: c.dilations})
}

// convolution is an operation that is linear in its input and in its filter.
type convolution interface {
	forward(s *tf.Scope, x, w tf.Output) tf.Output
	input(s *tf.Scope, x, w, dy tf.Output) tf.Output  // the gradient by an input shaped like x
	filter(s *tf.Scope, x, w, dy tf.Output) tf.Output // the gradient by a filter shaped like w
}

func plainConv(o tf.Op) convolution { return convOf(o, false) }

func depthwiseConv(o tf.Op) convolution { return convOf(o, true) }

// convRule: the convolution takes x and a filter.
func convRule(of func(o tf.Op) convolution) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		c, x, w := of(o), o.Input(0), o.Input(1)
		dx := make([]tf.Output, 2)
		if need[0] {
			dx[0] = c.input(s, x, w, dy[0])
		}
		if need[1] {
			dx[1] = c.filter(s, x, w, dy[0])
		}
		return dx
	}
}

// convInputRule: the gradient by the input takes sizes, filter and dy.
func convInputRule(of func(o tf.Op) convolution) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		c, w, dy := of(o), o.Input(1), o.Input(2)
		dx := make([]tf.Output, 3)
		if need[1] {
			dx[1] = c.filter(s, g[0], w, dy)
		}
		if need[2] {
			dx[2] = c.forward(s, g[0], w)
		}
		return dx
	}
}

// convFilterRule: the gradient by the filter takes x, sizes and dy.
func convFilterRule(of func(o tf.Op) convolution) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		c, x, dy := of(o), o.Input(0), o.Input(2)
		dx := make([]tf.Output, 3)
		if need[0] {
			dx[0] = c.input(s, x, g[0], dy)
		}
		if need[2] {
			dx[2] = c.forward(s, x, g[0])
		}
		return dx
	}
}
