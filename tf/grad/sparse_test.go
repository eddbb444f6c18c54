package grad_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(betterThanPython, map[string]string{
		"SparseAdd/ddy1":           "the gradient by the gradient",
		"SparseAdd/threshold/ddy1": "the gradient by the gradient",
	})
	for _, name := range []string{
		"SparseReorder", "SparseFillEmptyRows", "SparseFillEmptyRows/full", "SparseFillEmptyRows/empty",
		"RaggedTensorToSparse", "RaggedFillEmptyRows", "RaggedGather", "RaggedGather/matrix", "SparseSlice", "SparseSlice/all", "SparseSlice/nothing", "SparseAdd", "SparseAdd/threshold",
	} {
		kinks[name] = "the first output is integers; see TestSparse"
	}
}

// sparseIndices are entries of a 3 x 4 matrix, in order.
func sparseIndices(s *tf.Scope) tf.Output {
	return tf.Const(s, []int64{0, 1, 1, 0, 1, 3, 2, 2}, 4, 2)
}

// otherIndices has two of the same entries.
func otherIndices(s *tf.Scope) tf.Output {
	return tf.Const(s, []int64{0, 1, 0, 2, 1, 3, 2, 0}, 4, 2)
}

func sparseShape(s *tf.Scope) tf.Output { return tf.Const(s, []int64{3, 4}) }

// sparseCases are functions of the values of sparse tensors.
func sparseCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	one, two := [][]int64{{4}}, [][]int64{{4}, {4}}
	add := func(s S, x X, thresh float64) O {
		_, y, _ := op.SparseAdd(s, sparseIndices(s), x[0], sparseShape(s), otherIndices(s), x[1], sparseShape(s), tf.ConstScalar(s, thresh))
		return y
	}
	slice := func(s S, x O, start, size []int64) O {
		_, y, _ := op.SparseSlice(s, sparseIndices(s), x, sparseShape(s), tf.Const(s, start), tf.Const(s, size))
		return y
	}
	concat := func(s S, x X, dim int64) O {
		_, y, _ := op.SparseConcat(s, []O{sparseIndices(s), otherIndices(s)}, x, []O{sparseShape(s), sparseShape(s)}, dim)
		return y
	}
	cases := []opCase{
		{name: "SparseReorder", in: one, f: func(s S, x X) O {
			_, y := op.SparseReorder(s, tf.Const(s, []int64{2, 2, 0, 1, 1, 3, 1, 0}, 4, 2), x[0], sparseShape(s))
			return y
		}},
		{name: "SparseAdd", in: two, f: func(s S, x X) O { return add(s, x, 0) }},
		{name: "SparseAdd/threshold", in: two, low: 0.1, high: 1, f: func(s S, x X) O { return add(s, x, 0.5) }},
		{name: "SparseSlice", in: one, f: func(s S, x X) O { return slice(s, x[0], []int64{0, 1}, []int64{2, 3}) }},
		{name: "SparseSlice/all", in: one, f: func(s S, x X) O { return slice(s, x[0], []int64{0, 0}, []int64{9, 9}) }},
		{name: "SparseConcat/rows", in: two, f: func(s S, x X) O { return concat(s, x, 0) }},
		{name: "SparseConcat/columns", in: two, f: func(s S, x X) O { return concat(s, x, -1) }},
		{name: "SparseSplit", in: one, f: func(s S, x X) O {
			_, y, _ := op.SparseSplit(s, tf.ConstScalar(s, int64(1)), sparseIndices(s), x[0], sparseShape(s), 2)
			if y == nil {
				return O{}
			}
			return op.ConcatV2(s, []O{y[1], op.Square(s, y[0])}, axis(s, 0))
		}},
		{name: "SparseSplit/one part", in: one, f: func(s S, x X) O {
			_, y, _ := op.SparseSplit(s, tf.ConstScalar(s, int64(0)), sparseIndices(s), x[0], sparseShape(s), 3)
			return last(y)
		}},
		{name: "SparseReshape", in: one, f: func(s S, x X) O {
			at, shape := op.SparseReshape(s, sparseIndices(s), sparseShape(s), tf.Const(s, []int64{2, 6}))
			return op.SparseReduceSum(s, at, x[0], shape, axis(s, 1), nil)
		}},
		{name: "SparseSoftmax", in: one, f: func(s S, x X) O { return op.SparseSoftmax(s, sparseIndices(s), x[0], sparseShape(s)) }},
		{name: "SparseReduceSum", in: one, f: func(s S, x X) O {
			return op.SparseReduceSum(s, sparseIndices(s), x[0], sparseShape(s), tf.Const(s, []int32{0, 1}), nil)
		}},
		{name: "SparseSparseMaximum", in: two, f: func(s S, x X) O {
			_, y := op.SparseSparseMaximum(s, sparseIndices(s), x[0], sparseShape(s), otherIndices(s), x[1], sparseShape(s))
			return y
		}},
		{name: "SparseSparseMinimum", in: two, f: func(s S, x X) O {
			_, y := op.SparseSparseMinimum(s, sparseIndices(s), x[0], sparseShape(s), otherIndices(s), x[1], sparseShape(s))
			return y
		}},
	}
	return slices.Concat(cases, fillCases(), denseCases(), noEntries(), raggedCases())
}

