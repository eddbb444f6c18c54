package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// distinct reports whether indices are known to differ from each other.
func distinct(indices tf.Output) bool {
	v, ok := constInts(indices)
	if !ok {
		return false
	}
	slices.Sort(v)
	return len(slices.Compact(slices.Clone(v))) == len(v)
}

// listGatherGrad adds up the rows of elements that were taken more than once.
func listGatherGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	list, indices := o.Input(0), o.Input(1)
	if !distinct(indices) {
		once, at := op.Unique(s, indices, nil)
		dy, indices = op.UnsortedSegmentSum(s, dy, at, op.Size(s, once, nil)), once
	}
	return op.TensorListScatterIntoExistingList(s, zeroList(s, list, dy.DType()), dy, indices)
}

// listScatterGrad serves both forms: TensorListScatter and its V2.
func listScatterGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return listRows(s, dy, o.Input(0), o.Input(1))
}

// listScatterIntoRule: what was overwritten has no part in the result, which
// may be longer than the list was.
func listScatterIntoRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	list, x, indices := o.Input(0), o.Input(1), o.Input(2)
	dx := make([]tf.Output, 3)
	if need[0] {
		rest := op.TensorListScatterIntoExistingList(s, dy[0], op.ZerosLike(s, x), indices)
		dx[0] = sizedLike(s, rest, list)
	}
	if need[1] {
		dx[1] = listRows(s, dy[0], x, indices)
	}
	return dx
}

// listRows is the gradient of x, whose rows were put at indices of a list with
// gradient dy. Of rows put at one index the last stayed.
func listRows(s *tf.Scope, dy, x, indices tf.Output) tf.Output {
	g := op.TensorListGather(s, dy, indices, rowShape(s, x), x.DType())
	if distinct(indices) {
		return g
	}
	once, at := op.Unique(s, indices, nil)
	row := op.Range(s, int32Scalar(s, 0), op.Size(s, indices, nil), int32Scalar(s, 1))
	last := op.UnsortedSegmentMax(s, row, at, op.Size(s, once, nil))
	stayed := op.Equal(s, row, op.GatherV2(s, last, at, int32Scalar(s, 0), nil), nil)
	return op.Select(s, stayed, g, op.ZerosLike(s, g))
}
