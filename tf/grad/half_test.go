package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// A halfCase is an operation that runs in types of 16 bits.
type halfCase struct {
	name     string
	in       []tf.Shape
	types    []tf.DType
	f        func(s *tf.Scope, x []tf.Output) tf.Output
	noSecond bool
}

// TestHalf compares first and second gradients in half precision and bfloat16
// with those in single precision, for kernels that have few types.
func TestHalf(t *testing.T) {
	for _, c := range halfCases() {
		for _, d := range c.types {
			t.Run(c.name+"/"+d.String(), func(t *testing.T) {
				inBothModes(t, func(t *testing.T, l lab) {
					want := l.fetch(c.gradients(t, l, tf.Float32)...)
					for i, got := range l.fetch(c.gradients(t, l, d)...) {
						near(t, "gradient", got, want[i], map[tf.DType]float64{tf.Float16: 4e-3, tf.BFloat16: 4e-2}[d])
					}
				})
			})
		}
	}
}

// gradients are those of first and second order, where f runs in type d.
func (c halfCase) gradients(t *testing.T, l lab, d tf.DType) []tf.Output {
	var xs []tf.Output
	for k, shape := range c.in {
		v := make([]float32, shape.NumElements())
		for i := range v { // apart from each other, and the same in all types
			v[i] = float32((i*7+3*k)%16)/8 - 0.9375
		}
		xs = append(xs, tf.Const(l.Scope, v, shape...))
	}
	f := func(s *tf.Scope, xs []tf.Output) tf.Output {
		in := make([]tf.Output, len(xs))
		for i, x := range xs {
			in[i] = op.Cast(s, x, d, nil)
		}
		return op.Cast(s, c.f(s, in), tf.Float32, nil)
	}
	all := []tf.Output{derivative(f)(l.Scope, xs)}
	if c.noSecond {
		return all
	}
	if l.Eager() {
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(xs...)
		return append(all, tape.Gradient(derivative(f)(s, xs), xs...)...)
	}
	return append(all, grad.Gradients(l.Scope, []tf.Output{derivative(f)(l.Scope, xs)}, xs, nil)...)
}

