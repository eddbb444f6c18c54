package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// sliceGrad pads with zeros what was cut off.
func sliceGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, begin := o.Input(0), o.Input(1)
	in, out := x.Shape(), o.Output(0).Shape()
	if in.Known() && out.Known() {
		if from, ok := constInts(begin); ok {
			var pads []int64
			for i, b := range from {
				pads = append(pads, b, in[i]-b-out[i])
			}
			return op.Pad(s, dy, matrix(s, pads))
		}
	}
	as := &op.ShapeAttrs{OutType: begin.DType()}
	after := op.Sub(s, op.Sub(s, op.Shape(s, x, as), op.Shape(s, dy, as)), begin)
	return op.Pad(s, dy, op.Pack(s, []tf.Output{begin, after}, &op.PackAttrs{Axis: 1}))
}

// matrix is a constant of pairs: [n, 2].
func matrix(s *tf.Scope, pairs []int64) tf.Output {
	return tf.Const(s, narrow(pairs), int64(len(pairs)/2), 2)
}

// padRule serves Pad and PadV2, whose constant takes part where it was put.
func padRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	x, pads, g := o.Input(0), o.Input(1), dy[0]
	var inner tf.Output
	in := x.Shape()
	if v, ok := constInts(pads); ok && in.Known() {
		before := make([]int64, len(in))
		for i := range before {
			before[i] = v[2*i]
		}
		inner = op.Slice(s, g, ints(s, before...), ints(s, in...))
	} else {
		size := op.Shape(s, x, &op.ShapeAttrs{OutType: pads.DType()})
		before := op.Unpack(s, pads, 2, &op.UnpackAttrs{Axis: 1})
		if before == nil {
			return nil
		}
		inner = op.Slice(s, g, before[0], size)
	}
	dx := []tf.Output{inner, {}, {}}[:o.NumInputs()]
	if len(dx) == 3 && need[2] {
		dx[2] = op.Sub(s, sumAll(s, g), sumAll(s, inner))
	}
	return dx
}

func mirrorPadGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MirrorPadGrad(s, dy, o.Input(1), o.AttrString("mode"))
}

func mirrorPadGradGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MirrorPad(s, dy, o.Input(1), o.AttrString("mode"))
}

// strided are the attributes of o that say how to slice.
func strided(o tf.Op) op.StridedSliceAttrs {
	return op.StridedSliceAttrs{
		BeginMask: o.AttrInt("begin_mask"), EndMask: o.AttrInt("end_mask"), EllipsisMask: o.AttrInt("ellipsis_mask"),
		NewAxisMask: o.AttrInt("new_axis_mask"), ShrinkAxisMask: o.AttrInt("shrink_axis_mask"),
	}
}

func stridedSliceGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, begin := o.Input(0), o.Input(1)
	shape := op.Shape(s, x, &op.ShapeAttrs{OutType: begin.DType()})
	as := op.StridedSliceGradAttrs(strided(o))
	return op.StridedSliceGrad(s, shape, begin, o.Input(2), o.Input(3), dy, &as)
}

// stridedSliceGradRule: the slice itself.
func stridedSliceGradRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	as := strided(o)
	return []tf.Output{{}, {}, {}, {}, op.StridedSlice(s, dy[0], o.Input(1), o.Input(2), o.Input(3), &as)}
}

// spaceToBatchGrad and batchToSpaceGrad undo each other.
func spaceToBatchGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.BatchToSpaceND(s, dy, o.Input(1), o.Input(2))
}

func batchToSpaceGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.SpaceToBatchND(s, dy, o.Input(1), o.Input(2))
}
