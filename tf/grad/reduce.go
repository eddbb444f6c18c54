package grad

import (
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// expanded gives g, of the shape of reduction o's result, ones at the axes
// reduced, so that it broadcasts to the input's shape.
func expanded(s *tf.Scope, o tf.Op, g tf.Output) tf.Output {
	x := o.Input(0)
	in, out := x.Shape(), o.Output(0).Shape()
	if o.AttrBool("keep_dims") || out != nil && len(out) == 0 {
		return g
	}
	if in != nil {
		if axes, ok := constAxes(o.Input(1), len(in)); ok {
			return insertOnes(s, g, in, axes)
		}
	}
	shape := shapeOf(s, x)
	axes := dynamicAxes(s, o)
	one := op.Fill(s, op.Shape(s, axes, nil), int32Scalar(s, 1))
	all := op.Range(s, int32Scalar(s, 0), op.Rank(s, x), int32Scalar(s, 1))
	return op.Reshape(s, g, op.DynamicStitch(s, []tf.Output{all, axes}, []tf.Output{shape, one}))
}

// dynamicAxes are the axes that o reduces, a vector of int32 from 0 up.
func dynamicAxes(s *tf.Scope, o tf.Op) tf.Output {
	rank := op.Rank(s, o.Input(0))
	axes := op.Reshape(s, o.Input(1), ints(s, -1))
	if axes.DType() != tf.Int32 {
		axes = op.Cast(s, axes, tf.Int32, nil)
	}
	return op.FloorMod(s, op.AddV2(s, axes, rank), rank)
}

// insertOnes reshapes g to shape with ones at axes.
func insertOnes(s *tf.Scope, g tf.Output, shape tf.Shape, axes []int64) tf.Output {
	kept := slices.Clone(shape)
	for _, a := range axes {
		kept[a] = 1
	}
	if inferable(kept) {
		return op.Reshape(s, g, ints(s, kept...))
	}
	axes = slices.Clone(axes)
	slices.Sort(axes)
	for _, a := range slices.Compact(axes) {
		g = op.ExpandDims(s, g, int32Scalar(s, int(a)))
	}
	return g
}

func sumGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.BroadcastTo(s, expanded(s, o, dy), shapeOf(s, o.Input(0)))
}

// meanGrad divides by the number of elements that each mean was taken over.
func meanGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, y := o.Input(0), o.Output(0)
	in, out := x.Shape().NumElements(), y.Shape().NumElements()
	if in >= 0 && out > 0 {
		dy = op.RealDiv(s, dy, number(s, dy, float64(in/out)))
	} else {
		n := op.FloorDiv(s, op.Size(s, x, nil), op.Maximum(s, op.Size(s, y, nil), int32Scalar(s, 1)))
		dy = op.RealDiv(s, dy, op.Cast(s, n, dy.DType(), nil))
	}
	return sumGrad(s, o, dy)
}

// extremeGrad serves Max and Min: elements that tie share the gradient.
func extremeGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	hit := op.Cast(s, op.Equal(s, x, expanded(s, o, o.Output(0)), nil), x.DType(), nil)
	hits := op.Sum(s, hit, o.Input(1), &op.SumAttrs{KeepDims: true})
	return op.Mul(s, op.RealDiv(s, hit, hits), expanded(s, o, dy))
}

// prodGrad multiplies, for each element, those before and those after it, so
// that zeros do no harm.
func prodGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	shape := shapeOf(s, x)
	reduced := dynamicAxes(s, o)
	all := op.Range(s, int32Scalar(s, 0), op.Rank(s, x), int32Scalar(s, 1))
	others, _ := op.ListDiff(s, all, reduced, nil)
	zero := int32Scalar(s, 0)
	perm := op.ConcatV2(s, []tf.Output{reduced, others}, zero)
	size := func(axes tf.Output) tf.Output { return op.Prod(s, op.GatherV2(s, shape, axes, zero, nil), zero, nil) }
	moved := op.Transpose(s, x, perm) // reduced axes first
	matrix := op.Reshape(s, moved, op.Pack(s, []tf.Output{size(reduced), size(others)}, nil))
	before := op.Cumprod(s, matrix, zero, &op.CumprodAttrs{Exclusive: true})
	after := op.Cumprod(s, matrix, zero, &op.CumprodAttrs{Exclusive: true, Reverse: true})
	rest := op.Reshape(s, op.Mul(s, before, after), op.Shape(s, moved, nil))
	rest = op.Transpose(s, rest, op.InvertPermutation(s, perm))
	return reshapeLike(s, op.Mul(s, expanded(s, o, dy), conj(s, rest)), x)
}

