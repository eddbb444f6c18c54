package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// activationRules are the activations with fused gradients g(dy, x) or
// g(dy, y), and the gradients of those.
func activationRules() map[string]rule {
	return map[string]rule{
		"Relu":      first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.ReluGrad(s, dy, o.Output(0)) }),
		"Relu6":     first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.Relu6Grad(s, dy, o.Output(0)) }),
		"Elu":       first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.EluGrad(s, dy, o.Output(0)) }),
		"Selu":      first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.SeluGrad(s, dy, o.Output(0)) }),
		"Softplus":  first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.SoftplusGrad(s, dy, o.Input(0)) }),
		"Softsign":  first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.SoftsignGrad(s, dy, o.Input(0)) }),
		"LeakyRelu": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return leakyReluGrad(s, o, dy, o.Input(0)) }),

		"ReluGrad":  flatGrad(func(s *tf.Scope, _ tf.Op, g, x tf.Output) tf.Output { return op.ReluGrad(s, g, x) }),
		"Relu6Grad": flatGrad(func(s *tf.Scope, _ tf.Op, g, x tf.Output) tf.Output { return op.Relu6Grad(s, g, x) }),
		"LeakyReluGrad": flatGrad(func(s *tf.Scope, o tf.Op, g, x tf.Output) tf.Output {
			return leakyReluGrad(s, o, g, x)
		}),
		"EluGrad":      curvedGrad(op.EluGrad, belowZero),
		"SeluGrad":     curvedGrad(op.SeluGrad, belowZero),
		"SoftplusGrad": curvedGrad(op.SoftplusGrad, softplusCurve),
		"SoftsignGrad": curvedGrad(op.SoftsignGrad, softsignCurve),
	}
}

func leakyReluGrad(s *tf.Scope, o tf.Op, g, x tf.Output) tf.Output {
	alpha := o.AttrFloat("alpha")
	return op.LeakyReluGrad(s, g, x, &op.LeakyReluGradAttrs{Alpha: &alpha})
}

// flatGrad is the rule of f(dy, x), linear in dy and piecewise constant in x.
func flatGrad(f func(s *tf.Scope, o tf.Op, g, x tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		x := o.Input(1)
		dx := make([]tf.Output, 2)
		if need[0] {
			dx[0] = f(s, o, g[0], x)
		}
		if need[1] {
			dx[1] = op.ZerosLike(s, x)
		}
		return dx
	}
}

// curvedGrad is the rule of f(dy, x), linear in dy; dfdx is the derivative by
// x, times g.
func curvedGrad(f func(s *tf.Scope, dy, x tf.Output) tf.Output, dfdx func(s *tf.Scope, dy, x, g tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
		dy, x := o.Input(0), o.Input(1)
		dx := make([]tf.Output, 2)
		if need[0] {
			dx[0] = f(s, g[0], x)
		}
		if need[1] {
			dx[1] = dfdx(s, dy, x, g[0])
		}
		return dx
	}
}

// belowZero: f = dy*(y+c) where y < 0, else dy times a constant.
func belowZero(s *tf.Scope, dy, y, g tf.Output) tf.Output {
	zero := number(s, y, 0)
	return op.SelectV2(s, op.Less(s, y, zero), op.Mul(s, g, dy), zero)
}

// softplusCurve: f = dy*sigmoid(x).
func softplusCurve(s *tf.Scope, dy, x, g tf.Output) tf.Output {
	both := op.AddV2(s, op.Exp(s, x), op.Exp(s, op.Neg(s, x)))
	return op.RealDiv(s, op.Mul(s, g, dy), op.AddV2(s, both, number(s, x, 2)))
}

// softsignCurve: f = dy/(1+|x|)^2.
func softsignCurve(s *tf.Scope, dy, x, g tf.Output) tf.Output {
	base := op.AddV2(s, number(s, x, 1), op.Abs(s, x))
	slope := op.RealDiv(s, times(s, op.Sign(s, x), -2), op.Mul(s, base, op.Square(s, base)))
	return op.Mul(s, op.Mul(s, g, dy), slope)
}

// softmaxGrad: (dy - sum(dy*y))*y, over the last axis.
func softmaxGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return throughSoftmax(s, o.Output(0), dy)
}

func throughSoftmax(s *tf.Scope, y, dy tf.Output) tf.Output {
	return op.Mul(s, op.Sub(s, dy, sumLast(s, op.Mul(s, dy, y))), y)
}

func sumLast(s *tf.Scope, x tf.Output) tf.Output {
	return op.Sum(s, x, ints(s, -1), &op.SumAttrs{KeepDims: true})
}

// logSoftmaxGrad: dy - sum(dy)*exp(y), over the last axis.
func logSoftmaxGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.Sub(s, dy, op.Mul(s, sumLast(s, dy), op.Exp(s, o.Output(0))))
}
