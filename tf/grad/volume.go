package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// volumeRules are the gradients of three-dimensional convolution and patches.
func volumeRules() map[string]rule {
	return map[string]rule{
		"Conv3D":                 conv3Rule,
		"Conv3DBackpropInputV2":  conv3InputRule,
		"Conv3DBackpropFilterV2": conv3FilterRule,

		// patches.go
		"ExtractImagePatches":  first(imagePatchesGrad),
		"ExtractVolumePatches": first(volumePatchesGrad),
	}
}

// conv3 is a three-dimensional convolution; like conv, its three operations are
// each other's gradients.
type conv3 struct {
	strides, dilations []int64
	padding, format    string
}

func conv3Of(o tf.Op) conv3 {
	return conv3{o.AttrInts("strides"), o.AttrInts("dilations"), o.AttrString("padding"), o.AttrString("data_format")}
}

func (c conv3) forward(s *tf.Scope, x, w tf.Output) tf.Output {
	return op.Conv3D(s, x, w, c.strides, c.padding, &op.Conv3DAttrs{DataFormat: c.format, Dilations: c.dilations})
}

func (c conv3) input(s *tf.Scope, x, w, dy tf.Output) tf.Output {
	return op.Conv3DBackpropInputV2(s, shapeOf(s, x), w, dy, c.strides, c.padding,
		&op.Conv3DBackpropInputV2Attrs{DataFormat: c.format, Dilations: c.dilations})
}

func (c conv3) filter(s *tf.Scope, x, w, dy tf.Output) tf.Output {
	return op.Conv3DBackpropFilterV2(s, x, shapeOf(s, w), dy, c.strides, c.padding,
		&op.Conv3DBackpropFilterV2Attrs{DataFormat: c.format, Dilations: c.dilations})
}

// conv3Rule: the convolution takes x and a filter.
func conv3Rule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	c, x, w := conv3Of(o), o.Input(0), o.Input(1)
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = c.input(s, x, w, dy[0])
	}
	if need[1] {
		dx[1] = c.filter(s, x, w, dy[0])
	}
	return dx
}

// conv3InputRule: the gradient by the input takes sizes, filter and dy.
func conv3InputRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	c, w, dy := conv3Of(o), o.Input(1), o.Input(2)
	dx := make([]tf.Output, 3)
	if need[1] {
		dx[1] = c.filter(s, g[0], w, dy)
	}
	if need[2] {
		dx[2] = c.forward(s, g[0], w)
	}
	return dx
}

// conv3FilterRule: the gradient by the filter takes x, sizes and dy.
func conv3FilterRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	c, x, dy := conv3Of(o), o.Input(0), o.Input(2)
	dx := make([]tf.Output, 3)
	if need[0] {
		dx[0] = c.input(s, x, g[0], dy)
	}
	if need[2] {
		dx[2] = c.forward(s, x, g[0])
	}
	return dx
}
