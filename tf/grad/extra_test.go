package grad_test

import (
	"math/rand/v2"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// An opCase is a function to be checked by differences, where Python has no
// arrays for it. Its inputs are random, between low and high.
type opCase struct {
	name      string
	in        [][]int64
	low, high float64 // -1 and 1 if both are 0
	f         func(s *tf.Scope, x []tf.Output) tf.Output
	noSecond  bool // the gradient has none, or it is NaN
}

// opCases are functions of float64. Where the operation is a gradient, linear
// in each of its inputs, its own gradients are those of second order.
func opCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	one := func(f func(s S, x O) O) func(s S, x X) O { return func(s S, x X) O { return f(s, x[0]) } }
	two := func(f func(s S, x, y O) O) func(s S, x X) O { return func(s S, x X) O { return f(s, x[0], x[1]) } }
	v, m := [][]int64{{5}}, [][]int64{{2, 3}}
	cases := []opCase{
		{name: "Tan", in: v, f: one(op.Tan)},
		{name: "Sinh", in: v, f: one(op.Sinh)},
		{name: "Cosh", in: v, f: one(op.Cosh)},
		{name: "Asin", in: v, low: -0.9, high: 0.9, f: one(op.Asin)},
		{name: "Acos", in: v, low: -0.9, high: 0.9, f: one(op.Acos)},
		{name: "Atan", in: v, f: one(op.Atan)},
		{name: "Asinh", in: v, f: one(op.Asinh)},
		{name: "Acosh", in: v, low: 1.2, high: 3, f: one(op.Acosh)},
		{name: "Atanh", in: v, low: -0.9, high: 0.9, f: one(op.Atanh)},
		{name: "Erfc", in: v, f: one(op.Erfc)},
		{name: "Inv", in: v, low: 0.5, high: 2, f: one(op.Inv)},
		{name: "Sign", in: v, f: one(op.Sign)},
		{name: "Softsign", in: v, low: 0.1, high: 2, f: one(op.Softsign)},
		{name: "Softsign/negative", in: v, low: -2, high: -0.1, f: one(op.Softsign)},
		{name: "Snapshot", in: v, f: one(op.Snapshot)},
		{name: "CheckNumerics", in: v, f: one(func(s S, x O) O { return op.CheckNumerics(s, x, "x") })},
		{name: "EnsureShape", in: v, f: one(func(s S, x O) O { return op.EnsureShape(s, x, tf.Shape{5}) })},
		{name: "L2Loss", in: m, f: one(op.L2Loss)},
		{name: "FloorMod", in: [][]int64{{4}, {4}}, low: 1, high: 2, f: two(func(s S, x, y O) O {
			return op.FloorMod(s, op.Mul(s, x, tf.Const(s, []float64{2, 3, 4, 5})), y)
		})},
		{name: "MulNoNan", in: [][]int64{{2, 3}, {3}}, f: two(op.MulNoNan)},
		{name: "Atan2", in: [][]int64{{2, 3}, {3}}, low: 0.2, high: 2, f: two(op.Atan2)},
		{name: "Cumprod", in: m, low: 0.5, high: 2, f: one(func(s S, x O) O {
			return op.Cumprod(s, x, axis(s, 1), &op.CumprodAttrs{Reverse: true})
		})},
		{name: "Cumsum/reverse", in: m, f: one(func(s S, x O) O {
			return op.Cumsum(s, x, axis(s, 0), &op.CumsumAttrs{Reverse: true})
		})},
		{name: "Fill", in: [][]int64{{}}, f: one(func(s S, x O) O { return op.Fill(s, tf.Const(s, []int32{2, 3}), x) })},
		{name: "IdentityN", in: [][]int64{{2}, {3}}, f: func(s S, x X) O { return last(op.IdentityN(s, x)) }},
		{name: "BatchMatMul", in: [][]int64{{2, 2, 3}, {2, 2, 3}}, f: two(func(s S, x, y O) O {
			return op.BatchMatMul(s, x, y, &op.BatchMatMulAttrs{AdjY: true})
		})},
		{name: "BatchMatMulV3", in: [][]int64{{2, 2, 3}, {3, 2}}, f: two(func(s S, x, y O) O {
			return op.BatchMatMulV3(s, x, y, tf.Float64, nil)
		})},
		{name: "Prod/zeros", in: m, noSecond: true, f: one(func(s S, x O) O {
			return op.Prod(s, op.Mul(s, x, tf.Const(s, []float64{1, 0, 1, 1, 1, 1}, 2, 3)), axis(s, 1), nil)
		})},
		{name: "Max/float axis order", in: [][]int64{{2, 3, 4}}, f: one(func(s S, x O) O {
			return op.Max(s, x, tf.Const(s, []int64{2, -3}), nil)
		})},
	}
	for eq, in := range map[string][][]int64{
		"ab,bc->ac": {{2, 3}, {3, 2}}, "ab->ba": {{2, 3}}, "ab->b": {{2, 3}}, "abc,cd->bd": {{2, 2, 3}, {3, 2}},
		"aecd,abcd->acbe": {{1, 2, 2, 3}, {1, 3, 2, 3}}, "a,b->ab": {{2}, {3}}, "...x,xy->...y": {{2, 2, 3}, {3, 2}},
		"...ab,...bc->...ac": {{3, 1, 2, 2}, {2, 2, 2}}, "ab,...b->...a": {{2, 3}, {2, 3}}, "ab,ac->a": {{2, 3}, {2, 2}},
	} {
		cases = append(cases, opCase{name: "Einsum/" + eq, in: in, f: func(s S, x X) O { return op.Einsum(s, x, eq) }})
	}
	return append(append(cases, arrayCases()...), convCases()...)
}