func halfCases() []halfCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	half, brain, both := []tf.DType{tf.Float16}, []tf.DType{tf.BFloat16}, []tf.DType{tf.Float16, tf.BFloat16}
	one, two := []int64{1, 1, 1, 1}, []int64{1, 2, 2, 1}
	volume := []int64{1, 1, 1, 1, 1}
	size := func(s S) O { return tf.Const(s, []int32{3, 5}) }
	image, filter := tf.Shape{1, 4, 3, 2}, tf.Shape{2, 2, 2, 2}
	return []halfCase{
		{"Conv2D", []tf.Shape{image, filter}, both, func(s S, x X) O { return op.Conv2D(s, x[0], x[1], one, "SAME", nil) }, false},
		{"Conv2D/dilated", []tf.Shape{image, filter}, both, func(s S, x X) O {
			return op.Conv2D(s, x[0], x[1], one, "SAME", &op.Conv2DAttrs{Dilations: two})
		}, false},
		{"DepthwiseConv2dNative", []tf.Shape{image, filter}, both, func(s S, x X) O {
			return op.DepthwiseConv2dNative(s, x[0], x[1], one, "VALID", nil)
		}, false},
		{"Conv3D", []tf.Shape{{1, 3, 3, 2, 2}, {2, 2, 1, 2, 2}}, both, func(s S, x X) O {
			return op.Conv3D(s, x[0], x[1], volume, "SAME", nil)
		}, false},
		{"MaxPool3D", []tf.Shape{{1, 2, 4, 2, 1}}, brain, func(s S, x X) O {
			return op.MaxPool3D(s, x[0], []int64{1, 2, 2, 2, 1}, volume, "VALID", nil)
		}, false},
		{"AvgPool3D", []tf.Shape{{1, 2, 4, 2, 1}}, brain, func(s S, x X) O {
			return op.AvgPool3D(s, x[0], []int64{1, 2, 2, 2, 1}, volume, "VALID", nil)
		}, false},
		{"MaxPoolWithArgmax", []tf.Shape{{1, 4, 4, 1}}, both, func(s S, x X) O {
			y, _ := op.MaxPoolWithArgmax(s, x[0], two, two, "VALID", nil)
			return y
		}, false},
		{"Dilation2D", []tf.Shape{{1, 4, 4, 1}, {2, 2, 1}}, both, func(s S, x X) O {
			return op.Dilation2D(s, x[0], op.Mul(s, x[1], op.Cast(s, tf.ConstScalar(s, float32(1./64)), x[1].DType(), nil)), one, one, "SAME")
		}, false},
		{"ExtractImagePatches", []tf.Shape{image}, both, func(s S, x X) O {
			return op.ExtractImagePatches(s, x[0], two, one, one, "SAME")
		}, false},
		{"FusedBatchNormV2", []tf.Shape{image}, both, func(s S, x X) O {
			scale := tf.Const(s, []float32{1, 2})
			y, _, _, _, _ := op.FusedBatchNormV2(s, x[0], scale, scale, tf.Const(s, []float32{}), tf.Const(s, []float32{}), nil)
			return op.Mul(s, y, x[0])
		}, false},
		{"LRN", []tf.Shape{image}, half, func(s S, x X) O { return op.LRN(s, x[0], nil) }, false},
		{"ResizeBilinear", []tf.Shape{image}, both, func(s S, x X) O { return op.ResizeBilinear(s, x[0], size(s), nil) }, false},
		{"ResizeBicubic", []tf.Shape{image}, both, func(s S, x X) O { return op.ResizeBicubic(s, x[0], size(s), nil) }, false},
		{"ResizeNearestNeighbor", []tf.Shape{image}, both, func(s S, x X) O { return op.ResizeNearestNeighbor(s, x[0], size(s), nil) }, false},
		{"ScaleAndTranslate", []tf.Shape{image}, both, func(s S, x X) O {
			return op.ScaleAndTranslate(s, x[0], size(s), tf.Const(s, []float32{1.5, 0.7}), tf.Const(s, []float32{0, 0.25}), nil)
		}, false},
		{"CropAndResize", []tf.Shape{image}, half, func(s S, x X) O {
			return op.CropAndResize(s, x[0], tf.Const(s, []float32{0.1, 0.2, 0.9, 0.7}, 1, 4), tf.Const(s, []int32{0}), size(s), nil)
		}, false},
		{"ImageProjectiveTransformV3", []tf.Shape{image}, both, func(s S, x X) O {
			turn := tf.Const(s, []float32{0.9, -0.27, 1.13, 0.31, 0.87, -0.66, 0.011, -0.023}, 1, 8)
			return op.ImageProjectiveTransformV3(s, x[0], turn, size(s), tf.ConstScalar(s, float32(0)), "BILINEAR", nil)
		}, false},
		{"RGBToHSV", []tf.Shape{{2, 3}}, both, func(s S, x X) O {
			return op.RGBToHSV(s, op.AddV2(s, x[0], op.OnesLike(s, x[0])))
		}, true},
		{"LSTMBlockCell", []tf.Shape{{1, 2}, {4, 8}, {8}}, half, func(s S, x X) O {
			zero := op.ZerosLike(s, x[0])
			none := op.Reshape(s, zero, tf.Const(s, []int32{2}))
			_, _, _, _, _, _, h := op.LSTMBlockCell(s, x[0], zero, zero, x[1], none, none, none, x[2], nil)
			return h
		}, true},
		{"BlockLSTMV2", []tf.Shape{{2, 1, 2}, {4, 8}, {8}}, half, func(s S, x X) O {
			none := op.ZerosLike(s, op.Slice(s, x[2], tf.Const(s, []int32{0}), tf.Const(s, []int32{2})))
			start := op.Reshape(s, none, tf.Const(s, []int32{1, 2}))
			_, _, _, _, _, _, h := op.BlockLSTMV2(s, tf.ConstScalar(s, int64(2)), x[0], start, start, x[1], none, none, none, x[2], nil)
			return h
		}, true},
	}
}
