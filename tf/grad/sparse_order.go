package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Operations that put entries into another order tell that order when they are
// given the entries' numbers as values.

func sparseReorderRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if dy[1].IsNil() {
		return nil
	}
	_, order := op.SparseReorder(s, o.Input(0), numberedFrom(s, o.Input(1), int32Scalar(s, 0)), o.Input(2))
	return []tf.Output{{}, ordered(s, dy[1], order)}
}

// ordered undoes an order: entry i of g came from place order[i].
func ordered(s *tf.Scope, g, order tf.Output) tf.Output {
	return op.GatherV2(s, g, op.InvertPermutation(s, order), int32Scalar(s, 0), nil)
}

func sparseConcatRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if dy[1].IsNil() {
		return nil
	}
	n := o.NumInputs() / 3
	indices, values, shapes := o.Inputs()[:n], o.Inputs()[n:2*n], o.Inputs()[2*n:]
	numbers := make([]tf.Output, n)
	start := int32Scalar(s, 0)
	for i, v := range values {
		numbers[i] = numberedFrom(s, v, start)
		start = op.AddV2(s, start, op.Size(s, v, nil))
	}
	_, order, _ := op.SparseConcat(s, indices, numbers, shapes, o.AttrInt("concat_dim"))
	return append(make([]tf.Output, n), cut(s, ordered(s, dy[1], order), int32Scalar(s, 0), values)...)
}

// sparseSplitRule: the outputs are indices, values and shapes of all parts.
func sparseSplitRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	n := int(o.AttrInt("num_split"))
	g := dy[n : 2*n]
	if !slices.ContainsFunc(g, func(o tf.Output) bool { return !o.IsNil() }) {
		return nil
	}
	values := o.Input(2)
	_, places, _ := op.SparseSplit(s, o.Input(0), o.Input(1), numberedFrom(s, values, int32Scalar(s, 0)), o.Input(3), int64(n))
	if places == nil {
		return nil
	}
	return []tf.Output{{}, {}, reshapeLike(s, placed(s, places, g, op.Size(s, values, nil)), values)}
}

func sparseSliceRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if dy[1].IsNil() {
		return nil
	}
	return []tf.Output{{}, op.SparseSliceGrad(s, dy[1], o.Input(0), o.Input(3), op.StopGradient(s, o.Output(0)))}
}

// sparseSliceGradRule takes the entries that lie in the slice, in their order.
func sparseSliceGradRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	one := op.OnesLike(s, o.Input(0))
	inside := op.Where(s, op.SparseSliceGrad(s, one, o.Input(1), o.Input(2), o.Input(3)))
	return []tf.Output{op.GatherNd(s, dy[0], inside, nil)}
}
