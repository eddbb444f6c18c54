package grad_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	for _, kind := range []string{"plain", "corners", "centers"} {
		for _, size := range []string{"up", "down", "one", "to_one"} {
			betterThanPython["ResizeBilinear/"+kind+"/"+size+"/ddy0"] = "dy in the gradient"
		}
	}
	betterThanPython["ResizeBilinear/float64/ddy0"] = "dy in the gradient"
	for _, name := range []string{"bilinear", "nearest", "reflect", "wrap", "edge", "edge_nearest", "move"} {
		for _, version := range []string{"V2", "V3"} {
			c := "ImageProjectiveTransform" + version + "/" + name
			kinks[c] = "TestWarp has steps that are small enough"
			if name != "move" { // elsewhere Python warps by the inverse, which is not the transpose
				betterThanPython[c+"/dx0"] = "the images"
				betterThanPython[c+"/ddy0"] = "dy in the gradient"
			}
			betterThanPython[c+"/dx1"] = "the transforms"
			betterThanPython[c+"/ddx1"] = "the transforms"
			betterThanPython[c+"/dx3"] = "the fill value"
		}
	}
	for _, kernel := range []string{"lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"} {
		for _, name := range []string{"up", "down", "alias"} {
			kinks["ScaleAndTranslate/"+kernel+"/"+name] = "no gradient by scale and translation; TestScale has that by the images"
		}
	}
	maps.Copy(kinks, map[string]string{
		"RGBToHSV/ties":               "all are right",
		"CropAndResize/nearest":       "the boxes have the gradient of the other method",
		"CropAndResize/extrapolation": "single precision", "ResizeBilinear/float64": "single precision", "ResizeBicubic/float64": "single precision",
	})
}

// checkSingle checks f, and its gradient, by differences in float32, at random
// values between 0 and 1.
func checkSingle(t *testing.T, f func(s *tf.Scope, x []tf.Output) tf.Output, shapes ...tf.Shape) {
	t.Helper()
	inBothModes(t, func(t *testing.T, l lab) { checkSingleIn(t, l, f, shapes...) })
}

func checkSingleIn(t *testing.T, l lab, f func(s *tf.Scope, x []tf.Output) tf.Output, shapes ...tf.Shape) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var xs []tf.Output
	for _, shape := range shapes {
		v := make([]float32, shape.NumElements())
		for i := range v {
			v[i] = r.Float32()
		}
		xs = append(xs, tf.Const(l.Scope, v, shape...))
	}
	if err := grad.Check(l.Scope, f, xs...); err != nil {
		t.Fatal(err)
	}
	if err := grad.Check(l.Scope, derivative(f), xs...); err != nil {
		t.Fatalf("second order: %v", err)
	}
}

// TestWarp checks warps by images, transforms and fill value.
func TestWarp(t *testing.T) {
	turn := []float32{0.9, -0.27, 1.13, 0.31, 0.87, -0.66, 0.011, -0.023}
	far := []float32{1.7, 0.23, -3.31, -0.19, 2.1, -4.43, 0.01, 0.02}
	for _, interpolation := range []string{"BILINEAR", "NEAREST"} {
		for mode, at := range map[string][]float32{"CONSTANT": turn, "REFLECT": far, "WRAP": far, "NEAREST": far} {
			t.Run(interpolation+" "+mode, func(t *testing.T) {
				checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
					// transforms move by so little that no pixel comes on another
					small := tf.Const(s, []float32{1e-3, 1e-3, 1e-2, 1e-3, 1e-3, 1e-2, 1e-4, 1e-4})
					transforms := op.AddV2(s, tf.Const(s, at, 1, 8), op.Mul(s, x[1], small))
					return op.ImageProjectiveTransformV3(s, x[0], transforms, tf.Const(s, []int32{4, 5}), x[2], interpolation,
						&op.ImageProjectiveTransformV3Attrs{FillMode: mode})
				}, tf.Shape{2, 5, 6, 1}, tf.Shape{1, 8}, tf.Shape{})
			})
		}
	}
}

func TestScale(t *testing.T) {
	for _, kernel := range []string{"lanczos1", "lanczos3", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"} {
		for _, antialias := range []bool{false, true} {
			t.Run(kernel, func(t *testing.T) {
				checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
					return op.ScaleAndTranslate(s, x[0], tf.Const(s, []int32{4, 3}), tf.Const(s, []float32{0.6, 1.3}), tf.Const(s, []float32{0.3, -0.2}),
						&op.ScaleAndTranslateAttrs{KernelType: kernel, Antialias: &antialias})
				}, tf.Shape{1, 6, 3, 2})
			})
		}
	}
}

// TestCropBoxes checks second order by the boxes, which Python has not.
func TestCropBoxes(t *testing.T) {
	boxes := []float32{0.1, 0.22, 0.83, 0.81, 0.9, 0.1, 0.15, 0.64, 0.33, 0.43, 0.33, 0.43}
	for _, size := range [][]int32{{3, 4}, {1, 1}} {
		checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
			at := op.AddV2(s, tf.Const(s, boxes, 3, 4), times(s, x[1], 1e-2))
			return op.CropAndResize(s, x[0], at, tf.Const(s, []int32{1, 0, 1}), tf.Const(s, size), nil)
		}, tf.Shape{2, 5, 6, 1}, tf.Shape{3, 4})
	}
}

func times(s *tf.Scope, x tf.Output, v float32) tf.Output { return op.Mul(s, x, tf.ConstScalar(s, v)) }

// TestHalfImages: the kernels of some gradients know float32 and float64 only.
func TestHalfImages(t *testing.T) {
	checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
		half := op.Mul(s, op.ZerosLike(s, op.Cast(s, x[0], tf.Float16, nil)), op.Cast(s, x[0], tf.Float16, nil))
		size := tf.Const(s, []int32{3, 3})
		y := op.ResizeBicubic(s, half, size, nil)
		return op.AddN(s, []tf.Output{op.ResizeBilinear(s, x[0], size, nil), op.ResizeBilinear(s, half, size, nil), y})
	}, tf.Shape{1, 2, 3, 1})
}
