package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// fourierRules are the gradients of Fourier transforms.
func fourierRules() map[string]rule {
	return map[string]rule{
		"FFT":    first(fourierGrad(op.FFT)),
		"FFT2D":  first(fourierGrad(op.FFT2D)),
		"FFT3D":  first(fourierGrad(op.FFT3D)),
		"IFFT":   first(fourierGrad(op.IFFT)),
		"IFFT2D": first(fourierGrad(op.IFFT2D)),
		"IFFT3D": first(fourierGrad(op.IFFT3D)),

		"RFFT":    first(realFourierGrad),
		"RFFT2D":  first(realFourierGrad),
		"RFFT3D":  first(realFourierGrad),
		"IRFFT":   first(inverseRealFourierGrad),
		"IRFFT2D": first(inverseRealFourierGrad),
		"IRFFT3D": first(inverseRealFourierGrad),
	}
}

// fourierGrad: a transform is a symmetric matrix F, so Fᴴ*dy = conj(F*conj(dy)).
func fourierGrad(f func(s *tf.Scope, x tf.Output) tf.Output) func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return conj(s, f(s, conj(s, dy))) }
}

// rfft and irfft are the transforms of real numbers of as many dimensions as o's.
func rfft(s *tf.Scope, o tf.Op, x, length tf.Output) tf.Output {
	d := complexOf(x.DType())
	switch o.Type() {
	case "RFFT", "IRFFT":
		return op.RFFT(s, x, length, &op.RFFTAttrs{Tcomplex: d})
	case "RFFT2D", "IRFFT2D":
		return op.RFFT2D(s, x, length, &op.RFFT2DAttrs{Tcomplex: d})
	default:
		return op.RFFT3D(s, x, length, &op.RFFT3DAttrs{Tcomplex: d})
	}
}

func irfft(s *tf.Scope, o tf.Op, x, length tf.Output) tf.Output {
	d := realOf(x.DType())
	switch o.Type() {
	case "RFFT", "IRFFT":
		return op.IRFFT(s, x, length, &op.IRFFTAttrs{Treal: d})
	case "RFFT2D", "IRFFT2D":
		return op.IRFFT2D(s, x, length, &op.IRFFT2DAttrs{Treal: d})
	default:
		return op.IRFFT3D(s, x, length, &op.IRFFT3DAttrs{Treal: d})
	}
}

// weighted multiplies a half spectrum with a along its last axis, but for the
// first element, and the middle one of an even length, which stand for one
// element of the whole spectrum and not for two.
func weighted(s *tf.Scope, half, length tf.Output, a float64) tf.Output {
	zero, one := int32Scalar(s, 0), int32Scalar(s, 1)
	n := op.GatherV2(s, length, op.Sub(s, op.Size(s, length, nil), one), zero, nil)
	i := op.Range(s, zero, op.AddV2(s, op.FloorDiv(s, n, int32Scalar(s, 2)), one), one)
	single := op.LogicalOr(s, op.Equal(s, i, zero, nil), op.Equal(s, op.AddV2(s, i, i), n, nil))
	return op.Mul(s, half, op.SelectV2(s, single, number(s, half, 1), number(s, half, a)))
}

// points is the number of elements that a transform takes, as one of d.
func points(s *tf.Scope, length tf.Output, d tf.DType) tf.Output {
	return op.Cast(s, op.Prod(s, length, int32Scalar(s, 0), nil), d, nil)
}

// realFourierGrad: a half spectrum's elements count once, while the inverse
// transform takes most of them twice.
func realFourierGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, length := o.Input(0), o.Input(1)
	g := irfft(s, o, weighted(s, dy, length, 0.5), length)
	return padTo(s, op.Mul(s, g, points(s, length, g.DType())), x)
}

func inverseRealFourierGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, length := o.Input(0), o.Input(1)
	g := weighted(s, rfft(s, o, op.RealDiv(s, dy, points(s, length, dy.DType())), length), length, 2)
	return padTo(s, g, x)
}

// padTo gives g zeros for the elements of x that were cut off.
func padTo(s *tf.Scope, g, x tf.Output) tf.Output {
	if sameShape(g, x) {
		return g
	}
	shape := op.Shape(s, g, nil)
	after := op.Sub(s, op.Shape(s, x, nil), shape)
	return op.Pad(s, g, op.Pack(s, []tf.Output{op.ZerosLike(s, shape), after}, &op.PackAttrs{Axis: 1}))
}
