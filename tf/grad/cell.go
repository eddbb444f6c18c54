package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// lstm is the formula of TensorFlow's LSTM kernels:
//
//	i, f, ci, o = [x, h]*w + b
//	i = sigmoid(i + wci*cs), f = sigmoid(f + forgetBias + wcf*cs), ci = tanh(ci)
//	cs = clip(ci*i + cs*f), o = sigmoid(o + wco*cs), co = tanh(cs), h = co*o
//
// where the terms with wci, wcf and wco are there with peephole only.
type lstm struct {
	forgetBias, clip float64 // no clip at 0 and below
	peephole         bool
	forgetSecond     bool // the order is i, f, ci, o; else i, ci, f, o
}

// lstmOf leaves out attributes that gradients have not.
func lstmOf(o tf.Op) lstm {
	n := lstm{peephole: o.AttrBool("use_peephole")}
	switch o.Type() {
	case "BlockLSTM", "LSTMBlockCell":
		n.forgetBias, n.clip = float64(o.AttrFloat("forget_bias")), float64(o.AttrFloat("cell_clip"))
	case "BlockLSTMV2":
		n.clip, n.forgetSecond = float64(o.AttrFloat("cell_clip")), true
	case "BlockLSTMGradV2":
		n.forgetSecond = true
	}
	return n
}

// weights are what the steps of an LSTM share.
type weights struct{ w, wci, wcf, wco, b tf.Output }

// state is what the kernels give for a step: [batch, units] each.
type state struct{ i, cs, f, o, ci, co, h tf.Output }

func (t state) outputs() []tf.Output { return []tf.Output{t.i, t.cs, t.f, t.o, t.ci, t.co, t.h} }

// step is one step from cs and h.
func (n lstm) step(s *tf.Scope, x, cs, h tf.Output, w weights) (t state) {
	xh := op.ConcatV2(s, []tf.Output{x, h}, int32Scalar(s, 1))
	gates := op.Split(s, int32Scalar(s, 1), op.BiasAdd(s, op.MatMul(s, xh, w.w, nil), w.b, nil), 4)
	i, ci, f, o := gates[0], gates[1], gates[2], gates[3]
	if n.forgetSecond {
		f, ci = ci, f
	}
	f = op.AddV2(s, f, number(s, f, n.forgetBias))
	if n.peephole {
		i = op.AddV2(s, i, op.Mul(s, cs, w.wci))
		f = op.AddV2(s, f, op.Mul(s, cs, w.wcf))
	}
	t.i, t.f, t.ci = op.Sigmoid(s, i), op.Sigmoid(s, f), op.Tanh(s, ci)
	t.cs = op.AddV2(s, op.Mul(s, t.ci, t.i), op.Mul(s, cs, t.f))
	if n.clip > 0 {
		t.cs = op.ClipByValue(s, t.cs, number(s, cs, -n.clip), number(s, cs, n.clip))
	}
	if n.peephole {
		o = op.AddV2(s, o, op.Mul(s, t.cs, w.wco))
	}
	t.o, t.co = op.Sigmoid(s, o), op.Tanh(s, t.cs)
	t.h = op.Mul(s, t.co, t.o)
	return t
}

// stepBack is the gradient of step: it takes the gradients of its cs and h, in d,
// and gives those of what it began with, of the weights and of x.
func (n lstm) stepBack(s *tf.Scope, x, cs, h tf.Output, w weights, t, d state) (dx tf.Output, before state, dw weights) {
	mul := func(v ...tf.Output) tf.Output {
		for len(v) > 1 {
			v = append(v[2:], op.Mul(s, v[0], v[1]))
		}
		return v[0]
	}
	overBatch := func(v tf.Output) tf.Output { return op.Sum(s, v, ints(s, 0), nil) }
	sigmoid := func(y tf.Output) tf.Output { return op.Mul(s, y, op.Sub(s, number(s, y, 1), y)) }
	o := mul(sigmoid(t.o), d.h, t.co)
	dcs := op.AddV2(s, d.cs, mul(oneMinusSquare(s, t.co), d.h, t.o))
	if n.peephole {
		dcs = op.AddV2(s, dcs, op.Mul(s, o, w.wco))
	}
	ci := mul(oneMinusSquare(s, t.ci), dcs, t.i)
	f, i := mul(sigmoid(t.f), dcs, cs), mul(sigmoid(t.i), dcs, t.ci)
	before.cs = op.Mul(s, dcs, t.f)
	if n.peephole {
		before.cs = op.AddN(s, []tf.Output{before.cs, op.Mul(s, i, w.wci), op.Mul(s, f, w.wcf)})
		dw.wci, dw.wcf, dw.wco = overBatch(op.Mul(s, i, cs)), overBatch(op.Mul(s, f, cs)), overBatch(op.Mul(s, o, t.cs))
	}
	order := []tf.Output{i, ci, f, o}
	if n.forgetSecond {
		order = []tf.Output{i, f, ci, o}
	}
	one := int32Scalar(s, 1)
	gates := op.ConcatV2(s, order, one)
	dw.b = overBatch(gates)
	dw.w = op.MatMul(s, op.ConcatV2(s, []tf.Output{x, h}, one), gates, &op.MatMulAttrs{TransposeA: true})
	dxh := op.MatMul(s, gates, w.w, &op.MatMulAttrs{TransposeB: true})
	width := op.Slice(s, op.Shape(s, x, nil), ints(s, 1), ints(s, 1))
	start := op.Pad(s, width, tf.Const(s, []int32{1, 0}, 1, 2))
	dx, before.h = op.Slice(s, dxh, ints(s, 0, 0), op.Shape(s, x, nil)), op.Slice(s, dxh, start, op.Shape(s, h, nil))
	return dx, before, dw
}

// lstmCellRule differentiates the formula.
func lstmCellRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	n := lstmOf(o)
	return throughFormula(s, o.Inputs(), dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return n.step(s, in[0], in[1], in[2], weights{in[3], in[4], in[5], in[6], in[7]}).outputs()
	})
}

// gruCellRule differentiates the formula
//
//	r, u = sigmoid([x, h]*w_ru + b_ru), c = tanh([x, h*r]*w_c + b_c)
//	h = u*h + (1 - u)*c
func gruCellRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return throughFormula(s, o.Inputs(), dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
		x, h := in[0], in[1]
		one := int32Scalar(s, 1)
		linear := func(h, w, b tf.Output) tf.Output {
			return op.BiasAdd(s, op.MatMul(s, op.ConcatV2(s, []tf.Output{x, h}, one), w, nil), b, nil)
		}
		gates := op.Split(s, one, op.Sigmoid(s, linear(h, in[2], in[4])), 2)
		r, u := gates[0], gates[1]
		c := op.Tanh(s, linear(op.Mul(s, h, r), in[3], in[5]))
		return []tf.Output{r, u, c, op.AddV2(s, c, op.Mul(s, u, op.Sub(s, h, c)))}
	})
}
