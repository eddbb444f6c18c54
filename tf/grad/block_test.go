package grad_test

import (
	"maps"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(betterThanPython, map[string]string{
		"DynamicStitch/twice/dx2":  "what was overwritten has none",
		"DynamicStitch/twice/dx3":  "what was overwritten has none",
		"DynamicStitch/twice/ddy0": "what was overwritten has none",
	})
}

// checkCases checks gradients, and the gradients of those, by differences: in
// both modes, and in a graph that knows no shapes.
func checkCases(t *testing.T, cases []opCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inBothModes(t, c.check)
			c.f = withoutShapes(c.f)
			t.Run("shapes unknown", func(t *testing.T) { c.check(t, graphLab(t)) })
		})
	}
}

// withoutShapes hides the shapes of x from f.
func withoutShapes(f func(s *tf.Scope, x []tf.Output) tf.Output) func(s *tf.Scope, x []tf.Output) tf.Output {
	return func(s *tf.Scope, x []tf.Output) tf.Output {
		hidden := make([]tf.Output, len(x))
		for i := range x {
			hidden[i] = op.PlaceholderWithDefault(s, x[i], nil)
		}
		return f(s, hidden)
	}
}

// blockPassCases give their input back.
func blockPassCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	v := [][]int64{{2, 3}}
	both := func(s S, x X) []O {
		some := op.OptionalFromValue(s, []O{x[0], tf.Const(s, []int32{7}), x[1]})
		return op.OptionalGetValue(s, some, []tf.DType{tf.Float64, tf.Int32, tf.Float64}, []tf.Shape{nil, nil, nil})
	}
	return []opCase{
		{name: "DeepCopy", in: v, f: func(s S, x X) O { return op.DeepCopy(s, x[0]) }},
		{name: "Copy", in: v, f: func(s S, x X) O { return op.Copy(s, x[0], nil) }},
		{name: "CopyHost", in: v, f: func(s S, x X) O { return op.CopyHost(s, x[0], nil) }},
		{name: "Optional", in: [][]int64{{2}, {2, 2}}, f: func(s S, x X) O {
			got := both(s, x)
			if got == nil {
				return O{}
			}
			return op.Mul(s, got[0], got[2])
		}},
		{name: "Optional/one unused", in: [][]int64{{2}, {2, 2}}, f: func(s S, x X) O { return last(both(s, x)) }},
		{name: "CompositeTensorVariant", in: [][]int64{{2}, {2, 2}}, f: func(s S, x X) O {
			box := op.CompositeTensorVariantFromComponents(s, []O{x[0], tf.Const(s, []int32{7}), x[1]}, "")
			return last(op.CompositeTensorVariantToComponents(s, box, "", []tf.DType{tf.Float64, tf.Int32, tf.Float64}))
		}},
		{name: "_EagerConst", in: v, f: func(s S, x X) O { return s.Named("const").Begin("_EagerConst").In(x[0]).One() }},
		{name: "DynamicPartition/one part", in: [][]int64{{5, 2}}, f: func(s S, x X) O {
			return last(op.DynamicPartition(s, x[0], tf.Const(s, []int32{1, 0, 2, 0, 2}), 3))
		}},
		{name: "DynamicPartition/scalar", in: [][]int64{{2}}, f: func(s S, x X) O {
			return last(op.DynamicPartition(s, x[0], tf.ConstScalar(s, int32(1)), 2))
		}},
		{name: "GatherNd/all", in: v, f: func(s S, x X) O {
			return op.GatherNd(s, x[0], tf.Const(s, []int32{}, 4, 2, 0), nil)
		}},
		{name: "TensorScatterUpdate/out of bounds", in: [][]int64{{3}, {2}}, f: func(s S, x X) O {
			as := &op.TensorScatterUpdateAttrs{BadIndicesPolicy: "IGNORE"}
			return op.TensorScatterUpdate(s, x[0], tf.Const(s, []int32{1, 5}, 2, 1), x[1], as)
		}},
		{name: "TensorScatterAdd/out of bounds", in: [][]int64{{3}, {2}}, f: func(s S, x X) O {
			as := &op.TensorScatterAddAttrs{BadIndicesPolicy: "IGNORE"}
			return op.TensorScatterAdd(s, x[0], tf.Const(s, []int32{1, 5}, 2, 1), x[1], as)
		}},
		{name: "GatherNd/out of bounds", in: [][]int64{{3}}, f: func(s S, x X) O {
			return op.GatherNd(s, x[0], tf.Const(s, []int32{1, 5}, 2, 1), &op.GatherNdAttrs{BadIndicesPolicy: "IGNORE"})
		}},
		{name: "ScatterNd/out of bounds", in: [][]int64{{2}}, f: func(s S, x X) O {
			as := &op.ScatterNdAttrs{BadIndicesPolicy: "IGNORE"}
			return op.ScatterNd(s, tf.Const(s, []int32{1, 5}, 2, 1), x[0], tf.Const(s, []int32{3}), as)
		}},
	}
}

