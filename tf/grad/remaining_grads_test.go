package grad_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	for _, version := range []string{"", "V2", "V3"} {
		name := "FusedBatchNormGrad" + version
		maps.Copy(betterThanPython, map[string]string{ // Python's variance has no second derivative: see TestBatchNormThird
			name + "/training/ddx1": "the variance", name + "/one/ddx1": "the variance",
			name + "/inference/dx3": "the mean", name + "/inference/ddx3": "the mean",
			name + "/inference/dx4": "the variance", name + "/inference/ddx4": "the variance",
		})
		for _, kind := range []string{"training", "inference", "one"} {
			kinks[name+"/"+kind] = "the kernel takes mean and variance from its inputs: see TestBatchNormGrads"
		}
	}
}

// givenCases are the functions of the golden family remaining, and others of
// operations with no golden case of their own.
func givenCases(t testing.TB) []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	one := func(f func(s S, x O) O) func(s S, x X) O { return func(s S, x X) O { return f(s, x[0]) } }
	single := func(s S, x O) O { return op.Cast(s, x, tf.Float32, nil) }
	top := func(k int64) func(s S, x X) O {
		return one(func(s S, x O) O {
			y, _ := op.ApproxTopK(s, single(s, x), k, nil)
			return op.Cast(s, y, tf.Float64, nil)
		})
	}
	return append(branchCases(t), []opCase{
		{name: "PlaceholderWithDefault", in: [][]int64{{3, 2}}, f: one(func(s S, x O) O { return op.PlaceholderWithDefault(s, x, tf.Shape{-1, 2}) })},
		{name: "EnsureShape", in: [][]int64{{3, 2}}, f: one(func(s S, x O) O { return op.EnsureShape(s, x, tf.Shape{3, -1}) })},
		{name: "RaggedTensorToTensor", in: [][]int64{{4, 2}, {}}, f: func(s S, x X) O {
			splits := tf.Const(s, []int64{0, 1, 1, 4})
			return op.RaggedTensorToTensor(s, tf.Const(s, []int64{3, 2, 2}), x[0], x[1], []O{splits}, []string{"ROW_SPLITS"})
		}},
		{name: "XlaSharding", in: [][]int64{{3}}, f: one(func(s S, x O) O { return op.XlaSharding(s, x, nil) })},
		{name: "XlaEinsum", in: [][]int64{{2, 3}, {3, 2}}, f: func(s S, x X) O {
			return op.Cast(s, op.XlaEinsum(s, single(s, x[0]), single(s, x[1]), "ab,bc->ca"), tf.Float64, nil)
		}},
		{name: "AccumulateNV2", in: [][]int64{{2, 3}, {2, 3}}, f: func(s S, x X) O {
			return op.AccumulateNV2(s, []O{x[0], x[1], x[0]}, tf.Shape{2, 3})
		}},
		{name: "ApproxTopK", in: [][]int64{{2, 1, 5}}, f: top(2)},
		{name: "ApproxTopK/all", in: [][]int64{{2, 5}}, f: top(5)},
		{name: "ApproxTopK/one", in: [][]int64{{1}}, f: top(1)},
		{name: "CompositeTensorVariant", in: [][]int64{{3}}, f: one(func(s S, x O) O {
			box := op.CompositeTensorVariantFromComponents(s, []O{x, tf.Const(s, []int64{0, 1, 3})}, "")
			return op.CompositeTensorVariantToComponents(s, box, "", []tf.DType{tf.Float64, tf.Int64})[0]
		})},
		{name: "StatelessRandomGammaV3", in: [][]int64{{3}}, f: one(func(s S, x O) O {
			key, counter := tf.Const(s, []uint64{7}), tf.Const(s, []uint64{0, 1})
			return op.StatelessRandomGammaV3(s, tf.Const(s, []int32{2, 3}), key, counter, tf.ConstScalar(s, int32(1)), op.Exp(s, x))
		})},
		{name: "RandomGamma", in: [][]int64{{3}}, f: one(func(s S, x O) O {
			return op.RandomGamma(s, tf.Const(s, []int32{2}), op.Exp(s, x), &op.RandomGammaAttrs{Seed: 4, Seed2: 2})
		})},
	}...)
}

