package main

import (
	graft "github.com/wamuir/graft/tensorflow"
	"github.com/wamuir/graft/tensorflow/op"
)

// operations are those that TF_AddGradients differentiates rightly;
// TestWhereTheOracleIsWrong has others.
func operations() []network {
	var all []network
	m := [][]int64{{3, 4}}
	for _, kind := range []string{"Identity", "Neg", "Abs", "Sign", "Square", "Exp", "Expm1", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Asin", "Acos",
		"Atan", "Asinh", "Atanh", "Erf", "Tanh", "Sigmoid", "Relu", "Relu6", "Elu", "Selu", "LeakyRelu", "Softplus", "Softsign",
		"Softmax", "LogSoftmax", "L2Loss"} {
		all = append(all, plain(kind, m, nil))
	}
	for _, kind := range []string{"Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Inv", "Acosh"} {
		all = append(all, network{kind, graft.Double, m, func(s *op.Scope, xs []graft.Output) graft.Output {
			return raw(s, kind, nil, op.AddV2(s, op.Exp(s, xs[0]), op.Const(s.SubScope("one"), 1.0)))
		}})
	}
	broadcast := [][]int64{{2, 1, 4}, {3, 1}}
	for _, kind := range []string{"Add", "AddV2", "Sub", "Mul", "RealDiv", "Div", "DivNoNan", "Maximum", "Minimum", "SquaredDifference"} {
		all = append(all, plain(kind, broadcast, nil), plain(kind+"/same", [][]int64{{3, 4}, {3, 4}}, nil))
	}
	for _, t := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		a, b := []int64{2, 3}, []int64{3, 4}
		x, y := []int64{5, 2, 3}, []int64{5, 3, 4}
		if t[0] {
			a, x = []int64{3, 2}, []int64{5, 3, 2}
		}
		if t[1] {
			b, y = []int64{4, 3}, []int64{5, 4, 3}
		}
		all = append(all,
			plain("MatMul", [][]int64{a, b}, map[string]any{"transpose_a": t[0], "transpose_b": t[1]}),
			plain("BatchMatMulV2", [][]int64{x, y}, map[string]any{"adj_x": t[0], "adj_y": t[1]}))
	}
	all = append(all,
		plain("BatchMatMulV2/broadcast", [][]int64{{5, 1, 2, 3}, {4, 3, 2}}, nil),
		plain("BiasAdd", [][]int64{{2, 3, 4}, {4}}, nil),
		plain("Atan2", [][]int64{{3, 4}, {3, 4}}, nil))
	return append(append(all, shapes()...), images()...)
}

// with is an operation of one input and integers that go with it.
func with(name string, shape []int64, f func(s *op.Scope, x graft.Output) graft.Output) network {
	return network{name, graft.Double, [][]int64{shape}, func(s *op.Scope, xs []graft.Output) graft.Output { return f(s, xs[0]) }}
}