func TestBlockPasses(t *testing.T) { checkCases(t, blockPassCases()) }

// blockEmptyCases have no elements to differentiate by, but gradients of a shape.
func blockEmptyCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	empty := [][]int64{{0, 3}}
	i := func(s S, v ...int32) O { return tf.Const(s, append([]int32{}, v...)) }
	pads := func(s S) O { return tf.Const(s, []int32{1, 1, 0, 2}, 2, 2) }
	cases := map[string]func(s S, x O) O{
		"Transpose":           func(s S, x O) O { return op.Transpose(s, x, i(s, 1, 0)) },
		"Reshape":             func(s S, x O) O { return op.Reshape(s, x, i(s, 2, 0, 2)) },
		"ExpandDims":          func(s S, x O) O { return op.ExpandDims(s, x, axis(s, 1)) },
		"Squeeze":             func(s S, x O) O { return op.Squeeze(s, op.ExpandDims(s, x, axis(s, 0)), nil) },
		"BroadcastTo":         func(s S, x O) O { return op.BroadcastTo(s, x, i(s, 2, 0, 3)) },
		"Tile":                func(s S, x O) O { return op.Tile(s, x, i(s, 2, 3)) },
		"Pack":                func(s S, x O) O { return op.Pack(s, []O{x, x}, nil) },
		"Unpack":              func(s S, x O) O { return last(op.Unpack(s, x, 3, &op.UnpackAttrs{Axis: 1})) },
		"ConcatV2":            func(s S, x O) O { return op.ConcatV2(s, []O{x, x}, axis(s, 1)) },
		"Split":               func(s S, x O) O { return last(op.Split(s, axis(s, 1), x, 3)) },
		"SplitV":              func(s S, x O) O { return last(op.SplitV(s, x, i(s, 0, 0), axis(s, 0), 2)) },
		"ReverseV2":           func(s S, x O) O { return op.ReverseV2(s, x, i(s, 0, 1)) },
		"Roll":                func(s S, x O) O { return op.Roll(s, x, i(s, 1), i(s, 1)) },
		"Slice":               func(s S, x O) O { return op.Slice(s, x, i(s, 0, 1), i(s, 0, 2)) },
		"Pad":                 func(s S, x O) O { return op.Pad(s, x, pads(s)) },
		"StridedSlice":        func(s S, x O) O { return op.StridedSlice(s, x, i(s, 0, 0), i(s, 2, 3), i(s, 1, 2), nil) },
		"GatherV2":            func(s S, x O) O { return op.GatherV2(s, x, i(s, 2, 2), axis(s, 1), nil) },
		"GatherV2/rows":       func(s S, x O) O { return op.GatherV2(s, x, i(s), axis(s, 0), nil) },
		"GatherNd":            func(s S, x O) O { return op.GatherNd(s, x, tf.Const(s, []int32{}, 0, 2), nil) },
		"ScatterNd":           func(s S, x O) O { return op.ScatterNd(s, tf.Const(s, []int32{}, 0, 1), x, i(s, 4, 3), nil) },
		"TensorScatterUpdate": func(s S, x O) O { return op.TensorScatterUpdate(s, x, tf.Const(s, []int32{}, 0, 1), x, nil) },
		"DynamicPartition":    func(s S, x O) O { return last(op.DynamicPartition(s, x, i(s), 2)) },
		"DynamicStitch":       func(s S, x O) O { return op.DynamicStitch(s, []O{i(s)}, []O{x}) },
		"UnsortedSegmentSum":  func(s S, x O) O { return op.UnsortedSegmentSum(s, x, i(s), axis(s, 2)) },
		"TensorListFromTensor": func(s S, x O) O {
			return op.TensorListStack(s, op.TensorListFromTensor(s, x, i(s, 3)), i(s, 3), tf.Float64, nil)
		},
		"SpaceToBatchND":  func(s S, x O) O { return op.SpaceToBatchND(s, x, i(s, 3), tf.Const(s, []int32{0, 0}, 1, 2)) },
		"ReverseSequence": func(s S, x O) O { return op.ReverseSequence(s, x, i(s), 1, nil) },
	}
	var all []opCase
	for name, f := range cases {
		all = append(all, opCase{name: name, in: empty, f: func(s S, x X) O { return f(s, x[0]) }})
	}
	return append(all, opCase{name: "Unpack/none", in: empty, f: func(s S, x X) O { // an operation without outputs
		op.Unpack(s, x[0], 0, nil)
		return op.Square(s, x[0])
	}})
}

