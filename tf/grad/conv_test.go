package grad_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Channels first, and most dilation, run on oneDNN, which TensorFlow uses by itself
// on newer processors only.
func init() {
	if os.Getenv("TF_ENABLE_ONEDNN_OPTS") == "" {
		os.Setenv("TF_ENABLE_ONEDNN_OPTS", "1")
	}
}

// TestConvolutions checks where the gradient kernels fail, or are wrong: those
// of the CPU know neither groups nor dilation in float64, nor either of them, or
// channels first, with explicit padding.
func TestConvolutions(t *testing.T) {
	unit, stride := []int64{1, 1, 1, 1}, []int64{1, 2, 1, 1}
	explicit := []int64{0, 0, 2, 1, 0, 1, 0, 0}
	for _, padding := range []string{"VALID", "SAME", "EXPLICIT"} {
		var pads []int64
		if padding == "EXPLICIT" {
			pads = explicit
		}
		for _, dilations := range [][]int64{unit, {1, 2, 3, 1}} {
			for _, strides := range [][]int64{unit, stride} {
				name := fmt.Sprintf("%s/%v/%v", padding, dilations, strides)
				conv := func(s *tf.Scope, x []tf.Output) tf.Output {
					return op.Conv2D(s, x[0], x[1], strides, padding, &op.Conv2DAttrs{Dilations: dilations, ExplicitPaddings: pads})
				}
				t.Run(name+"/grouped", func(t *testing.T) {
					inBothModes(t, opCase{in: [][]int64{{1, 6, 5, 4}, {2, 2, 2, 4}}, f: conv}.check)
				})
				first := func(v []int64) []int64 { return []int64{1, 1, v[1], v[2]} }
				var firstPads []int64
				if pads != nil {
					firstPads = []int64{0, 0, 0, 0, 2, 1, 0, 1}
				}
				t.Run(name+"/channels first", func(t *testing.T) {
					checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
						return op.Conv2D(s, x[0], x[1], first(strides), padding,
							&op.Conv2DAttrs{Dilations: first(dilations), ExplicitPaddings: firstPads, DataFormat: "NCHW"})
					}, tf.Shape{1, 4, 6, 5}, tf.Shape{2, 2, 2, 2})
				})
				t.Run(name+"/depthwise", func(t *testing.T) {
					checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
						square := []int64{1, strides[1], strides[1], 1} // the kernel takes no other
						return op.DepthwiseConv2dNative(s, x[0], x[1], square, padding,
							&op.DepthwiseConv2dNativeAttrs{Dilations: dilations, ExplicitPaddings: pads})
					}, tf.Shape{1, 6, 5, 2}, tf.Shape{2, 2, 2, 2})
				})
				t.Run(name+"/depthwise channels first", func(t *testing.T) {
					checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
						square := []int64{1, 1, strides[1], strides[1]}
						return op.DepthwiseConv2dNative(s, x[0], x[1], square, padding,
							&op.DepthwiseConv2dNativeAttrs{Dilations: first(dilations), ExplicitPaddings: firstPads, DataFormat: "NCHW"})
					}, tf.Shape{1, 2, 6, 5}, tf.Shape{2, 2, 2, 2})
				})
			}
		}
	}
}

// TestGroupsUnknown: a graph that does not know the channels may have groups.
func TestGroupsUnknown(t *testing.T) {
	l := graphLab(t)
	hide := func(s *tf.Scope, x tf.Output) tf.Output {
		return op.PlaceholderWithDefault(s, x, tf.Shape{-1, -1, -1, -1})
	}
	c := opCase{in: [][]int64{{1, 4, 5, 4}, {2, 2, 2, 4}}, f: func(s *tf.Scope, x []tf.Output) tf.Output {
		return op.Conv2D(s, hide(s, x[0]), hide(s, x[1]), []int64{1, 1, 1, 1}, "SAME", nil)
	}}
	c.check(t, l)
}

// TestTransposed are dilated convolutions the other way, as Conv2DTranspose and
// Conv3DTranspose make them.
func TestTransposed(t *testing.T) {
	for _, padding := range []string{"VALID", "SAME"} {
		t.Run(padding+"/plane", func(t *testing.T) {
			checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
				dy := op.Conv2D(s, x[1], x[0], []int64{1, 1, 1, 1}, padding, &op.Conv2DAttrs{Dilations: []int64{1, 2, 1, 1}})
				return op.Conv2DBackpropInput(s, tf.Const(s, []int32{1, 5, 4, 2}), x[0], dy, []int64{1, 1, 1, 1}, padding,
					&op.Conv2DBackpropInputAttrs{Dilations: []int64{1, 2, 1, 1}})
			}, tf.Shape{2, 2, 2, 3}, tf.Shape{1, 5, 4, 2})
		})
		t.Run(padding+"/filter", func(t *testing.T) {
			checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
				w := tf.Const(s, []float32{1, 2, 3, 4}, 2, 2, 1, 1)
				dy := op.Conv2D(s, x[0], w, []int64{1, 1, 1, 1}, padding, &op.Conv2DAttrs{Dilations: []int64{1, 2, 1, 1}})
				return op.Conv2DBackpropFilter(s, x[0], tf.Const(s, []int32{2, 2, 1, 1}), dy, []int64{1, 1, 1, 1}, padding,
					&op.Conv2DBackpropFilterAttrs{Dilations: []int64{1, 2, 1, 1}})
			}, tf.Shape{1, 5, 4, 1})
		})
		t.Run(padding+"/volume", func(t *testing.T) {
			unit, apart := []int64{1, 1, 1, 1, 1}, []int64{1, 2, 1, 1, 1}
			checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
				dy := op.Conv3D(s, x[1], x[0], unit, padding, &op.Conv3DAttrs{Dilations: apart})
				return op.Conv3DBackpropInputV2(s, tf.Const(s, []int32{1, 4, 3, 2, 1}), x[0], dy, unit, padding,
					&op.Conv3DBackpropInputV2Attrs{Dilations: apart})
			}, tf.Shape{2, 2, 1, 1, 2}, tf.Shape{1, 4, 3, 2, 1})
		})
	}
}