// branchCases are conditionals and a loop.
func branchCases(t testing.TB) []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	body := func(s S, f func(s S, x O) O) *tf.Function {
		made := function(s, 1, func(s S, in X) X { return X{f(s, in[0])} })
		t.Cleanup(func() { made.Close() })
		return made
	}
	types := []tf.DType{tf.Float64}
	small := func(s S, x O) O { return op.Less(s, op.Sum(s, x, axis(s, 0), nil), tf.ConstScalar(s, 1e9)) }
	place := func(s S, x O) O { return op.Cast(s, small(s, x), tf.Int32, nil) }
	branches := func(s S) []*tf.Function { return []*tf.Function{body(s, op.Exp), body(s, op.Tanh)} }
	return []opCase{
		{name: "If", in: [][]int64{{3}}, f: func(s S, x X) O {
			return last(op.If(s, small(s, x[0]), x, types, body(s, op.Exp), body(s, op.Tanh), nil))
		}},
		{name: "StatelessIf", in: [][]int64{{3}}, f: func(s S, x X) O {
			return last(op.StatelessIf(s, small(s, x[0]), x, types, body(s, op.Exp), body(s, op.Tanh), nil))
		}},
		{name: "Case", in: [][]int64{{3}}, f: func(s S, x X) O { return last(op.Case(s, place(s, x[0]), x, types, branches(s), nil)) }},
		{name: "StatelessCase", in: [][]int64{{3}}, f: func(s S, x X) O {
			return last(op.StatelessCase(s, place(s, x[0]), x, types, branches(s), nil))
		}},
		{name: "StatelessWhile", in: [][]int64{{3}}, f: func(s S, x X) O {
			less := function(s, 2, func(s S, in X) X { return X{op.Less(s, in[1], tf.ConstScalar(s, 2.5))} })
			step := function(s, 2, func(s S, in X) X {
				return X{op.AddV2(s, in[0], op.Tanh(s, in[0])), op.AddV2(s, in[1], tf.ConstScalar(s, 1.0))}
			})
			t.Cleanup(func() { less.Close(); step.Close() })
			return op.StatelessWhile(s, X{x[0], tf.ConstScalar(s, 0.0)}, less, step, nil)[0]
		}},
	}
}

// compareGiven compares a function with Python's case of that name.
func compareGiven(t *testing.T, name string, compare func(c *goldenCase)) {
	t.Helper()
	for _, c := range goldenCases(t, "remaining") {
		if c.Name == name {
			compare(&c)
			return
		}
	}
	t.Errorf("no golden case %q", name)
}

// TestGivenGolden compares functions with Python's.
func TestGivenGolden(t *testing.T) {
	for _, f := range givenCases(t) {
		t.Run(f.name, func(t *testing.T) {
			compareGiven(t, f.name, func(c *goldenCase) {
				c.compareFunction(t, graphLab(t), f.f)
				if f.name != "AccumulateNV2" { // which graphs only have a kernel for
					c.compareFunction(t, eagerLab(t), f.f)
				}
			})
		})
	}
}

// moreCases are operations that the tests of no family check by differences in both
// modes.
func moreCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	one := func(f func(s S, x O) O) func(s S, x X) O { return func(s S, x X) O { return f(s, x[0]) } }
	mod := func(f func(s S, x, y O) O) func(s S, x X) O {
		return func(s S, x X) O { return f(s, op.Mul(s, x[0], tf.Const(s, []float64{2, -3, 4, 5})), x[1]) }
	}
	four := [][]int64{{4}, {4}}
	return []opCase{
		{name: "PlaceholderWithDefault", in: [][]int64{{2, 3}}, f: one(func(s S, x O) O {
			return op.Sin(s, op.PlaceholderWithDefault(s, x, tf.Shape{-1, 3}))
		})},
		{name: "DebugGradientIdentity", in: [][]int64{{5}}, f: one(func(s S, x O) O { return op.Sin(s, op.DebugGradientIdentity(s, x)) })},
		{name: "Mod", in: four, low: 1, high: 2, f: mod(op.Mod)},
		{name: "TruncateMod", in: four, low: 1, high: 2, f: mod(op.TruncateMod)},
		{name: "IgammaGradA", in: [][]int64{{3}, {3}}, low: 0.5, high: 3, noSecond: true, f: func(s S, x X) O { return op.IgammaGradA(s, x[0], x[1]) }},
		{name: "RandomGammaGrad", in: [][]int64{{3}, {3}}, low: 0.5, high: 3, noSecond: true, f: func(s S, x X) O { return op.RandomGammaGrad(s, x[0], x[1]) }},
		{name: "Mod/broadcast", in: [][]int64{{4}, {1}}, low: 1, high: 2, f: mod(op.Mod)},
		{name: "TruncateMod/broadcast", in: [][]int64{{4}, {}}, low: 1, high: 2, f: mod(op.TruncateMod)},
	}
}

