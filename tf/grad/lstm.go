package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// blockLSTMRule serves BlockLSTM and BlockLSTMV2, whose gates are in another
// order. The kernel takes gradients of cs and h only; those of the gates come
// from the formula. It knows no clipping: gates of zero keep the gradient from
// what went into a cell that was clipped.
func blockLSTMRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	for j, g := range dy {
		if !g.IsNil() && j != 1 && j != 6 {
			return unrolled(s, o, dy)
		}
	}
	dcs, dh := dy[1], dy[6]
	if dcs.IsNil() {
		dcs = op.ZerosLike(s, o.Output(1))
	}
	if dh.IsNil() {
		dh = op.ZerosLike(s, o.Output(6))
	}
	kernel := op.BlockLSTMGrad
	if o.Type() == "BlockLSTMV2" {
		kernel = op.BlockLSTMGradV2
	}
	in, y := o.Inputs(), o.Outputs()
	i, f := y[0], y[2]
	if clip := lstmOf(o).clip; clip > 0 {
		clipped, zero := op.GreaterEqual(s, op.Abs(s, y[1]), number(s, y[1], clip)), number(s, i, 0)
		i, f = op.SelectV2(s, clipped, zero, i), op.SelectV2(s, clipped, zero, f)
	}
	dx := make([]tf.Output, 9)
	dx[1], dx[2], dx[3], dx[4], dx[5], dx[6], dx[7], dx[8] = kernel(s, in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7], in[8],
		i, y[1], f, y[3], y[4], y[5], y[6], dcs, dh, o.AttrBool("use_peephole"))
	if shape := in[1].Shape(); len(shape) != 3 || shape[1] <= 0 {
		some := op.Greater(s, op.Size(s, in[2], nil), int32Scalar(s, 0))
		for i := 4; i < 9; i++ { // of an empty batch the kernel leaves these as they were
			dx[i] = op.SelectV2(s, some, dx[i], number(s, dx[i], 0))
		}
	}
	return dx
}

// unrolled differentiates the formula of BlockLSTM.
func unrolled(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
	n, in := lstmOf(o), o.Inputs()
	steps := timeSteps(in[1])
	if steps < 0 {
		return fail(s, o, tf.Unimplemented, "gradients other than those of cs and h need to know the number of steps, but x has shape %v", in[1].Shape())
	}
	if steps == 0 { // the outputs are empty
		return noSteps(s, in)
	}
	dx := throughFormula(s, in[1:], dy, func(s *tf.Scope, x []tf.Output) []tf.Output { return n.unroll(s, steps, in[0], x) })
	return append([]tf.Output{{}}, dx...)
}

// blockLSTMGradRule is second order: there is no kernel, so it differentiates
// the formula of the gradient, one step after the other.
func blockLSTMGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	n, in := lstmOf(o), o.Inputs()
	steps := timeSteps(in[1])
	if steps < 0 {
		return fail(s, o, tf.Unimplemented, "the second gradient needs to know the number of steps, but x has shape %v", in[1].Shape())
	}
	if steps == 0 { // the gradient is zero whatever the inputs
		return noSteps(s, in)
	}
	dx := throughFormula(s, in[1:], g, func(s *tf.Scope, x []tf.Output) []tf.Output { return n.unrollBack(s, steps, in[0], x) })
	return append([]tf.Output{{}}, dx...)
}

// noSteps are gradients of zero by all inputs but the length.
func noSteps(s *tf.Scope, in []tf.Output) []tf.Output {
	dx := make([]tf.Output, len(in))
	for i, x := range in[1:] {
		dx[i+1] = op.ZerosLike(s, x)
	}
	return dx
}

func timeSteps(x tf.Output) int64 {
	if shape := x.Shape(); len(shape) > 0 {
		return shape[0]
	}
	return -1
}

// unroll is BlockLSTM of x, cs, h and the weights: what step gives, with time
// first, and zeros from step length on.
func (n lstm) unroll(s *tf.Scope, steps int64, length tf.Output, in []tf.Output) []tf.Output {
	x, cs, h := in[0], in[1], in[2]
	w := weights{in[3], in[4], in[5], in[6], in[7]}
	all := make([][]tf.Output, 7)
	for i := range steps {
		at := op.StridedSlice(s, x, ints(s, i), ints(s, i+1), ints(s, 1), &op.StridedSliceAttrs{ShrinkAxisMask: 1})
		t := n.step(s, at, cs, h, w)
		cs, h = t.cs, t.h
		on := op.Less(s, tf.ConstScalar(s, i), length)
		for j, y := range t.outputs() {
			all[j] = append(all[j], op.SelectV2(s, on, y, number(s, y, 0)))
		}
	}
	ys := make([]tf.Output, len(all))
	for j, y := range all {
		ys[j] = op.Pack(s, y, nil)
	}
	return ys
}

// unrollBack is BlockLSTMGrad of its inputs but the length: x, cs, h, the weights,
// what the steps gave, and the gradients of cs and h.
func (n lstm) unrollBack(s *tf.Scope, steps int64, length tf.Output, in []tf.Output) []tf.Output {
	w := weights{in[3], in[4], in[5], in[6], in[7]}
	at := func(v tf.Output, i int64) tf.Output { // zero from step length on
		v = op.StridedSlice(s, v, ints(s, i), ints(s, i+1), ints(s, 1), &op.StridedSliceAttrs{ShrinkAxisMask: 1})
		return op.SelectV2(s, op.Less(s, tf.ConstScalar(s, i), length), v, number(s, v, 0))
	}
	dxs, sums := make([]tf.Output, steps), make([][]tf.Output, 5)
	var d state
	for i := steps - 1; i >= 0; i-- {
		t := state{at(in[8], i), at(in[9], i), at(in[10], i), at(in[11], i), at(in[12], i), at(in[13], i), at(in[14], i)}
		d.cs, d.h = plus(s, d.cs, at(in[15], i)), plus(s, d.h, at(in[16], i))
		cs, h := in[1], in[2]
		if i > 0 {
			cs, h = at(in[9], i-1), at(in[14], i-1)
		}
		var dw weights
		dxs[i], d, dw = n.stepBack(s, at(in[0], i), cs, h, w, t, d)
		for j, g := range []tf.Output{dw.w, dw.wci, dw.wcf, dw.wco, dw.b} {
			if !g.IsNil() {
				sums[j] = append(sums[j], g)
			}
		}
	}
	dx := []tf.Output{op.Pack(s, dxs, nil), d.cs, d.h}
	for j, g := range sums {
		if len(g) == 0 {
			dx = append(dx, op.ZerosLike(s, in[3+j]))
			continue
		}
		dx = append(dx, op.AddN(s, g))
	}
	return dx
}