func TestBlocksEmpty(t *testing.T) { checkCases(t, blockEmptyCases()) }

// TestShortTypes: with the types of fewer bits, elements go the same ways.
func TestShortTypes(t *testing.T) {
	type S = *tf.Scope
	type O = tf.Output
	i := func(s S, v ...int32) O { return tf.Const(s, v) }
	at := func(s S) O { return tf.Const(s, []int32{2, 0, 2}, 3, 1) }
	rows := func(s S, x O) O { return op.Slice(s, x, i(s, 0, 0), i(s, 3, 2)) }
	for name, f := range map[string]func(s S, x O) O{ // of a 4 x 2 matrix
		"Roll":                func(s S, x O) O { return op.Roll(s, x, i(s, 1), i(s, 0)) },
		"GatherV2":            func(s S, x O) O { return op.GatherV2(s, x, i(s, 1, 1), axis(s, 0), nil) },
		"GatherNd":            func(s S, x O) O { return op.GatherNd(s, x, at(s), nil) },
		"ScatterNd":           func(s S, x O) O { return op.ScatterNd(s, at(s), rows(s, x), i(s, 3, 2), nil) },
		"TensorScatterUpdate": func(s S, x O) O { return op.TensorScatterUpdate(s, x, at(s), rows(s, x), nil) },
		"TensorScatterAdd":    func(s S, x O) O { return op.TensorScatterAdd(s, x, at(s), rows(s, x), nil) },
		"TensorScatterMax":    func(s S, x O) O { return op.TensorScatterMax(s, x, at(s), rows(s, x), nil) },
		"DynamicPartition":    func(s S, x O) O { return last(op.DynamicPartition(s, x, i(s, 1, 0, 1, 0), 2)) },
		"DynamicStitch":       func(s S, x O) O { return op.DynamicStitch(s, []O{i(s, 0, 1, 0, 2)}, []O{x}) },
		"StridedSlice":        func(s S, x O) O { return op.StridedSlice(s, x, i(s, 3), i(s, 0), i(s, -2), nil) },
		"Tile":                func(s S, x O) O { return op.Tile(s, x, i(s, 2, 1)) },
		"SpaceToBatchND":      func(s S, x O) O { return op.SpaceToBatchND(s, x, i(s, 2), tf.Const(s, []int32{0, 0}, 1, 2)) },
		"ReverseV2":           func(s S, x O) O { return op.ReverseV2(s, x, i(s, 0)) },
		"TensorListGather": func(s S, x O) O {
			return op.TensorListGather(s, op.TensorListFromTensor(s, x, i(s, 2)), i(s, 1, 1), i(s, 2), x.DType())
		},
		"SparseConcat": func(s S, x O) O {
			v := op.Slice(s, op.Reshape(s, x, i(s, -1)), i(s, 0), i(s, 4))
			_, y, _ := op.SparseConcat(s, []O{sparseIndices(s), otherIndices(s)}, []O{v, v}, []O{sparseShape(s), sparseShape(s)}, 1)
			return y
		},
		"SparseSparseMaximum": func(s S, x O) O {
			v := op.Slice(s, op.Reshape(s, x, i(s, -1)), i(s, 0), i(s, 4))
			_, y := op.SparseSparseMaximum(s, sparseIndices(s), v, sparseShape(s), otherIndices(s), op.Neg(s, v), sparseShape(s))
			return y
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				var got [][]float64
				for _, d := range []tf.DType{tf.Float64, tf.Float32, tf.Float16, tf.BFloat16} {
					x := tf.Const(l.Scope, []float64{-3, 2, 1, -1, 0.5, 4, 5, -2}, 4, 2)
					dx := l.gradients(func(s S) O {
						short := op.Cast(s, x, d, nil)
						return op.Cast(s, op.Mul(s, f(s, short), op.Cast(s, tf.ConstScalar(s, 1.5), d, nil)), tf.Float64, nil)
					}, x)
					got = append(got, l.fetch(dx...)...)
					near(t, d.String(), got[len(got)-1], got[0], 0)
				}
			})
		})
	}
}
