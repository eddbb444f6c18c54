package grad_test

import (
	"maps"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(kinks, map[string]string{
		"BesselI1e/zero":                        "it is smooth once only",
		"Polygamma":                             "its first input is a whole number",
		"Xdivy/zero":                            "0 where x is, as in Python",
		"Xlogy/zero":                            "0 where x is, as in Python",
		"Xlog1py/zero":                          "0 where x is, as in Python",
		"CumulativeLogsumexp/exclusive":         "the lowest number comes first",
		"CumulativeLogsumexp/exclusive_reverse": "the lowest number comes last",
		"NthElement/tie":                        "all are right",
	})
	better := map[string][]string{ // that TestNumeric and TestSpecial check
		"Betainc":                               {"dx0", "dx1", "ddx0", "ddx1", "ddx2", "ddy0"},
		"Betainc/scalar":                        {"dx0", "dx1", "ddx0", "ddx1", "ddx2", "ddy0"},
		"Zeta":                                  {"dx0", "ddx0", "ddx1", "ddy0"},
		"Zeta/broadcast":                        {"dx0", "ddx0", "ddx1", "ddy0"},
		"BesselI0/zero":                         {"ddx0"},
		"BesselI1/zero":                         {"dx0", "ddx0", "ddy0"},
		"BesselI1e/zero":                        {"ddx0"},
		"BesselJ1/zero":                         {"ddx0"},
		"Spence/one":                            {"ddx0"},
		"CumulativeLogsumexp/exclusive":         {"ddx0", "ddy0"},
		"CumulativeLogsumexp/exclusive_reverse": {"ddx0", "ddy0"},
		"Cumprod/zeros":                         {"dx0", "ddx0", "ddy0"},
		"Cumprod/zeros_exclusive":               {"dx0", "ddx0", "ddy0"},
		"Prod/zeros":                            {"ddx0"},
	}
	for name, roles := range better {
		for _, role := range roles {
			betterThanPython[name+"/"+role] = "where Python's is NaN, 0 or none"
		}
	}
}

// A pointCase is a function to be checked by differences at one point.
type pointCase struct {
	name  string
	x     []float64
	shape []int64 // a vector if nil
	f     func(s *tf.Scope, x tf.Output) tf.Output
}

func (c *pointCase) check(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		f := func(s *tf.Scope, xs []tf.Output) tf.Output { return c.f(s, xs[0]) }
		x := tf.Const(l.Scope, c.x, c.shape...)
		if err := grad.Check(l.Scope, f, x); err != nil {
			t.Fatal(err)
		}
		if err := grad.Check(l.Scope, derivative(f), x); err != nil {
			t.Fatalf("second order: %v", err)
		}
	})
}