func TestMore(t *testing.T) {
	for _, c := range givenCases(t) {
		if c.name == "If" || c.name == "Case" {
			t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
		}
	}
	for _, c := range moreCases() {
		t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
	}
}

// TestApproxTopKSizes is in float32: the operation takes no float64.
func TestApproxTopKSizes(t *testing.T) {
	for k, shape := range map[int64]tf.Shape{1: {1}, 2: {2, 1, 5}, 3: {3}} {
		checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
			y, _ := op.ApproxTopK(s, apart(s, x[0]), k, nil)
			return y
		}, shape)
	}
}

// batchNormCases are the three versions of batch normalization.
func batchNormCases() map[string]func(s *tf.Scope, x, scale, offset, mean, variance tf.Output, training bool) tf.Output {
	epsilon := float32(0.1)
	return map[string]func(s *tf.Scope, x, scale, offset, mean, variance tf.Output, training bool) tf.Output{
		"FusedBatchNorm": func(s *tf.Scope, x, scale, offset, mean, variance tf.Output, training bool) tf.Output {
			y, _, _, _, _ := op.FusedBatchNorm(s, x, scale, offset, mean, variance, &op.FusedBatchNormAttrs{Epsilon: &epsilon, IsTraining: &training})
			return y
		},
		"FusedBatchNormV2": func(s *tf.Scope, x, scale, offset, mean, variance tf.Output, training bool) tf.Output {
			y, _, _, _, _ := op.FusedBatchNormV2(s, x, scale, offset, mean, variance, &op.FusedBatchNormV2Attrs{Epsilon: &epsilon, IsTraining: &training})
			return y
		},
		"FusedBatchNormV3": func(s *tf.Scope, x, scale, offset, mean, variance tf.Output, training bool) tf.Output {
			y, _, _, _, _, _ := op.FusedBatchNormV3(s, x, scale, offset, mean, variance, &op.FusedBatchNormV3Attrs{Epsilon: &epsilon, IsTraining: &training})
			return y
		},
	}
}

// normalized is a batch normalization of x, scale and offset.
func normalized(name string, training bool) func(s *tf.Scope, x []tf.Output) tf.Output {
	return func(s *tf.Scope, x []tf.Output) tf.Output {
		mean, variance := tf.Const(s, []float32{}), tf.Const(s, []float32{})
		if !training {
			mean, variance = tf.Const(s, []float32{0.5, -1}), tf.Const(s, []float32{1, 2})
		}
		return batchNormCases()[name](s, x[0], x[1], x[2], mean, variance, training)
	}
}

var batchNormShapes = []tf.Shape{{2, 2, 1, 2}, {2}, {2}}

// TestBatchNormGrads checks the gradients of batch normalizations, where mean and
// variance move with x, in second order too.
func TestBatchNormGrads(t *testing.T) {
	for name := range batchNormCases() {
		for _, training := range []bool{true, false} {
			checkSingle(t, normalized(name, training), batchNormShapes...)
		}
	}
}

// TestBatchNormThird checks gradients of third order, in training.
func TestBatchNormThird(t *testing.T) {
	for name := range batchNormCases() {
		t.Run(name, func(t *testing.T) {
			checkSingle(t, derivative(normalized(name, true)), batchNormShapes...)
		})
	}
}

