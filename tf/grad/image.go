package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// imageRules are the gradients of resizing, warping and colour operations.
func imageRules() map[string]rule {
	return map[string]rule{
		"ResizeBilinear":            first(bilinearGrad),
		"ResizeBilinearGrad":        first(bilinearGradGrad),
		"ResizeBicubic":             first(bicubicGrad),
		"ResizeBicubicGrad":         first(bicubicGradGrad),
		"ResizeNearestNeighbor":     first(nearestGrad),
		"ResizeNearestNeighborGrad": first(nearestGradGrad),
		"ScaleAndTranslate":         first(scaleAndTranslateGrad),
		"ScaleAndTranslateGrad":     first(scaleAndTranslateGradGrad),

		// crop.go
		"CropAndResize":          cropRule,
		"CropAndResizeGradImage": cropImageRule,
		"CropAndResizeGradBoxes": cropBoxesRule,

		// projective.go, colour.go
		"ImageProjectiveTransformV2": projectiveRule,
		"ImageProjectiveTransformV3": projectiveRule,
		"RGBToHSV":                   first(rgbToHSVGrad),
	}
}

// sizeOf is the height and width of images.
func sizeOf(s *tf.Scope, images tf.Output) tf.Output {
	return op.Slice(s, shapeOf(s, images), ints(s, 1), ints(s, 2))
}

// inTypeOf is x in the type of like.
func inTypeOf(s *tf.Scope, x, like tf.Output) tf.Output {
	if d := like.DType(); x.DType() != d {
		return op.Cast(s, x, d, nil)
	}
	return x
}

// The gradient of resizing is linear in dy, and resizing is its gradient.

func bilinearGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.ResizeBilinearGrad(s, dy, o.Input(0),
		&op.ResizeBilinearGradAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
}

func bilinearGradGrad(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
	return op.ResizeBilinear(s, g, sizeOf(s, o.Input(0)),
		&op.ResizeBilinearAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
}

func bicubicGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	at := x
	if d := x.DType(); d != tf.Float32 && d != tf.Float64 { // the kernel takes no other
		at = op.Cast(s, x, tf.Float32, nil)
	}
	dx := op.ResizeBicubicGrad(s, dy, at,
		&op.ResizeBicubicGradAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
	return inTypeOf(s, dx, x)
}

func bicubicGradGrad(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
	return op.ResizeBicubic(s, g, sizeOf(s, o.Input(0)),
		&op.ResizeBicubicAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
}

func nearestGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.ResizeNearestNeighborGrad(s, dy, sizeOf(s, o.Input(0)),
		&op.ResizeNearestNeighborGradAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
}

func nearestGradGrad(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
	return op.ResizeNearestNeighbor(s, g, sizeOf(s, o.Input(0)),
		&op.ResizeNearestNeighborAttrs{AlignCorners: o.AttrBool("align_corners"), HalfPixelCenters: o.AttrBool("half_pixel_centers")})
}

// scaleAndTranslateGrad is for the images; scale and translation have none.
func scaleAndTranslateGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	antialias, x := o.AttrBool("antialias"), o.Input(0)
	dx := op.ScaleAndTranslateGrad(s, dy, inTypeOf(s, x, dy), o.Input(2), o.Input(3),
		&op.ScaleAndTranslateGradAttrs{KernelType: o.AttrString("kernel_type"), Antialias: &antialias})
	return inTypeOf(s, dx, x)
}

func scaleAndTranslateGradGrad(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
	antialias := o.AttrBool("antialias")
	return op.ScaleAndTranslate(s, g, sizeOf(s, o.Input(0)), o.Input(2), o.Input(3),
		&op.ScaleAndTranslateAttrs{KernelType: o.AttrString("kernel_type"), Antialias: &antialias})
}