// TestSpecial checks by differences what Python has no, or no right, arrays for.
func TestSpecial(t *testing.T) {
	type S = *tf.Scope
	type O = tf.Output
	some, matrix := []float64{0.3, 0.9, 0.6, 0.2, 0.7, 0.5, 0.8, 0.4}, []int64{2, 4}
	hole := []float64{1.5, 0, -2, 3, 0.5, 2, 1.5, 0}
	number := func(s S, v float64) O { return tf.ConstScalar(s, v) }
	for _, c := range []pointCase{
		{"BesselI0 at 0", []float64{0, 1}, nil, op.BesselI0},
		{"BesselI1 at 0", []float64{0, 1}, nil, op.BesselI1},
		{"BesselJ1 at 0", []float64{0, 1}, nil, op.BesselJ1},
		{"Mod", []float64{7.5, -7.5, 5}, nil, func(s S, x O) O { return op.Mod(s, x, number(s, 2)) }},
		{"Mod by x", []float64{2, -2, 1.3}, nil, func(s S, x O) O { return op.Mod(s, number(s, 7), x) }},
		{"TruncateMod by x", []float64{2, -2, 1.3}, nil, func(s S, x O) O { return op.TruncateMod(s, number(s, -7), x) }},
		{"Polygamma", some, nil, func(s S, x O) O { return op.Polygamma(s, number(s, 2), x) }},
		{"Zeta by x", []float64{1.1, 2.5, 7, 30}, nil, func(s S, x O) O { return op.Zeta(s, x, number(s, 0.7)) }},
		{"Zeta by x, of a large q", []float64{1.1, 2.5, 7}, nil, func(s S, x O) O { return op.Zeta(s, x, number(s, 40)) }},
		{"Betainc by a", []float64{0.02, 0.5, 1, 3, 30}, nil, func(s S, x O) O { return op.Betainc(s, x, number(s, 2.5), number(s, 0.3)) }},
		{"Betainc by b", []float64{0.1, 0.5, 1, 3, 30}, nil, func(s S, x O) O { return op.Betainc(s, number(s, 1.5), x, number(s, 0.6)) }},
		{"Betainc of large a and b", []float64{980, 1000, 1030}, nil, func(s S, x O) O {
			return op.Betainc(s, x, number(s, 1000), number(s, 0.5))
		}},
		{"Betainc of an x near 1", []float64{0.3, 2}, nil, func(s S, x O) O { return op.Betainc(s, x, number(s, 0.4), number(s, 0.999)) }},
		{"Betainc of one x", some[:1], []int64{}, func(s S, x O) O {
			return op.Betainc(s, tf.Const(s, []float64{0.5, 3}), tf.Const(s, []float64{2, 1}), x)
		}},
		{"Igamma by x", some, nil, func(s S, x O) O { return op.Igamma(s, number(s, 1.5), x) }},
		{"Igammac by x", some, nil, func(s S, x O) O { return op.Igammac(s, number(s, 1.5), x) }},
		{"IgammaGradA by x", some, nil, func(s S, x O) O { return op.IgammaGradA(s, number(s, 1.5), x) }},
		{"Igamma by a", []float64{0.1, 0.7, 2, 5, 40}, nil, func(s S, x O) O { return op.Igamma(s, x, number(s, 2)) }},
		{"Igammac by a", []float64{0.1, 0.7, 2, 5, 40}, nil, func(s S, x O) O { return op.Igammac(s, x, number(s, 30)) }},
		{"Igamma by both", some, nil, func(s S, x O) O { return op.Igamma(s, x, op.Square(s, x)) }},
		{"RandomGammaGrad by alpha", some, nil, func(s S, x O) O { return op.RandomGammaGrad(s, x, number(s, 1.5)) }},
		{"RandomGammaGrad by the sample", some, nil, func(s S, x O) O { return op.RandomGammaGrad(s, number(s, 1.5), x) }},
		{"EuclideanNorm of one", some[:3], []int64{3, 1}, func(s S, x O) O { return op.EuclideanNorm(s, x, axis(s, 1), nil) }},
		{"CumulativeLogsumexp exclusive", some, []int64{4, 2}, func(s S, x O) O {
			y := op.CumulativeLogsumexp(s, x, axis(s, 0), &op.CumulativeLogsumexpAttrs{Exclusive: true})
			return op.Slice(s, y, tf.Const(s, []int32{1, 0}), tf.Const(s, []int32{3, 2}))
		}},
		{"CumulativeLogsumexp in part", some, nil, func(s S, x O) O {
			return op.Slice(s, op.CumulativeLogsumexp(s, x, axis(s, 0), nil), tf.Const(s, []int32{2}), tf.Const(s, []int32{3}))
		}},
		{"Cumprod with zeros", hole, matrix, func(s S, x O) O { return op.Cumprod(s, x, axis(s, 1), nil) }},
		{"Cumprod with zeros, exclusive, reverse", hole, matrix, func(s S, x O) O {
			return op.Cumprod(s, x, axis(s, 1), &op.CumprodAttrs{Exclusive: true, Reverse: true})
		}},
		{"Prod with zeros", hole, matrix, func(s S, x O) O { return op.Prod(s, x, axis(s, 1), nil) }},
		{"Prod with two zeros", []float64{0, 2, 0, 3}, nil, func(s S, x O) O {
			return op.AddV2(s, op.Prod(s, x, axis(s, 0), nil), number(s, 1)) // derivative takes squares
		}},
		{"TopKV2 with int64", some, matrix, func(s S, x O) O {
			y, _ := op.TopKV2(s, x, axis(s, 2), &op.TopKV2Attrs{IndexType: tf.Int64})
			return y
		}},
		{"IsotonicRegression of matrices", some, []int64{2, 2, 2}, func(s S, x O) O {
			y, _ := op.IsotonicRegression(s, x, &op.IsotonicRegressionAttrs{OutputDtype: tf.Float64})
			return y
		}},
		{"DebugGradientIdentity", some, nil, func(s S, x O) O { return op.DebugGradientIdentity(s, op.Square(s, x)) }},
		{"Print", some, nil, func(s S, x O) O { return op.Print(s, op.Square(s, x), nil, &op.PrintAttrs{FirstN: new(int64)}) }},
	} {
		t.Run(c.name, c.check)
	}
}

