package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// regions are the rows, or columns, that fractional pooling takes together:
// those from first to last.
type regions struct {
	first, last tf.Output // [n, 1]
	size        tf.Output // of the whole, a scalar
}

// regionsOf reads a sequence of where regions begin, and the end of the last;
// axis is that of x they are on. Graphs believe the sequence to be one shorter
// than it is.
func regionsOf(s *tf.Scope, o tf.Op, sequence, x tf.Output, axis int64) regions {
	sequence = op.PlaceholderWithDefault(s, sequence, tf.Shape{-1})
	shape := op.Shape(s, x, &op.ShapeAttrs{OutType: tf.Int64})
	size := op.StridedSlice(s, shape, ints(s, axis), ints(s, axis+1), ints(s, 1), &op.StridedSliceAttrs{ShrinkAxisMask: 1})
	one := tf.ConstScalar(s, int64(1))
	column := func(from, to, mask int64) tf.Output {
		part := op.StridedSlice(s, sequence, ints(s, from), ints(s, to), ints(s, 1), &op.StridedSliceAttrs{EndMask: mask})
		return op.ExpandDims(s, part, int32Scalar(s, 1))
	}
	last := column(1, 0, 1)
	if !o.AttrBool("overlapping") {
		last = op.Sub(s, last, one)
	}
	return regions{column(0, -1, 0), op.Minimum(s, last, op.Sub(s, size, one)), size}
}

func (r regions) count(s *tf.Scope, n tf.Output) tf.Output {
	return op.Range(s, tf.ConstScalar(s, int64(0)), n, tf.ConstScalar(s, int64(1)))
}

// means is the matrix that takes means over regions: [n, size].
func (r regions) means(s *tf.Scope, d tf.DType) tf.Output {
	at := r.count(s, r.size)
	in := op.Cast(s, op.LogicalAnd(s, op.GreaterEqual(s, at, r.first), op.LessEqual(s, at, r.last)), d, nil)
	return op.RealDiv(s, in, op.Sum(s, in, ints(s, 1), &op.SumAttrs{KeepDims: true}))
}

// members are the indices in each region, the last of them repeated in those
// smaller than the largest: [n, largest].
func (r regions) members(s *tf.Scope) tf.Output {
	sizes := op.AddV2(s, op.Sub(s, r.last, r.first), tf.ConstScalar(s, int64(1)))
	largest := op.Max(s, sizes, ints(s, 0, 1), nil)
	return op.Minimum(s, op.AddV2(s, r.first, r.count(s, largest)), r.last)
}

func fractionalAvgGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	shape := op.Shape(s, o.Input(0), &op.ShapeAttrs{OutType: tf.Int64})
	return op.FractionalAvgPoolGrad(s, shape, dy, o.Output(1), o.Output(2),
		&op.FractionalAvgPoolGradAttrs{Overlapping: o.AttrBool("overlapping")})
}

// fractionalAvgGradRule: the kernel takes x's shape, dy, rows and columns.
func fractionalAvgGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	d := g[0].DType()
	rows, columns := regionsOf(s, o, o.Input(2), g[0], 1), regionsOf(s, o, o.Input(3), g[0], 2)
	y := op.Einsum(s, []tf.Output{g[0], rows.means(s, d)}, "bhwc,ih->biwc")
	return []tf.Output{{}, op.Einsum(s, []tf.Output{y, columns.means(s, d)}, "biwc,jw->bijc")}
}

func fractionalMaxGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.FractionalMaxPoolGrad(s, o.Input(0), o.Output(0), dy, o.Output(1), o.Output(2),
		&op.FractionalMaxPoolGradAttrs{Overlapping: o.AttrBool("overlapping")})
}

// fractionalMaxGradRule: the kernel takes x, y, dy, rows and columns.
func fractionalMaxGradRule(s *tf.Scope, o tf.Op, g []tf.Output, need []bool) []tf.Output {
	return poolSecond(s, o, need, func() tf.Output {
		x, dy := o.Input(0), o.Input(2)
		rows := regionsOf(s, o, o.Input(3), x, 1).members(s)
		columns := regionsOf(s, o, o.Input(4), x, 2).members(s)
		return atLargest(s, windows(s, x, rows, columns, dy), windows(s, g[0], rows, columns, dy))
	})
}
