package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ClipByValue limits each element to low...high; missing gradients stay missing.
func ClipByValue(s *tf.Scope, gs []tf.Output, low, high float64) []tf.Output {
	return eachOf(gs, func(g tf.Output) tf.Output { return op.ClipByValue(s, g, number(s, g, low), number(s, g, high)) })
}

// ClipByNorm scales each gradient whose 2-norm is greater than limit to that norm
// (tf.clip_by_norm).
func ClipByNorm(s *tf.Scope, gs []tf.Output, limit float64) []tf.Output {
	return eachOf(gs, func(g tf.Output) tf.Output { return scaled(s, g, op.Sqrt(s, squares(s, g)), limit) })
}

// GlobalNorm is the 2-norm of all gradients taken as one vector, in the type of the
// first (tf.linalg.global_norm).
func GlobalNorm(s *tf.Scope, gs []tf.Output) tf.Output {
	var sums []tf.Output
	for _, g := range gs {
		if g.IsNil() {
			continue
		}
		sum := squares(s, g)
		if len(sums) > 0 && sum.DType() != sums[0].DType() {
			sum = op.Cast(s, sum, sums[0].DType(), nil)
		}
		sums = append(sums, sum)
	}
	if len(sums) == 0 {
		return tf.ConstScalar(s, float32(0))
	}
	return op.Sqrt(s, op.AddN(s, sums))
}

// ClipByGlobalNorm scales all gradients by limit/norm if their common norm is
// greater than limit, and returns that norm (tf.clip_by_global_norm). Where the
// norm is infinite or NaN, so are all results.
func ClipByGlobalNorm(s *tf.Scope, gs []tf.Output, limit float64) (clipped []tf.Output, norm tf.Output) {
	norm = GlobalNorm(s, gs)
	return eachOf(gs, func(g tf.Output) tf.Output {
		n := norm
		if n.DType() != g.DType() {
			n = op.Cast(s, n, g.DType(), nil)
		}
		return scaled(s, g, n, limit)
	}), norm
}

// scaled is g*limit/max(norm, limit), NaN if norm is not finite.
func scaled(s *tf.Scope, g, norm tf.Output, limit float64) tf.Output {
	most := number(s, g, limit)
	factor := op.RealDiv(s, most, op.Maximum(s, norm, most))
	bad := op.Sub(s, norm, norm) // 0, or NaN
	return op.Mul(s, g, op.AddV2(s, factor, bad))
}

func squares(s *tf.Scope, g tf.Output) tf.Output {
	all := op.Range(s, int32Scalar(s, 0), op.Rank(s, g), int32Scalar(s, 1))
	return op.Sum(s, op.Square(s, g), all, nil)
}

// eachOf applies f to the gradients that are there.
func eachOf(gs []tf.Output, f func(g tf.Output) tf.Output) []tf.Output {
	out := make([]tf.Output, len(gs))
	for i, g := range gs {
		if !g.IsNil() {
			out[i] = f(g)
		}
	}
	return out
}
