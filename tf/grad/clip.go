package grad

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ClipByValue limits each element to low...high; missing gradients stay missing.
// Where low is not at most high the scope fails.
func ClipByValue(s *tf.Scope, gs []tf.Output, low, high float64) []tf.Output {
	if !(low <= high) {
		s.Fail("ClipByValue", tf.InvalidArgument, "want low <= high, got %v and %v", low, high)
		return make([]tf.Output, len(gs))
	}
	return eachOf(gs, func(g tf.Output) tf.Output { return op.ClipByValue(s, g, number(s, g, low), number(s, g, high)) })
}

// ClipByNorm scales each gradient whose 2-norm is greater than limit to that norm:
// g*limit/max(|g|, limit), as tf.clip_by_norm does. The limit must be positive and
// finite, or the scope fails.
func ClipByNorm(s *tf.Scope, gs []tf.Output, limit float64) []tf.Output {
	if !positive(s, "ClipByNorm", limit) {
		return make([]tf.Output, len(gs))
	}
	return eachOf(gs, func(g tf.Output) tf.Output {
		norm := op.Sqrt(s, squares(s, g))
		over := op.Maximum(s, norm, number(s, norm, limit))
		scaled := op.Mul(s, atLeastSingle(s, g), number(s, atLeastSingle(s, g), limit))
		return castTo(s, op.RealDiv(s, scaled, castTo(s, over, scaled.DType())), g.DType())
	})
}

// GlobalNorm is the 2-norm of all gradients taken as one vector, a float64 if one
// of them is or has such parts, else a float32 (tf.linalg.global_norm).
func GlobalNorm(s *tf.Scope, gs []tf.Output) tf.Output {
	d := tf.Float32
	for _, g := range gs {
		if g.DType() == tf.Float64 || g.DType() == tf.Complex128 {
			d = tf.Float64
		}
	}
	var sums []tf.Output
	for _, g := range gs {
		if !g.IsNil() {
			sums = append(sums, castTo(s, squares(s, g), d))
		}
	}
	if len(sums) == 0 {
		return tf.ConstScalar(s, float32(0))
	}
	return op.Sqrt(s, op.AddN(s, sums))
}

// ClipByGlobalNorm scales all gradients by limit/norm if their common norm is
// greater than limit, and returns that norm. Where it is infinite or NaN all
// results are NaN, so that it is seen (tf.clip_by_global_norm). The limit must be
// positive and finite, or the scope fails.
func ClipByGlobalNorm(s *tf.Scope, gs []tf.Output, limit float64) (clipped []tf.Output, norm tf.Output) {
	if !positive(s, "ClipByGlobalNorm", limit) {
		return make([]tf.Output, len(gs)), tf.Output{}
	}
	norm = GlobalNorm(s, gs)
	least := op.Minimum(s, op.Reciprocal(s, norm), number(s, norm, 1/limit))
	factor := op.Mul(s, number(s, norm, limit), least)
	factor = op.AddV2(s, factor, op.Sub(s, norm, norm))
	return eachOf(gs, func(g tf.Output) tf.Output { return op.Mul(s, g, castTo(s, factor, g.DType())) }), norm
}

// positive fails the scope if what is given a limit that is not positive and finite.
func positive(s *tf.Scope, what string, limit float64) bool {
	if limit > 0 && !math.IsInf(limit, 1) {
		return true
	}
	s.Fail(what, tf.InvalidArgument, "want a positive and finite limit, got %v", limit)
	return false
}

// squares is the sum of the squares of the absolute values, at least a float32.
func squares(s *tf.Scope, g tf.Output) tf.Output {
	g = atLeastSingle(s, g)
	if g.DType().IsComplex() {
		g = op.ComplexAbs(s, g, &op.ComplexAbsAttrs{Tout: realOf(g.DType())})
	}
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