func shapes() []network {
	type S = *op.Scope
	type O = graft.Output
	pads := func(s S) O { return ints(s, [][]int32{{1, 0}, {2, 1}}) }
	all := []network{
		with("Reshape", []int64{2, 6}, func(s S, x O) O { return op.Reshape(s, x, ints(s, []int32{3, -1})) }),
		with("ExpandDims", []int64{2, 3}, func(s S, x O) O { return op.ExpandDims(s, x, ints(s, int32(1))) }),
		with("Squeeze", []int64{2, 1, 3}, func(s S, x O) O { return op.Squeeze(s, x) }),
		with("Transpose", []int64{2, 3, 4}, func(s S, x O) O { return op.Transpose(s, x, ints(s, []int32{2, 0, 1})) }),
		with("BroadcastTo", []int64{3, 1}, func(s S, x O) O { return op.BroadcastTo(s, x, ints(s, []int32{2, 3, 4})) }),
		with("Tile", []int64{2, 3}, func(s S, x O) O { return op.Tile(s, x, ints(s, []int32{2, 3})) }),
		with("Fill", nil, func(s S, x O) O { return op.Fill(s, ints(s, []int32{2, 3}), x) }),
		with("Pad", []int64{2, 3}, func(s S, x O) O { return op.Pad(s, x, pads(s)) }),
		with("MirrorPad", []int64{2, 3}, func(s S, x O) O { return op.MirrorPad(s, x, pads(s), "REFLECT") }),
		with("Slice", []int64{4, 5}, func(s S, x O) O { return op.Slice(s, x, ints(s, []int32{1, 2}), ints(s, []int32{2, -1})) }),
		with("StridedSlice", []int64{5, 6}, func(s S, x O) O {
			return op.StridedSlice(s, x, ints(s, []int32{1, 0}), ints(s, []int32{5, 6}), ints(s, []int32{2, 3}), op.StridedSliceShrinkAxisMask(2))
		}),
		with("GatherV2", []int64{5, 3}, func(s S, x O) O { return op.GatherV2(s, x, ints(s, []int32{4, 0, 4}), ints(s, int32(0))) }),
		with("GatherV2/axis", []int64{2, 5, 3}, func(s S, x O) O {
			return op.GatherV2(s, x, ints(s, [][]int32{{4, 0}, {4, 1}}), ints(s, int32(1)))
		}),
		with("GatherNd", []int64{3, 4}, func(s S, x O) O { return op.GatherNd(s, x, ints(s, [][]int32{{2, 1}, {0, 3}, {2, 1}})) }),
		with("ScatterNd", []int64{3, 2}, func(s S, x O) O {
			return op.ScatterNd(s, ints(s, [][]int32{{4}, {1}, {4}}), x, ints(s, []int32{5, 2}))
		}),
		with("UnsortedSegmentSum", []int64{4, 3}, func(s S, x O) O {
			return op.UnsortedSegmentSum(s, x, ints(s, []int32{1, 0, 1, 2}), ints(s, int32(3)))
		}),
		with("Cumsum", []int64{3, 4}, func(s S, x O) O { return op.Cumsum(s, x, ints(s, int32(1)), op.CumsumExclusive(true)) }),
		with("Split", []int64{2, 6}, func(s S, x O) O { return op.Split(s, ints(s, int32(1)), x, 3)[1] }),
		with("SplitV", []int64{2, 6}, func(s S, x O) O { return op.SplitV(s, x, ints(s, []int32{1, 2, 3}), ints(s, int32(1)), 3)[2] }),
		with("Unpack", []int64{2, 3}, func(s S, x O) O { return op.Unpack(s, x, 3, op.UnpackAxis(1))[1] }),
		with("Cast", []int64{2, 3}, func(s S, x O) O { return op.Cast(s, x, graft.Float) }),
		with("SpaceToBatchND", []int64{2, 3, 4, 1}, func(s S, x O) O {
			return op.SpaceToBatchND(s, x, ints(s, []int32{2, 2}), ints(s, [][]int32{{1, 0}, {0, 0}}))
		}),
		with("BatchToSpaceND", []int64{4, 2, 2, 1}, func(s S, x O) O {
			return op.BatchToSpaceND(s, x, ints(s, []int32{2, 2}), ints(s, [][]int32{{1, 0}, {0, 1}}))
		}),
		{"ConcatV2", graft.Double, [][]int64{{2, 1}, {2, 3}}, func(s S, xs []O) O { return op.ConcatV2(s, xs, ints(s, int32(1))) }},
		{"Pack", graft.Double, [][]int64{{2, 3}, {2, 3}}, func(s S, xs []O) O { return op.Pack(s, xs, op.PackAxis(1)) }},
		{"AddN", graft.Double, [][]int64{{2, 3}, {2, 3}, {2, 3}}, func(s S, xs []O) O { return op.AddN(s, xs) }},
		{"SelectV2", graft.Double, [][]int64{{2, 3}, {3}}, func(s S, xs []O) O { return raw(s, "SelectV2", nil, ints(s, []bool{true, false, true}), xs[0], xs[1]) }},
		{"Pow", graft.Double, [][]int64{{2, 3}, {3}}, func(s S, xs []O) O { return op.Pow(s, op.Exp(s, xs[0]), xs[1]) }},
		{"Einsum", graft.Double, [][]int64{{2, 3, 4}, {4, 3, 5}}, func(s S, xs []O) O { return op.Einsum(s, xs, "abc,cbd->ad") }},
	}
	for _, kind := range []string{"Sum", "Mean", "Max", "Min", "Prod"} {
		for name, axes := range map[string]any{"": []int32{1}, "/two": []int32{0, 2}, "/negative": int32(-1)} {
			all = append(all, with(kind+name, []int64{2, 3, 4}, func(s S, x O) O { return raw(s, kind, nil, x, ints(s, axes)) }))
		}
	}
	return all
}

func images() []network {
	type S = *op.Scope
	type O = graft.Output
	unit, two := []int64{1, 1, 1, 1}, []int64{1, 2, 2, 1}
	conv := [][]int64{{2, 7, 6, 3}, {3, 2, 3, 4}}
	return []network{
		{"Conv2D/valid", graft.Double, conv, func(s S, xs []O) O { return op.Conv2D(s, xs[0], xs[1], two, "VALID") }},
		{"Conv2D/same", graft.Double, conv, func(s S, xs []O) O { return op.Conv2D(s, xs[0], xs[1], unit, "SAME") }},
		{"DepthwiseConv2dNative", graft.Double, [][]int64{{2, 5, 4, 2}, {3, 2, 2, 2}}, func(s S, xs []O) O {
			return op.DepthwiseConv2dNative(s, xs[0], xs[1], unit, "SAME")
		}},
		with("MaxPool", []int64{2, 6, 5, 3}, func(s S, x O) O { return op.MaxPool(s, x, two, two, "SAME") }),
		with("AvgPool", []int64{2, 6, 5, 3}, func(s S, x O) O { return op.AvgPool(s, x, two, unit, "SAME") }),
		{"FusedBatchNormV3", graft.Float, [][]int64{{4, 3, 2, 2}, {2}, {2}}, func(s S, xs []O) O {
			none := op.Const(s.SubScope("none"), []float32{})
			y, _, _, _, _, _ := op.FusedBatchNormV3(s, xs[0], xs[1], xs[2], none, none)
			return y
		}},
		softmaxLoss(graft.Float),
	}
}

func explicitConv() network {
	return network{"Conv2D/explicit", graft.Double, [][]int64{{2, 7, 6, 3}, {3, 2, 3, 4}}, func(s *op.Scope, xs []graft.Output) graft.Output {
		return op.Conv2D(s, xs[0], xs[1], []int64{1, 1, 1, 1}, "EXPLICIT", op.Conv2DExplicitPaddings([]int64{0, 0, 1, 2, 0, 1, 0, 0}))
	}}
}

func softmaxLoss(d graft.DataType) network {
	return network{"SoftmaxCrossEntropyWithLogits", d, [][]int64{{3, 5}}, func(s *op.Scope, xs []graft.Output) graft.Output {
		labels := op.Const(s.SubScope("labels"), [][]float64{{0, 1, 0, 0, 0}, {0.2, 0.2, 0.2, 0.2, 0.2}, {0, 0, 0, 0.5, 0.5}})
		loss, _ := op.SoftmaxCrossEntropyWithLogits(s, xs[0], op.Cast(s, labels, d))
		return loss
	}}
}
