package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// scatterRules are the gradients of operations that put slices into a tensor.
func scatterRules() map[string]rule {
	return map[string]rule{
		"ScatterNdNonAliasingAdd":  scatterAddRule(identity),
		"TensorScatterAdd":         scatterAddRule(identity),
		"TensorScatterSub":         scatterAddRule(op.Neg),
		"TensorScatterMin":         scatterExtremeRule,
		"TensorScatterMax":         scatterExtremeRule,
		"TensorScatterUpdate":      scatterUpdateRule,
		"TensorStridedSliceUpdate": sliceUpdateRule,
		"ResourceGatherNd":         first(resourceGatherNdGrad),
	}
}

// slicesAt are the slices of x that o puts its updates at.
func slicesAt(s *tf.Scope, o tf.Op, x tf.Output) tf.Output {
	return op.GatherNd(s, x, o.Input(1), &op.GatherNdAttrs{BadIndicesPolicy: o.AttrString("bad_indices_policy")})
}

// scatterAddRule serves sums; sign is that of the updates.
func scatterAddRule(sign func(s *tf.Scope, x tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		dx := []tf.Output{dy[0], {}, {}}
		if need[2] {
			dx[2] = sign(s, slicesAt(s, o, dy[0]))
		}
		return dx
	}
}

// scatterExtremeRule serves the minimum and the maximum: what ties shares the
// gradient.
func scatterExtremeRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	x, indices, updates, y := o.Input(0), o.Input(1), o.Input(2), o.Output(0)
	hit := func(a, b tf.Output) tf.Output { return op.Cast(s, op.Equal(s, a, b, nil), a.DType(), nil) }
	hitX, hitUpdates := hit(x, y), hit(updates, slicesAt(s, o, y))
	as := &op.TensorScatterAddAttrs{BadIndicesPolicy: o.AttrString("bad_indices_policy")}
	share := op.RealDiv(s, dy[0], op.TensorScatterAdd(s, hitX, indices, hitUpdates, as))
	return []tf.Output{op.Mul(s, share, hitX), {}, op.Mul(s, slicesAt(s, o, share), hitUpdates)}
}

// scatterUpdateRule: of slices put at one place the last stayed, which putting
// their numbers there finds.
func scatterUpdateRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	x, indices, updates := o.Input(0), o.Input(1), o.Input(2)
	as := &op.TensorScatterUpdateAttrs{BadIndicesPolicy: o.AttrString("bad_indices_policy")}
	dx := make([]tf.Output, 3)
	if need[0] {
		dx[0] = op.TensorScatterUpdate(s, dy[0], indices, op.ZerosLike(s, updates), as)
	}
	if need[2] {
		zero, one := ints(s, 0), ints(s, 1)
		size := op.Shape(s, indices, nil)
		rows := op.StridedSlice(s, size, zero, ints(s, -1), one, nil)
		depth := op.StridedSlice(s, size, ints(s, -1), zero, one, &op.StridedSliceAttrs{EndMask: 1})
		places := op.Fill(s, op.Slice(s, shapeOf(s, x), zero, depth), int32Scalar(s, 0))
		count := op.Prod(s, rows, zero, nil)
		numbers := op.Reshape(s, op.Range(s, int32Scalar(s, 0), count, int32Scalar(s, 1)), rows)
		stayed := slicesAt(s, o, op.TensorScatterUpdate(s, places, indices, numbers, as))
		dx[2] = onlyWhere(s, op.Equal(s, stayed, numbers, nil), slicesAt(s, o, dy[0]))
	}
	return dx
}

// sliceUpdateRule: what was overwritten has no part in the result.
func sliceUpdateRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	begin, end, strides, value := o.Input(1), o.Input(2), o.Input(3), o.Input(4)
	as := strided(o)
	part := op.StridedSlice(s, dy[0], begin, end, strides, &as)
	dx := make([]tf.Output, 5)
	if need[0] {
		update := op.TensorStridedSliceUpdateAttrs(as)
		dx[0] = op.TensorStridedSliceUpdate(s, dy[0], begin, end, strides, op.ZerosLike(s, part), &update)
	}
	if need[4] {
		dx[4] = sumTo(s, part, value, part)
	}
	return dx
}

// resourceGatherNdGrad gives a dense gradient to the variable's handle.
func resourceGatherNdGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	indices := o.Input(1)
	shape := op.VariableShape(s, o.Input(0), &op.VariableShapeAttrs{OutType: indices.DType()})
	return op.ScatterNd(s, indices, dy, shape, nil)
}