// TestApproxTopK compares the approximation, which is exact for so few, with the
// operation that it stands for. It takes no unknown shapes.
func TestApproxTopK(t *testing.T) {
	values := map[string]net{
		"ApproxTopK": func(s *tf.Scope, x []tf.Output) []tf.Output {
			y, _ := op.ApproxTopK(s, x[0], 2, nil)
			return []tf.Output{y}
		},
		"TopKV2": func(s *tf.Scope, x []tf.Output) []tf.Output {
			y, _ := op.TopKV2(s, x[0], axis(s, 2), nil)
			return []tf.Output{y}
		},
	}
	inBothModes(t, func(t *testing.T, l lab) {
		x := []tf.Output{tf.Const(l.Scope, []float32{3, 1, 2, 5, 7, 6}, 2, 3)}
		dy := []tf.Output{tf.Const(l.Scope, []float32{10, 20, 30, 40}, 2, 2)}
		_, a := l.first(values["ApproxTopK"], x, dy, []int{0})
		_, b := l.first(values["TopKV2"], x, dy, []int{0})
		got := l.fetch(a[0], b[0])
		want := []float64{10, 0, 20, 0, 30, 40}
		near(t, "ApproxTopK", got[0], want, 0)
		near(t, "TopKV2", got[1], want, 0)
	})
}

// TestAccumulateNV2 checks the one that only graphs have.
func TestAccumulateNV2(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{1, 2, 3})
	f := func(s *tf.Scope, xs []tf.Output) tf.Output {
		return op.AccumulateNV2(s, []tf.Output{op.Square(s, xs[0]), xs[0]}, tf.Shape{3})
	}
	if err := grad.Check(l.Scope, f, x); err != nil {
		t.Error(err)
	}
}

// TestMixedProduct: BatchMatMulV3 multiplies bfloat16 by integers.
func TestMixedProduct(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		s := l.Scope
		x := op.Cast(s, tf.Const(s, []float32{1, 2, 3, 4}, 2, 2), tf.BFloat16, nil)
		dy := op.Cast(s, tf.Const(s, []float32{1, 0, 0, 2}, 2, 2), tf.BFloat16, nil)
		f := func(s *tf.Scope, x []tf.Output) []tf.Output {
			y := tf.Const(s, []int8{5, 6, 7, 8}, 2, 2)
			return []tf.Output{op.BatchMatMulV3(s, x[0], y, tf.BFloat16, nil)}
		}
		_, dxs := l.first(f, []tf.Output{x}, []tf.Output{dy}, []int{0})
		near(t, "dx", l.fetch(doubled(s, dxs)...)[0], []float64{5, 7, 12, 16}, 0)
	})
}
