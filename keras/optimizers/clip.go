package optimizers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// clip limits gradients as the rules say; at most one of the three is set.
func clip(s *tf.Scope, rules *core.OptimizerRules, grads []tf.Output) []tf.Output {
	switch {
	case rules.ClipNorm > 0:
		return each(grads, func(g tf.Output) tf.Output { return clipNorm(s, g, rules.ClipNorm) })
	case rules.GlobalClipNorm > 0:
		return clipGlobalNorm(s, grads, rules.GlobalClipNorm)
	case rules.ClipValue > 0:
		return each(grads, func(g tf.Output) tf.Output {
			d := g.DType()
			return op.ClipByValue(s, g, scalar(s, -rules.ClipValue, d), scalar(s, rules.ClipValue, d))
		})
	}
	return grads
}

func each(grads []tf.Output, f func(tf.Output) tf.Output) []tf.Output {
	out := make([]tf.Output, len(grads))
	for i, g := range grads {
		if !g.IsNil() {
			out[i] = f(g)
		}
	}
	return out
}

// clipNorm is g·limit / max(|g|, limit).
func clipNorm(s *tf.Scope, g tf.Output, limit float64) tf.Output {
	most := scalar(s, limit, g.DType())
	norm := op.Sqrt(s, squares(s, g))
	return op.RealDiv(s, op.Mul(s, g, most), op.Maximum(s, norm, most))
}

// clipGlobalNorm scales all gradients by limit/max(|all|, limit). A norm that is
// not finite makes them all NaN, so that it is seen.
func clipGlobalNorm(s *tf.Scope, grads []tf.Output, limit float64) []tf.Output {
	var norms []tf.Output
	for _, g := range grads {
		if !g.IsNil() {
			norms = append(norms, op.Cast(s, squares(s, g), tf.Float32, nil))
		}
	}
	if len(norms) == 0 {
		return grads
	}
	norm := op.Sqrt(s, op.AddN(s, norms))
	one := tf.ConstScalar(s, float32(1))
	least := op.Minimum(s, op.RealDiv(s, one, norm), tf.ConstScalar(s, float32(1/limit)))
	factor := op.Mul(s, tf.ConstScalar(s, float32(limit)), least)
	factor = op.AddV2(s, factor, op.Sub(s, norm, norm))
	return each(grads, func(g tf.Output) tf.Output {
		f := factor
		if g.DType() != tf.Float32 {
			f = op.Cast(s, f, g.DType(), nil)
		}
		return op.Mul(s, g, f)
	})
}

// squares is the sum of the squares of all elements.
func squares(s *tf.Scope, g tf.Output) tf.Output {
	axes := op.Range(s, tf.ConstScalar(s, int32(0)), op.Rank(s, g), tf.ConstScalar(s, int32(1)))
	return op.Sum(s, op.Square(s, g), axes, nil)
}
