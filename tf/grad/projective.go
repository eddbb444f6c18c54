package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// projectiveRule serves ImageProjectiveTransformV2 and V3. Python warps dy by
// the inverse transform, which is right only where pixels fall on pixels; this
// differentiates the formula, by the transforms and the fill value too.
func projectiveRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	w := warp{size: sizeOf(s, dy[0]), mode: o.AttrString("fill_mode"), bilinear: o.AttrString("interpolation") == "BILINEAR"}
	xs := []tf.Output{o.Input(0), o.Input(1)}
	if o.NumInputs() > 3 {
		xs = append(xs, o.Input(3))
	}
	dx := throughFormula(s, xs, dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
		fill := tf.ConstScalar(s, float32(0))
		if len(in) > 2 {
			fill = in[2]
		}
		return []tf.Output{w.images(s, in[0], in[1], fill)}
	})
	if len(dx) > 2 {
		return []tf.Output{dx[0], dx[1], {}, dx[2]}
	}
	return dx
}

// warp reads images at places given by a projective transform, in float32 as
// the kernel does.
type warp struct {
	size     tf.Output // height and width of the result
	mode     string    // what stands outside the image
	bilinear bool      // else the nearest pixel
}

func (w warp) images(s *tf.Scope, images, transforms, fill tf.Output) tf.Output {
	one := tf.ConstScalar(s, float32(1))
	part := func(v tf.Output, i int64) tf.Output { return op.Slice(s, v, ints(s, i), ints(s, 1)) }
	if !w.bilinear { // pixels jump
		transforms = op.StopGradient(s, transforms)
	}
	t := func(i int64) tf.Output { // [batch or 1, 1, 1]
		return op.Reshape(s, op.Slice(s, transforms, ints(s, 0, i), ints(s, -1, 1)), ints(s, -1, 1, 1))
	}
	row := op.ExpandDims(s, count(s, part(w.size, 0), tf.Float32), int32Scalar(s, 1))
	column := count(s, part(w.size, 1), tf.Float32)
	line := func(a, b int64, c tf.Output) tf.Output {
		return op.AddV2(s, op.AddV2(s, op.Mul(s, t(a), column), op.Mul(s, t(b), row)), c)
	}
	under := line(6, 7, one)
	shape := op.Shape(s, images, nil)
	from := source{shape: shape, fill: fill, finite: op.NotEqual(s, under, number(s, under, 0), nil)}
	from.rows = op.Reshape(s, images, op.ConcatV2(s, []tf.Output{ints(s, -1), part(shape, 3)}, int32Scalar(s, 0)))
	from.rows = op.Cast(s, from.rows, tf.Float32, nil)
	x := w.within(s, op.DivNoNan(s, line(0, 1, t(2)), under), part(shape, 2))
	y := w.within(s, op.DivNoNan(s, line(3, 4, t(5)), under), part(shape, 1))
	if !w.bilinear {
		return op.Cast(s, from.at(s, roundAway(s, y), roundAway(s, x)), images.DType(), nil)
	}
	var sum []tf.Output
	for _, yc := range corners(s, y) {
		for _, xc := range corners(s, x) {
			weight := op.ExpandDims(s, op.Mul(s, yc.weight, xc.weight), int32Scalar(s, 3))
			sum = append(sum, op.Mul(s, weight, from.at(s, yc.at, xc.at)))
		}
	}
	return op.Cast(s, op.AddN(s, sum), images.DType(), nil)
}

// source is the images in rows of pixels.
type source struct {
	rows, shape, fill tf.Output
	finite            tf.Output // whether a place is one
}

// at reads the pixels at whole y and x: [batch, height, width, channels].
func (f source) at(s *tf.Scope, y, x tf.Output) tf.Output {
	size := func(i int64) tf.Output { return op.Reshape(s, op.Slice(s, f.shape, ints(s, i), ints(s, 1)), ints(s)) }
	in := f.finite
	whole := func(v, n tf.Output) tf.Output {
		ok := op.LogicalAnd(s, op.GreaterEqual(s, v, number(s, v, 0)), op.Less(s, v, op.Cast(s, n, v.DType(), nil)))
		in = op.LogicalAnd(s, in, ok)
		return op.Cast(s, op.SelectV2(s, ok, v, number(s, v, 0)), tf.Int32, nil)
	}
	batch, height, width := size(0), size(1), size(2)
	row, column := whole(y, height), whole(x, width)
	image := op.Reshape(s, op.Range(s, int32Scalar(s, 0), batch, int32Scalar(s, 1)), ints(s, -1, 1, 1))
	index := op.AddV2(s, op.Mul(s, op.AddV2(s, op.Mul(s, image, height), row), width), column)
	pixels := op.GatherV2(s, f.rows, index, int32Scalar(s, 0), nil)
	return op.SelectV2(s, op.ExpandDims(s, in, int32Scalar(s, 3)), pixels, f.fill)
}

// corner is one of the two pixels a place is between, and what it counts.
type corner struct{ at, weight tf.Output }

func corners(s *tf.Scope, v tf.Output) [2]corner {
	one := number(s, v, 1)
	low := op.Floor(s, v)
	high := op.AddV2(s, low, one)
	return [2]corner{{low, op.Sub(s, high, v)}, {high, op.Sub(s, v, low)}}
}

// roundAway rounds halves away from zero.
func roundAway(s *tf.Scope, v tf.Output) tf.Output {
	return op.Mul(s, op.Sign(s, v), op.Floor(s, op.AddV2(s, op.Abs(s, v), number(s, v, 0.5))))
}

// within moves places outside 0..n-1 into the image, as the mode wants it; n is [1].
func (w warp) within(s *tf.Scope, v, n tf.Output) tf.Output {
	n = op.Cast(s, n, v.DType(), nil)
	zero, one := number(s, v, 0), number(s, v, 1)
	last := op.Sub(s, n, one)
	below, above := op.Less(s, v, zero), op.Greater(s, v, last)
	wholes := func(a, b tf.Output) tf.Output { return op.Floor(s, op.DivNoNan(s, a, b)) } // of a >= 0
	minus := op.Neg(s, v)
	switch w.mode {
	case "CONSTANT":
		return v
	case "REFLECT": // dcba|abcd|dcba
		twice := times(s, n, 2)
		under := op.AddV2(s, v, op.Mul(s, twice, wholes(minus, twice)))
		under = op.SelectV2(s, op.Less(s, under, op.Neg(s, n)), op.AddV2(s, under, twice), op.Sub(s, op.Neg(s, under), one))
		over := op.Sub(s, v, op.Mul(s, twice, wholes(v, twice)))
		over = op.SelectV2(s, op.GreaterEqual(s, over, n), op.Sub(s, op.Sub(s, twice, over), one), over)
		v = op.SelectV2(s, below, under, op.SelectV2(s, above, over, v))
	case "WRAP": // abcd|abcd|abcd
		under := op.AddV2(s, v, op.Mul(s, n, op.AddV2(s, wholes(minus, last), one)))
		over := op.Sub(s, v, op.Mul(s, n, wholes(v, last)))
		v = op.SelectV2(s, below, under, op.SelectV2(s, above, over, v))
	}
	return op.Minimum(s, op.Maximum(s, v, zero), last)
}
