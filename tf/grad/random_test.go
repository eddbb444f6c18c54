package grad_test

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

const truncated = "StatelessParameterizedTruncatedNormal"

func init() {
	maps.Copy(kinks, map[string]string{ // what is accepted jumps; TestGamma and TestTruncatedNormal check these
		"StatelessRandomGammaV2":      "drawn by rejection",
		"StatelessRandomGammaV2/same": "drawn by rejection",
		truncated:                     "drawn by rejection",
		truncated + "/tail":           "drawn by rejection",
	})
	for _, name := range []string{truncated, truncated + "/tail"} {
		for _, role := range []string{"dx2", "dx3", "ddx2", "ddx3", "ddx4", "ddx5", "ddy0"} {
			betterThanPython[name+"/"+role] = "the bounds stay where they are"
		}
	}
	for _, role := range []string{"dx4", "dx5"} {
		betterThanPython[truncated+"/tail/"+role] = "to more digits"
	}
}

// normal is the normal distribution function.
func normal(x float64) float64 { return math.Erfc(-x*math.Sqrt(0.5)) / 2 }

// root is where the increasing function f, between low and high, is 0.
func root(f func(x float64) float64, low, high float64) float64 {
	for range 200 {
		if middle := low + (high-low)/2; f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// quantile is the sample of the truncated normal distribution that is larger
// than a part u of all; p are mean, deviation, and the bounds.
func quantile(u float64, p [4]float64) float64 {
	mean, deviation, low, high := p[0], p[1], p[2], p[3]
	f := func(x float64) float64 { return normal((x - mean) / deviation) }
	return root(func(x float64) float64 { return f(x) - f(low) - u*(f(high)-f(low)) }, max(low, -1e3), min(high, 1e3))
}

// TestTruncatedNormal compares the derivatives of samples with differences of
// the quantile that each of them is.
func TestTruncatedNormal(t *testing.T) {
	t.Run("double", func(t *testing.T) { truncatedNormal(t, tf.Float64, 1e-5) })
	t.Run("half", func(t *testing.T) { truncatedNormal(t, tf.Float16, 5e-3) })
}

func truncatedNormal(t *testing.T, d tf.DType, tolerance float64) {
	for name, p := range map[string][4]float64{
		"wide": {0.5, 2, -4, 5}, "narrow": {0, 1, -0.5, 1}, "one side": {1, 0.5, 0.5, 3}, "tail": {-1, 1, 0.5, 2},
		"below": {2, 3, math.Inf(-1), 4}, "above": {2, 3, 1, math.Inf(1)},
	} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				var xs []tf.Output
				for _, v := range p {
					xs = append(xs, op.Cast(l.Scope, tf.ConstScalar(l.Scope, v), d, nil))
				}
				dy := op.OnesLike(l.Scope, op.Reshape(l.Scope, xs[0], tf.Const(l.Scope, []int32{1})))
				f := func(s *tf.Scope, x []tf.Output) []tf.Output {
					return []tf.Output{op.StatelessParameterizedTruncatedNormal(s, tf.Const(s, []int32{1}), tf.Const(s, []int32{3, 5}), x[0], x[1], x[2], x[3])}
				}
				ys, dxs := l.first(f, xs, []tf.Output{dy}, []int{0, 1, 2, 3})
				got := l.fetch(doubled(l.Scope, append(ys, dxs...))...)
				share := func(x float64) float64 { return normal((x - p[0]) / p[1]) }
				u := (share(got[0][0]) - share(p[2])) / (share(p[3]) - share(p[2]))
				for i := range p {
					const h = 1e-4
					up, down := p, p
					up[i] += h
					down[i] -= h
					want := (quantile(u, up) - quantile(u, down)) / (2 * h)
					near(t, fmt.Sprintf("parameter %d", i), got[i+1], []float64{want}, tolerance)
				}
			})
		})
	}
}

// TestGamma compares the derivative of samples by alpha with -(dF/da) / (dF/dx),
// F being the distribution function, Igamma, and dF/da a difference.
func TestGamma(t *testing.T) {
	alphas := []float64{0.6, 3}
	for name, f := range map[string]net{
		"RandomGamma": func(s *tf.Scope, x []tf.Output) []tf.Output {
			return []tf.Output{op.RandomGamma(s, tf.Const(s, []int32{1}), x[0], &op.RandomGammaAttrs{Seed: 4, Seed2: 2})}
		},
		"StatelessRandomGammaV2": func(s *tf.Scope, x []tf.Output) []tf.Output {
			return []tf.Output{op.StatelessRandomGammaV2(s, tf.Const(s, []int32{1, 2}), tf.Const(s, []int64{4, 2}), x[0])}
		},
		"StatelessRandomGammaV3": func(s *tf.Scope, x []tf.Output) []tf.Output {
			key, counter := tf.Const(s, []uint64{7}), tf.Const(s, []uint64{0, 1})
			return []tf.Output{op.StatelessRandomGammaV3(s, tf.Const(s, []int32{1, 2}), key, counter, tf.ConstScalar(s, int32(1)), x[0])}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				ys, dxs := l.first(f, []tf.Output{tf.Const(l.Scope, alphas)}, []tf.Output{tf.Const(l.Scope, []float64{1, 1}, 1, 2)}, []int{0})
				got := l.fetch(ys[0], dxs[0])
				e := eagerLab(t)
				share := func(a, x float64) float64 {
					return e.fetch(op.Igamma(e.Scope, tf.ConstScalar(e.Scope, a), tf.ConstScalar(e.Scope, x)))[0][0]
				}
				for i, a := range alphas {
					const h = 1e-5
					x := got[0][i]
					byA := (share(a+h, x) - share(a-h, x)) / (2 * h)
					gamma, _ := math.Lgamma(a)
					want := -byA / math.Exp((a-1)*math.Log(x)-x-gamma)
					near(t, fmt.Sprintf("alpha %g", a), got[1][i:i+1], []float64{want}, 1e-7)
				}
			})
		})
	}
}