func axis(s *tf.Scope, a int32) tf.Output { return tf.ConstScalar(s, a) }

// last is the last of outs, or none.
func last(outs []tf.Output) tf.Output {
	if len(outs) == 0 {
		return tf.Output{}
	}
	return outs[len(outs)-1]
}

func arrayCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	pads := func(s S) O { return tf.Const(s, []int32{1, 1, 0, 2}, 2, 2) }
	return []opCase{
		{name: "Concat", in: [][]int64{{2, 1}, {2, 2}}, f: func(s S, x X) O { return op.Concat(s, axis(s, 1), x) }},
		{name: "Split/one", in: [][]int64{{2, 1}}, f: func(s S, x X) O { return last(op.Split(s, axis(s, 0), x[0], 1)) }},
		{name: "SplitV/last", in: [][]int64{{2, 5}}, f: func(s S, x X) O {
			return last(op.SplitV(s, x[0], tf.Const(s, []int32{2, 1, 2}), axis(s, 1), 3))
		}},
		{name: "Split/last", in: [][]int64{{2, 4}}, f: func(s S, x X) O { return last(op.Split(s, axis(s, -1), x[0], 2)) }},
		{name: "Unpack/last", in: [][]int64{{2, 4}}, f: func(s S, x X) O { return last(op.Unpack(s, x[0], 4, &op.UnpackAttrs{Axis: -1})) }},
		{name: "ReverseV2", in: [][]int64{{2, 4}}, f: func(s S, x X) O { return op.ReverseV2(s, x[0], tf.Const(s, []int32{1})) }},
		{name: "MirrorPad/reflect", in: [][]int64{{2, 3}}, f: func(s S, x X) O { return op.MirrorPad(s, x[0], pads(s), "REFLECT") }},
		{name: "MirrorPad/symmetric", in: [][]int64{{2, 3}}, f: func(s S, x X) O { return op.MirrorPad(s, x[0], pads(s), "SYMMETRIC") }},
		{name: "PadV2", in: [][]int64{{2, 3}, {}}, f: func(s S, x X) O { return op.PadV2(s, x[0], pads(s), x[1]) }},
		{name: "Slice/int64", in: [][]int64{{3, 4}}, f: func(s S, x X) O {
			return op.Slice(s, x[0], tf.Const(s, []int64{1, 0}), tf.Const(s, []int64{-1, 2}))
		}},
		{name: "SpaceToBatchND", in: [][]int64{{2, 3, 4, 1}}, f: func(s S, x X) O {
			return op.SpaceToBatchND(s, x[0], tf.Const(s, []int32{2, 2}), tf.Const(s, []int32{1, 0, 0, 0}, 2, 2))
		}},
		{name: "BatchToSpaceND", in: [][]int64{{4, 2, 2, 1}}, f: func(s S, x X) O {
			return op.BatchToSpaceND(s, x[0], tf.Const(s, []int32{2, 2}), tf.Const(s, []int32{1, 0, 0, 1}, 2, 2))
		}},
		{name: "Gather", in: [][]int64{{4, 2}}, f: func(s S, x X) O {
			return op.Gather(s, x[0], tf.Const(s, []int64{3, 0, 3}), nil)
		}},
		{name: "GatherV2/middle", in: [][]int64{{2, 2, 4, 3}}, f: func(s S, x X) O {
			i := tf.Const(s, []int64{3, 0, 3, 1}, 2, 2)
			return op.GatherV2(s, x[0], i, tf.ConstScalar(s, int64(-2)), &op.GatherV2Attrs{BatchDims: 1})
		}},
		{name: "Square/bfloat16", in: [][]int64{{2, 3}}, noSecond: true, f: func(s S, x X) O { // the half precision part is 0
			h := op.Mul(s, op.Cast(s, op.ZerosLike(s, x[0]), tf.BFloat16, nil), op.Cast(s, x[0], tf.BFloat16, nil))
			return op.AddV2(s, x[0], op.Cast(s, op.Square(s, h), tf.Float64, nil))
		}},
		{name: "GatherNd", in: [][]int64{{3, 4}}, f: func(s S, x X) O {
			return op.GatherNd(s, x[0], tf.Const(s, []int32{2, 1, 0, 3, 2, 1}, 3, 2), nil)
		}},
		{name: "ScatterNd", in: [][]int64{{3, 2}}, f: func(s S, x X) O {
			return op.ScatterNd(s, tf.Const(s, []int32{4, 1, 4}, 3, 1), x[0], tf.Const(s, []int32{5, 2}), nil)
		}},
		{name: "UnsortedSegmentSum", in: [][]int64{{2, 2, 3}}, f: func(s S, x X) O {
			return op.UnsortedSegmentSum(s, x[0], tf.Const(s, []int32{1, -1, 0, 1}, 2, 2), axis(s, 3))
		}},
		{name: "Select/rows", in: [][]int64{{2, 3}, {2, 3}}, f: func(s S, x X) O {
			return op.Select(s, tf.Const(s, []bool{true, false}), x[0], x[1])
		}},
		{name: "shared", in: [][]int64{{2, 3}}, f: func(s S, x X) O { // one value used many times
			return op.AddN(s, []O{op.Mul(s, x[0], x[0]), op.Sub(s, x[0], x[0]), op.Mul(s, x[0], op.Exp(s, x[0]))})
		}},
		{name: "SoftmaxCrossEntropy/one row", in: [][]int64{{3, 4}, {1, 4}}, low: 0.1, high: 1, f: func(s S, x X) O {
			loss, _ := op.SoftmaxCrossEntropyWithLogits(s, x[0], op.Softmax(s, x[1]))
			return loss
		}},
	}
}

func convCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	var cases []opCase
	for name, a := range map[string]struct {
		strides, dilations, explicit []int64
		padding                      string
	}{
		"strides valid":    {[]int64{1, 2, 3, 1}, []int64{1, 2, 2, 1}, nil, "VALID"},
		"strides same":     {[]int64{1, 2, 3, 1}, []int64{1, 2, 3, 1}, nil, "SAME"},
		"strides explicit": {[]int64{1, 3, 1, 1}, []int64{1, 1, 2, 1}, []int64{0, 0, 2, 0, 1, 3, 0, 0}, "EXPLICIT"},
		"one pixel":        {[]int64{1, 1, 1, 1}, []int64{1, 3, 2, 1}, nil, "VALID"},
		"wide":             {[]int64{1, 1, 1, 1}, []int64{1, 4, 4, 1}, nil, "SAME"},
	} {
		cases = append(cases, opCase{name: "Conv2D/dilated " + name, in: [][]int64{{1, 7, 6, 2}, {3, 2, 2, 2}}, f: func(s S, x X) O {
			return op.Conv2D(s, x[0], x[1], a.strides, a.padding, &op.Conv2DAttrs{Dilations: a.dilations, ExplicitPaddings: a.explicit})
		}})
	}
	unit, two := []int64{1, 1, 1, 1}, []int64{1, 2, 2, 1}
	depthwise := func(strides []int64, padding string, explicit []int64) func(s S, x X) O {
		return func(s S, x X) O {
			return op.DepthwiseConv2dNative(s, x[0], x[1], strides, padding, &op.DepthwiseConv2dNativeAttrs{ExplicitPaddings: explicit})
		}
	}
	in := [][]int64{{1, 5, 4, 2}, {3, 2, 2, 2}}
	return append(cases,
		opCase{name: "DepthwiseConv2dNative/valid", in: in, f: depthwise(unit, "VALID", nil)},
		opCase{name: "DepthwiseConv2dNative/same", in: in, f: depthwise(two, "SAME", nil)},
		opCase{name: "DepthwiseConv2dNative/explicit", in: in, f: depthwise(unit, "EXPLICIT", []int64{0, 0, 1, 0, 2, 1, 0, 0})},
		opCase{name: "Conv2DBackpropInput", in: [][]int64{{3, 2, 2, 3}, {1, 3, 3, 3}}, f: func(s S, x X) O {
			return op.Conv2DBackpropInput(s, tf.Const(s, []int32{1, 5, 6, 2}), x[0], x[1], two, "SAME", nil)
		}},
		opCase{name: "Conv2DBackpropFilter", in: [][]int64{{1, 5, 6, 2}, {1, 3, 3, 3}}, f: func(s S, x X) O {
			return op.Conv2DBackpropFilter(s, x[0], tf.Const(s, []int32{3, 2, 2, 3}), x[1], two, "SAME", nil)
		}},
		opCase{name: "MaxPoolV2", in: [][]int64{{1, 4, 5, 2}}, f: func(s S, x X) O {
			return op.MaxPoolV2(s, x[0], tf.Const(s, []int32{1, 2, 2, 1}), tf.Const(s, []int32{1, 2, 1, 1}), "SAME", nil)
		}},
		opCase{name: "MaxPool/explicit", in: [][]int64{{1, 4, 5, 2}}, noSecond: true, f: func(s S, x X) O {
			return op.MaxPool(s, x[0], two, two, "EXPLICIT", &op.MaxPoolAttrs{ExplicitPaddings: []int64{0, 0, 1, 1, 0, 1, 0, 0}})
		}},
	)
}