// cumsumGrad sums from the other end.
func cumsumGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.Cumsum(s, dy, o.Input(1), &op.CumsumAttrs{Exclusive: o.AttrBool("exclusive"), Reverse: !o.AttrBool("reverse")})
}

// cumprodGrad divides the products with x by x. Where x is the first 0 on its
// way it takes them with 1 instead, after which all are 0. That is exact, but for
// second derivatives by two zeros of one product.
func cumprodGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, axis := o.Input(0), o.Input(1)
	exclusive, reverse := o.AttrBool("exclusive"), o.AttrBool("reverse")
	later := func(products tf.Output) tf.Output {
		return op.Cumsum(s, op.Mul(s, conj(s, products), dy), axis, &op.CumsumAttrs{Exclusive: exclusive, Reverse: !reverse})
	}
	zero, one := number(s, x, 0), number(s, x, 1)
	isZero := op.Equal(s, x, zero, nil)
	zeros := op.Cumsum(s, op.Cast(s, isZero, x.DType(), nil), axis, &op.CumsumAttrs{Reverse: reverse})
	first := op.LogicalAnd(s, isZero, op.Equal(s, zeros, one, nil))
	without := op.Cumprod(s, op.SelectV2(s, first, one, x), axis, &op.CumprodAttrs{Exclusive: exclusive, Reverse: reverse})
	divided := op.RealDiv(s, later(o.Output(0)), conj(s, op.SelectV2(s, isZero, one, x)))
	return op.SelectV2(s, isZero, op.SelectV2(s, first, later(without), zero), divided)
}

// cumulativeLogsumexpGrad: exp(x_i) * the sum over later j of dy_j*exp(-y_j), as
// a sum of logarithms so that nothing overflows, of which half precision has too
// few digits. Since it is linear in dy, the result for dy is that for dy+c, which
// is positive, less that for c.
func cumulativeLogsumexpGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	axis, exclusive, reverse := o.Input(1), o.AttrBool("exclusive"), !o.AttrBool("reverse")
	x, y, g := atLeastSingle(s, o.Input(0)), o.Output(0), atLeastSingle(s, dy)
	some := op.Greater(s, y, number(s, y, almostLowest(y.DType()))) // of no elements y is the lowest number
	y = atLeastSingle(s, op.SelectV2(s, some, y, number(s, y, 0)))
	of := func(positive tf.Output) tf.Output {
		logs := op.Sub(s, op.Log(s, positive), y)
		sum := op.CumulativeLogsumexp(s, logs, axis, &op.CumulativeLogsumexpAttrs{Exclusive: exclusive, Reverse: reverse})
		return op.Exp(s, op.AddV2(s, sum, x))
	}
	c := times(s, op.Abs(s, g), 2)
	c = op.StopGradient(s, op.SelectV2(s, op.Greater(s, c, number(s, c, 0)), c, number(s, c, 1e-4)))
	return castTo(s, op.Sub(s, of(op.AddV2(s, g, c)), of(c)), dy.DType())
}

// almostLowest is a negative number near the largest of type d.
func almostLowest(d tf.DType) float64 {
	switch d {
	case tf.Float64:
		return -math.MaxFloat64 / 2
	case tf.Float16:
		return -65000
	default:
		return -math.MaxFloat32 / 2
	}
}

// euclideanNormGrad: x/y, with y real and positive whatever x is; 0 where y is.
func euclideanNormGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	if dy.DType().IsComplex() {
		dy = toComplex(s, realPart(s, dy))
	}
	return op.Mul(s, o.Input(0), expanded(s, o, op.DivNoNan(s, dy, o.Output(0))))
}