func fillCases() []opCase {
	var cases []opCase
	for name, rows := range map[string][]int64{"": {1, 0, 1, 2, 3, 1}, "/full": {0, 1, 1, 0, 2, 0, 3, 1, 4, 2}, "/empty": {}} {
		n := int64(len(rows) / 2)
		cases = append(cases, opCase{name: "SparseFillEmptyRows" + name, in: [][]int64{{n}, {}}, f: func(s *tf.Scope, x []tf.Output) tf.Output {
			_, y, _, _ := op.SparseFillEmptyRows(s, tf.Const(s, rows, n, 2), x[0], tf.Const(s, []int64{5, 3}), x[1])
			return y
		}})
	}
	return cases
}

// denseCases give or take dense tensors.
func denseCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	var cases []opCase
	for name, f := range map[string]func(s S, indices, values, shape, dense O) O{
		"SparseDenseCwiseAdd": op.SparseDenseCwiseAdd, "SparseDenseCwiseMul": op.SparseDenseCwiseMul, "SparseDenseCwiseDiv": op.SparseDenseCwiseDiv,
	} {
		for kind, shape := range map[string][]int64{"": {3, 4}, "/row": {4}, "/column": {3, 1}, "/one": {1}} {
			cases = append(cases, opCase{name: name + kind, in: [][]int64{{4}, shape}, low: 0.5, high: 2, f: func(s S, x X) O {
				return f(s, sparseIndices(s), x[0], sparseShape(s), x[1])
			}})
		}
	}
	unchecked := false
	for name, c := range map[string]struct {
		at     func(s S) O
		values []int64
	}{
		"index":         {at: func(s S) O { return tf.ConstScalar(s, int64(2)) }, values: []int64{}},
		"vector":        {at: func(s S) O { return tf.Const(s, []int64{3, 1}) }, values: []int64{2}},
		"one value":     {at: func(s S) O { return tf.Const(s, []int64{3, 1}) }, values: []int64{}},
		"twice":         {at: func(s S) O { return tf.Const(s, []int64{3, 1, 3}, 3, 1) }, values: []int64{3}},
		"twice a value": {at: func(s S) O { return tf.Const(s, []int64{3, 1, 3}) }, values: []int64{}},
		"none":          {at: func(s S) O { return tf.Const(s, []int64{}, 0, 1) }, values: []int64{0}},
	} {
		cases = append(cases, opCase{name: "SparseToDense/" + name, in: [][]int64{c.values, {}}, f: func(s S, x X) O {
			as := &op.SparseToDenseAttrs{ValidateIndices: &unchecked}
			return op.SparseToDense(s, c.at(s), tf.Const(s, []int64{5}), x[0], x[1], as)
		}})
	}
	return cases
}

