package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// volumeRules are the gradients of three-dimensional convolution and patches.
func volumeRules() map[string]rule {
	return map[string]rule{
		"Conv3D":                 convRule(conv3Of),
		"Conv3DBackpropInputV2":  convInputRule(conv3Of),
		"Conv3DBackpropFilterV2": convFilterRule(conv3Of),

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

func conv3Of(o tf.Op) convolution {
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
