package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// product multiplies matrices, the first or second transposed or adjoint.
type product func(s *tf.Scope, a, b tf.Output, ta, tb bool) tf.Output

// gradients are those of a*b, where ta and tb say which was transposed.
func (mul product) gradients(s *tf.Scope, a, b, g tf.Output, ta, tb bool, need []bool) []tf.Output {
	d := make([]tf.Output, 2)
	if need[0] {
		if ta {
			d[0] = mul(s, b, g, tb, true)
		} else {
			d[0] = mul(s, g, b, false, !tb)
		}
	}
	if need[1] {
		if tb {
			d[1] = mul(s, g, a, true, ta)
		} else {
			d[1] = mul(s, a, g, !ta, false)
		}
	}
	return d
}

func matProduct(s *tf.Scope, a, b tf.Output, ta, tb bool) tf.Output {
	return op.MatMul(s, a, b, &op.MatMulAttrs{TransposeA: ta, TransposeB: tb})
}

func matMulRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	return product(matProduct).gradients(s, conj(s, o.Input(0)), conj(s, o.Input(1)), dy[0], o.AttrBool("transpose_a"), o.AttrBool("transpose_b"), need)
}

// batchMatMulRule serves BatchMatMul, which does not broadcast, V2, and V3, where
// one input may be of integers.
func batchMatMulRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	mul := product(func(s *tf.Scope, a, b tf.Output, ta, tb bool) tf.Output {
		return op.BatchMatMulV2(s, a, b, &op.BatchMatMulV2Attrs{AdjX: ta, AdjY: tb})
	})
	x, y, g := o.Input(0), o.Input(1), dy[0]
	d := mul.gradients(s, castTo(s, x, g.DType()), castTo(s, y, g.DType()), g, o.AttrBool("adj_x"), o.AttrBool("adj_y"), need)
	if need[0] {
		d[0] = sumBatch(s, d[0], x, y)
	}
	if need[1] {
		d[1] = sumBatch(s, d[1], y, x)
	}
	return d
}

// sumBatch sums g, the gradient of x with the batch dimensions of x and other
// broadcast, to x's shape.
func sumBatch(s *tf.Scope, g, x, other tf.Output) tf.Output {
	xs, os := x.Shape(), other.Shape()
	if len(xs) >= 2 && len(os) >= 2 {
		lead, ones, ok := broadcastAxes(xs[:len(xs)-2], os[:len(os)-2])
		if ok && len(lead)+len(ones) == 0 {
			return g
		}
		if ok {
			return reshapeLike(s, op.Sum(s, g, ints(s, append(lead, ones...)...), nil), x)
		}
	}
	shape := shapeOf(s, x)
	batch := func(shape tf.Output) tf.Output { // all but the last two
		return op.StridedSlice(s, shape, ints(s, 0), ints(s, -2), ints(s, 1), nil)
	}
	axes, _ := op.BroadcastGradientArgs(s, batch(shape), batch(shapeOf(s, other)))
	return op.Reshape(s, op.Sum(s, g, axes, nil), shape)
}

// biasAddRule sums the gradient over all axes but the channels.
func biasAddRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	dx := []tf.Output{dy[0], {}}
	if need[1] {
		dx[1] = op.BiasAddGrad(s, dy[0], &op.BiasAddGradAttrs{DataFormat: o.AttrString("data_format")})
	}
	return dx
}

// biasAddGrad repeats the gradient, a vector, along all axes but the channels.
func biasAddGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	if o.AttrString("data_format") != "NCHW" {
		return op.BroadcastTo(s, dy, shapeOf(s, x))
	}
	return op.BiasAdd(s, op.ZerosLike(s, x), dy, &op.BiasAddAttrs{DataFormat: "NCHW"})
}

// l2LossGrad: sum(x^2)/2.
func l2LossGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return op.Mul(s, dy, o.Input(0)) }
