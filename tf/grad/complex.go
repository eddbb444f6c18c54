package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// The gradient of a real L by z = a + ib is dL/da + i dL/db. So where y = f(z)
// has a complex derivative, dz = dy * conj(f'(z)).

// complexRules are the gradients of operations between real and complex numbers.
func complexRules() map[string]rule {
	return map[string]rule{
		"Complex":            complexRule,
		"Real":               first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return withParts(s, dy, zeroLike(s, dy)) }),
		"Imag":               first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return withParts(s, zeroLike(s, dy), dy) }),
		"Conj":               first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return conj(s, dy) }),
		"ComplexAbs":         first(complexAbsGrad),
		"Angle":              first(angleGrad),
		"Sign":               first(signGrad),
		"ConjugateTranspose": first(conjugateTransposeGrad),
	}
}

// conj is the complex conjugate; real numbers stay as they are.
func conj(s *tf.Scope, x tf.Output) tf.Output {
	if x.DType().IsComplex() {
		return op.Conj(s, x)
	}
	return x
}

func zeroLike(s *tf.Scope, x tf.Output) tf.Output { return number(s, x, 0) }

// withParts is re + i*im.
func withParts(s *tf.Scope, re, im tf.Output) tf.Output {
	return op.Complex(s, re, im, &op.ComplexAttrs{Tout: complexOf(re.DType())})
}

// toComplex is x as a complex number, if it is real.
func toComplex(s *tf.Scope, x tf.Output) tf.Output { return withParts(s, x, zeroLike(s, x)) }

func realPart(s *tf.Scope, z tf.Output) tf.Output {
	return op.Real(s, z, &op.RealAttrs{Tout: realOf(z.DType())})
}

func imagPart(s *tf.Scope, z tf.Output) tf.Output {
	return op.Imag(s, z, &op.ImagAttrs{Tout: realOf(z.DType())})
}

// complexOf is the type of complex numbers with parts of type d.
func complexOf(d tf.DType) tf.DType {
	if d == tf.Float64 {
		return tf.Complex128
	}
	return tf.Complex64
}

// realOf is the type of the parts of complex numbers of type d.
func realOf(d tf.DType) tf.DType {
	if d == tf.Complex128 {
		return tf.Float64
	}
	return tf.Float32
}

func complexRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	re, im := o.Input(0), o.Input(1)
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = sumTo(s, realPart(s, dy[0]), re, im)
	}
	if need[1] {
		dx[1] = sumTo(s, imagPart(s, dy[0]), im, re)
	}
	return dx
}

// complexAbsGrad: dy * z/|z|, 0 where z is.
func complexAbsGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.Mul(s, toComplex(s, dy), op.DivNoNan(s, o.Input(0), toComplex(s, o.Output(0))))
}

// angleGrad: the angle grows at right angles to z, by 1/|z|: dy * iz/|z|^2,
// which is i*dy / conj(z).
func angleGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.RealDiv(s, withParts(s, zeroLike(s, dy), dy), conj(s, o.Input(0)))
}

// signGrad: that of a complex number, z/|z|, turns with the angle of z and keeps
// its length, so the part of dy along it counts for nothing.
func signGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	z, y := o.Input(0), o.Output(0)
	if !z.DType().IsComplex() {
		return op.ZerosLike(s, dy)
	}
	across := imagPart(s, op.Mul(s, dy, conj(s, y)))
	turn := op.Mul(s, y, withParts(s, zeroLike(s, across), across))
	abs := op.ComplexAbs(s, z, &op.ComplexAbsAttrs{Tout: realOf(z.DType())})
	return op.DivNoNan(s, turn, toComplex(s, abs))
}

func conjugateTransposeGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return conj(s, transposeGrad(s, o, dy))
}