// noEntries are sparse tensors without any.
func noEntries() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	in := [][]int64{{0}, {3, 4}}
	none := func(s S) O { return tf.Const(s, []int64{}, 0, 2) }
	return []opCase{
		{name: "SparseTensorDenseAdd/none", in: in, f: func(s S, x X) O {
			return op.SparseTensorDenseAdd(s, none(s), x[0], sparseShape(s), x[1])
		}},
		{name: "SparseTensorDenseMatMul/none", in: [][]int64{{0}, {4, 2}}, f: func(s S, x X) O {
			return op.SparseTensorDenseMatMul(s, none(s), x[0], sparseShape(s), x[1], nil)
		}},
		{name: "SparseDenseCwiseMul/none", in: in, f: func(s S, x X) O {
			return op.SparseDenseCwiseMul(s, none(s), x[0], sparseShape(s), x[1])
		}},
		{name: "SparseReduceSum/none", in: in, f: func(s S, x X) O {
			sum := op.SparseReduceSum(s, none(s), x[0], sparseShape(s), axis(s, 1), nil)
			return op.AddV2(s, op.Reshape(s, sum, tf.Const(s, []int32{3, 1})), x[1])
		}},
		{name: "SparseSoftmax/none", in: [][]int64{{0}}, f: func(s S, x X) O { return op.SparseSoftmax(s, none(s), x[0], sparseShape(s)) }},
		{name: "SparseReorder/none", in: [][]int64{{0}}, f: func(s S, x X) O {
			_, y := op.SparseReorder(s, none(s), x[0], sparseShape(s))
			return y
		}},
		{name: "SparseAdd/none", in: [][]int64{{0}, {4}}, f: func(s S, x X) O {
			_, y, _ := op.SparseAdd(s, none(s), x[0], sparseShape(s), sparseIndices(s), x[1], sparseShape(s), tf.ConstScalar(s, 0.0))
			return y
		}},
		{name: "SparseSparseMaximum/none", in: [][]int64{{4}, {0}}, f: func(s S, x X) O {
			_, y := op.SparseSparseMaximum(s, sparseIndices(s), x[0], sparseShape(s), none(s), x[1], sparseShape(s))
			return y
		}},
		{name: "SparseConcat/none", in: [][]int64{{4}, {0}}, f: func(s S, x X) O {
			_, y, _ := op.SparseConcat(s, []O{sparseIndices(s), none(s)}, x, []O{sparseShape(s), sparseShape(s)}, 1)
			return y
		}},
	}
}

// raggedCases are functions of the values of ragged tensors.
func raggedCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	splits := func(s S) []O { return []O{tf.Const(s, []int64{0, 2, 2, 5})} }
	toTensor := func(s S, x X, types []string, partitions ...O) O {
		return op.RaggedTensorToTensor(s, tf.ConstScalar(s, int64(-1)), x[0], x[1], partitions, types)
	}
	return []opCase{
		{name: "RaggedGather", in: [][]int64{{5, 2}}, f: func(s S, x X) O {
			_, y := op.RaggedGather(s, splits(s), x[0], tf.Const(s, []int32{2, 0, 2}), 1)
			return y
		}},
		{name: "RaggedTensorToSparse", in: [][]int64{{5}}, f: func(s S, x X) O {
			_, y, _ := op.RaggedTensorToSparse(s, splits(s), x[0])
			return y
		}},
		{name: "RaggedFillEmptyRows", in: [][]int64{{3}, {}}, f: func(s S, x X) O {
			_, y, _, _ := op.RaggedFillEmptyRows(s, tf.Const(s, []int64{1, 1, 3}), x[0], tf.ConstScalar(s, int64(5)), x[1])
			return y
		}},
		{name: "RaggedTensorToTensor/splits", in: [][]int64{{5}, {}}, f: func(s S, x X) O {
			return toTensor(s, x, []string{"ROW_SPLITS"}, splits(s)[0])
		}},
		{name: "RaggedTensorToTensor/row numbers", in: [][]int64{{5, 2}, {2}}, f: func(s S, x X) O {
			rows := tf.Const(s, []int64{0, 0, 2, 2, 2})
			return toTensor(s, x, []string{"FIRST_DIM_SIZE", "VALUE_ROWIDS"}, tf.ConstScalar(s, int64(4)), rows)
		}},
		{name: "RaggedTensorToTensor/rank 2", in: [][]int64{{5, 1, 2}, {1, 1}}, f: func(s S, x X) O {
			return toTensor(s, x, []string{"ROW_SPLITS", "ROW_SPLITS"}, tf.Const(s, []int64{0, 1, 3}), splits(s)[0])
		}},
		{name: "RaggedTensorToTensor/cut", in: [][]int64{{5}, {}}, f: func(s S, x X) O {
			return op.RaggedTensorToTensor(s, tf.Const(s, []int64{4, 2}), x[0], x[1], splits(s), []string{"ROW_SPLITS"})
		}},
	}
}

func TestSparse(t *testing.T) { checkCases(t, sparseCases()) }
