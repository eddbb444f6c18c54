package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// dynamicPartitionRule puts the parts back in their places.
func dynamicPartitionRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	x, partitions := o.Input(0), o.Input(1)
	places := op.DynamicPartition(s, numberedFrom(s, partitions, int32Scalar(s, 0)), partitions, o.AttrInt("num_partitions"))
	if places == nil {
		return nil
	}
	return []tf.Output{reshapeLike(s, placed(s, places, dy, op.Size(s, partitions, nil)), x)}
}

// placed has the rows of the parts at their places, of n, and zeros where there
// is no part. It makes no zeros for those: operations that give parts say that
// all have one shape, and Grappler believes it.
func placed(s *tf.Scope, places, parts []tf.Output, n tf.Output) tf.Output {
	var at, rows []tf.Output
	for i, g := range parts {
		if !g.IsNil() {
			at, rows = append(at, places[i]), append(rows, g)
		}
	}
	join := func(parts []tf.Output) tf.Output {
		if len(parts) == 1 {
			return parts[0]
		}
		return op.ConcatV2(s, parts, int32Scalar(s, 0))
	}
	return op.UnsortedSegmentSum(s, join(rows), join(at), n)
}

// numberedFrom are numbers from start up, in the shape of x.
func numberedFrom(s *tf.Scope, x, start tf.Output) tf.Output {
	end := op.AddV2(s, start, op.Size(s, x, nil))
	return op.Reshape(s, op.Range(s, start, end, int32Scalar(s, 1)), op.Shape(s, x, nil))
}

// dynamicStitchRule: of rows put at one place the last stayed, which stitching
// their numbers finds.
func dynamicStitchRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	n := o.NumInputs() / 2
	places, numbers := o.Inputs()[:n], make([]tf.Output, n)
	start := int32Scalar(s, 0)
	for i, at := range places {
		numbers[i] = numberedFrom(s, at, start)
		start = op.AddV2(s, start, op.Size(s, at, nil))
	}
	stayed := op.DynamicStitch(s, places, numbers)
	row := int32Scalar(s, 0)
	dx := make([]tf.Output, 2*n)
	for i, at := range places {
		if need[n+i] {
			g := op.GatherV2(s, dy[0], at, row, nil)
			dx[n+i] = onlyWhere(s, op.Equal(s, op.GatherV2(s, stayed, at, row, nil), numbers[i], nil), g)
		}
	}
	return dx
}

// onlyWhere is g with zeros for the slices of which cond, whose axes are the
// first of g's, is false.
func onlyWhere(s *tf.Scope, cond, g tf.Output) tf.Output {
	more := op.Sub(s, op.Rank(s, g), op.Rank(s, cond))
	ones := op.Fill(s, op.Reshape(s, more, ints(s, 1)), int32Scalar(s, 1))
	shape := op.ConcatV2(s, []tf.Output{op.Shape(s, cond, nil), ones}, int32Scalar(s, 0))
	return op.SelectV2(s, op.Reshape(s, cond, shape), g, number(s, g, 0))
}
