package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Ragged tensors are row splits and values. As with sparse ones, giving the
// values' numbers to an operation tells where it puts them.

// raggedGatherRule: the inputs are the splits, values and indices, the outputs
// splits and values.
func raggedGatherRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	in, rank := o.Inputs(), o.AttrInt("OUTPUT_RAGGED_RANK")
	if dy[rank].IsNil() {
		return nil
	}
	splits, values, indices := in[:len(in)-2], in[len(in)-2], in[len(in)-1]
	rows := rowCount(s, values)
	_, at := op.RaggedGather(s, splits, rowNumbers(s, rows), indices, rank)
	return append(make([]tf.Output, len(splits)), op.UnsortedSegmentSum(s, dy[rank], at, rows))
}

// rowCount is the number of x's rows.
func rowCount(s *tf.Scope, x tf.Output) tf.Output {
	as := &op.StridedSliceAttrs{ShrinkAxisMask: 1}
	return op.StridedSlice(s, op.Shape(s, x, nil), ints(s, 0), ints(s, 1), ints(s, 1), as)
}

// rowNumbers are the numbers of as many rows, an int32.
func rowNumbers(s *tf.Scope, rows tf.Output) tf.Output {
	return op.Range(s, int32Scalar(s, 0), rows, int32Scalar(s, 1))
}

func raggedToSparseRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if dy[1].IsNil() {
		return nil
	}
	n := o.NumInputs() - 1
	return append(make([]tf.Output, n), reshapeLike(s, dy[1], o.Input(n)))
}

// raggedToTensorRule: what no value was put into is the default.
func raggedToTensorRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	values, standard, g := o.Input(1), o.Input(2), dy[0]
	types := o.AttrStrings("row_partition_types")
	lead := int64(1)
	for _, t := range types {
		if t != "FIRST_DIM_SIZE" {
			lead++
		}
	}
	rows := rowCount(s, values)
	shape := op.Slice(s, op.Shape(s, g, nil), ints(s, 0), ints(s, lead))
	at := op.RaggedTensorToTensor(s, shape, rowNumbers(s, rows), int32Scalar(s, -1), o.Inputs()[3:], types)
	dx := make([]tf.Output, 3)
	if need[1] {
		dx[1] = op.UnsortedSegmentSum(s, g, at, rows) // which leaves out -1
	}
	if need[2] {
		rest := onlyWhere(s, op.Less(s, at, int32Scalar(s, 0)), g)
		dx[2] = sumTo(s, rest, standard, rest)
	}
	return dx
}