// point is a random tensor; its values keep apart, so that none is near a kink
// of Max and its like.
func (c *opCase) point(s *tf.Scope, r *rand.Rand) (xs []tf.Output) {
	low, high := c.low, c.high
	if low == 0 && high == 0 {
		low, high = -1, 1
	}
	for _, shape := range c.in {
		n := int(tf.Shape(append([]int64{}, shape...)).NumElements())
		v := make([]float64, n)
		for i, k := range r.Perm(n) {
			v[i] = low + (high-low)*(float64(k)+0.4+0.2*r.Float64())/float64(n)
		}
		xs = append(xs, tf.Const(s, v, append([]int64{}, shape...)...))
	}
	return xs
}

// TestOps checks gradients, and the gradients of those, by differences.
func TestOps(t *testing.T) {
	for _, c := range opCases() {
		t.Run(c.name, func(t *testing.T) {
			inBothModes(t, c.check)
		})
	}
}

// check compares the gradients, and their gradients, with differences.
func (c opCase) check(t *testing.T, l lab) {
	xs := c.point(l.Scope, rand.New(rand.NewPCG(1, 2)))
	if err := grad.Check(l.Scope, c.f, xs...); err != nil {
		t.Fatal(err)
	}
	if c.noSecond {
		return
	}
	if err := grad.Check(l.Scope, derivative(c.f), xs...); err != nil {
		t.Fatalf("second order: %v", err)
	}
}

// derivative is all gradients of f's squares, in one vector.
func derivative(f func(s *tf.Scope, x []tf.Output) tf.Output) func(s *tf.Scope, x []tf.Output) tf.Output {
	return func(s *tf.Scope, xs []tf.Output) tf.Output {
		var d []tf.Output
		if s.Eager() {
			t, ts := grad.NewTape(s)
			t.Watch(xs...)
			d = t.Gradient(op.Square(ts, f(ts, xs)), xs...)
		} else {
			d = grad.Gradients(s, []tf.Output{op.Square(s, f(s, xs))}, xs, nil)
		}
		var flat []tf.Output
		for _, g := range d {
			if !g.IsNil() {
				flat = append(flat, op.Reshape(s, g, tf.Const(s, []int32{-1})))
			}
		}
		if len(flat) == 0 {
			s.SetErr(tf.Errorf("derivative", tf.NotFound, "no gradient"))
			return tf.Output{}
		}
		if len(flat) == 1 {
			return flat[0]
		}
		return op.ConcatV2(s, flat, axis(s, 0))
	}
}