// TestPoolsOneShape: pools of one's own shape, of a value that nothing else uses.
func TestPoolsOneShape(t *testing.T) {
	unit := []int64{1, 1, 1, 1}
	for name, size := range map[string][]int64{"one": unit, "wide": {1, 3, 3, 1}} {
		t.Run(name, func(t *testing.T) {
			c := opCase{in: [][]int64{{1, 3, 4, 1}}, f: func(s *tf.Scope, x []tf.Output) tf.Output {
				return op.Sin(s, op.MaxPool(s, op.Exp(s, x[0]), size, unit, "SAME", nil))
			}}
			inBothModes(t, c.check)
			c.f = derivative(c.f)
			inBothModes(t, c.check)
			c.f = func(s *tf.Scope, x []tf.Output) tf.Output {
				return op.Sin(s, op.MaxPoolV2(s, op.Exp(s, x[0]), tf.Const(s, []int32{1, int32(size[1]), 3, 1}), tf.Const(s, []int32{1, 1, 1, 1}), "SAME", nil))
			}
			inBothModes(t, c.check)
			size3, unit3 := slices.Insert(slices.Clone(size), 1, 1), []int64{1, 1, 1, 1, 1}
			checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
				return op.MaxPool3D(s, op.Sqrt(s, apart(s, x[0])), size3, unit3, "SAME", nil)
			}, tf.Shape{1, 2, 3, 2, 1})
		})
	}
}

// TestPreventGradient: its gradient is the error that it is there for.
func TestPreventGradient(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2})
		l.gradients(func(s *tf.Scope) tf.Output {
			return op.PreventGradient(s, x, &op.PreventGradientAttrs{Message: "not by this"})
		}, x)
		wantError(t, l.Err(), tf.FailedPrecondition, "PreventGradient", "not by this")
	})
}

// TestCallInGraph differentiates a call with state by differences.
func TestCallInGraph(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		f := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{op.Exp(s, in[0])} })
		t.Cleanup(func() { f.Close() })
		types := []tf.DType{tf.Float64}
		call := func(s *tf.Scope, x []tf.Output) tf.Output {
			return op.Sin(s, s.Begin("StatefulPartitionedCall").InList(x).Types("Tin", types).Types("Tout", types).Func("f", f).One())
		}
		if err := grad.Check(l.Scope, call, tf.Const(l.Scope, []float64{0.5, -1})); err != nil {
			t.Error(err)
		}
	})
}

// TestBlockLSTMDifferences checks gradients of whole sequences by differences, in
// second order too.
func TestBlockLSTMDifferences(t *testing.T) {
	for _, version := range []string{"", "V2"} {
		checkSingle(t, func(s *tf.Scope, x []tf.Output) tf.Output {
			zeros := tf.Const(s, make([]float32, 2))
			ys := sequenceOf(version, 2)(s, []tf.Output{x[0], x[1], x[2], x[3], zeros, zeros, zeros, tf.Const(s, make([]float32, 8))})
			if len(ys) != 7 {
				return tf.Output{}
			}
			return op.ConcatV2(s, []tf.Output{ys[1], ys[6]}, axis(s, 2))
		}, tf.Shape{2, 1, 2}, tf.Shape{1, 2}, tf.Shape{1, 2}, tf.Shape{4, 8})
	}
}

// TestResizeBilinearGrad checks the gradient as an operation of its own.
func TestResizeBilinearGrad(t *testing.T) {
	for _, corners := range []bool{true, false} {
		for _, size := range [][]int64{{1, 3, 4, 2}, {1, 1, 1, 1}} {
			inBothModes(t, func(t *testing.T, l lab) {
				c := opCase{in: [][]int64{size}}
				dy := op.Cast(l.Scope, c.point(l.Scope, rand.New(rand.NewPCG(1, 2)))[0], tf.Float32, nil)
				f := func(s *tf.Scope, x []tf.Output) tf.Output {
					image := tf.Const(s, make([]float32, 2*3*size[3]), 1, 2, 3, size[3])
					return op.ResizeBilinearGrad(s, x[0], image, &op.ResizeBilinearGradAttrs{AlignCorners: corners})
				}
				if err := grad.Check(l.Scope, f, dy); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
