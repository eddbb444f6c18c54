package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// normRules are the gradients of older kinds of normalization.
func normRules() map[string]rule {
	return map[string]rule{
		"FusedBatchNorm":       batchNormRule,
		"FusedBatchNormV2":     batchNormRule,
		"FusedBatchNormGrad":   batchNormGradRule,
		"FusedBatchNormGradV2": batchNormGradRule,

		"BatchNormWithGlobalNormalization": globalNormRule,
		"LRN":                              first(lrnGrad),
		"LRNGrad":                          lrnGradRule,
	}
}

// globalNormRule: (x - mean)/sqrt(variance + epsilon), times gamma if that is
// wanted, plus beta. TensorFlow keeps the operation for old graphs only.
func globalNormRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	epsilon, scaled := float64(o.AttrFloat("variance_epsilon")), o.AttrBool("scale_after_normalization")
	return throughFormula(s, o.Inputs(), dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
		x, mean, variance, beta, gamma := in[0], in[1], in[2], in[3], in[4]
		scale := op.Rsqrt(s, op.AddV2(s, variance, number(s, variance, epsilon)))
		if scaled {
			scale = op.Mul(s, scale, gamma)
		}
		return []tf.Output{op.AddV2(s, op.Mul(s, op.Sub(s, x, mean), scale), beta)}
	})
}

// lrn is normalization by the channels near each: with S the sum over those at
// most radius away,
//
//	y = x * (bias + alpha*S(x^2))^-beta
type lrn struct {
	radius            int64
	bias, alpha, beta float32
}

func lrnOf(o tf.Op) lrn {
	return lrn{o.AttrInt("depth_radius"), o.AttrFloat("bias"), o.AttrFloat("alpha"), o.AttrFloat("beta")}
}

func (n lrn) forward(s *tf.Scope, x tf.Output) tf.Output {
	channels := op.Slice(s, op.Shape(s, x, nil), ints(s, 3), ints(s, 1))
	join := func(a, b tf.Output) tf.Output { return op.ConcatV2(s, []tf.Output{a, b}, int32Scalar(s, 0)) }
	radius := op.Minimum(s, int32Scalar(s, int(n.radius)), op.Reshape(s, channels, ints(s)))
	near := op.MatrixBandPart(s, op.Fill(s, join(channels, channels), number(s, x, 1)), radius, radius)
	squares := op.Reshape(s, op.Square(s, x), join(ints(s, -1), channels))
	sums := reshapeLike(s, op.MatMul(s, squares, near, nil), x)
	base := op.AddV2(s, times(s, sums, float64(n.alpha)), number(s, x, float64(n.bias)))
	return op.Mul(s, x, op.Pow(s, base, number(s, x, -float64(n.beta))))
}

func lrnGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	n := lrnOf(o)
	return op.LRNGrad(s, dy, o.Input(0), o.Output(0), &op.LRNGradAttrs{DepthRadius: &n.radius, Bias: &n.bias, Alpha: &n.alpha, Beta: &n.beta})
}

// lrnGradRule: the kernel takes dy, x and y.
func lrnGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	n, dy, x := lrnOf(o), o.Input(0), o.Input(1)
	d := throughGradient(s, []tf.Output{x}, []tf.Output{dy}, g, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{n.forward(s, in[0])}
	})
	return []tf.Output{d[1], d[0]}
}

// throughGradient differentiates the gradient of f, a function of xs: it gives
// the gradients by xs and by dys of what a fused gradient computes. g are the
// gradients of its results, one for each of xs.
func throughGradient(s *tf.Scope, xs, dys, g []tf.Output, f func(s *tf.Scope, xs []tf.Output) []tf.Output) []tf.Output {
	n := len(xs)
	all := append(append([]tf.Output(nil), xs...), dys...)
	return throughFormula(s, all, g, func(s *tf.Scope, in []tf.Output) []tf.Output {
		dxs := throughFormula(s, in[:n], in[n:], f)
		for i := range dxs {
			if dxs[i].IsNil() {
				dxs[i] = op.ZerosLike(s, in[i])
			}
		}
		return dxs
	})
}
