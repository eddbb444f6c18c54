package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// remainingCases are operations that no family's tests have.
func remainingCases(t *testing.T) []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	v, double := [][]int64{{5}}, []tf.DType{tf.Float64}
	one := func(f func(s S, x O) O) func(s S, x X) O {
		return func(s S, x X) O { return op.Sin(s, f(s, x[0])) }
	}
	body := func(s S, f func(s S, x O) O) *tf.Function {
		made := function(s, 1, func(s S, in X) X { return X{f(s, in[0])} })
		t.Cleanup(func() { made.Close() })
		return made
	}
	return []opCase{
		{name: "XlaSharding", in: v, f: one(func(s S, x O) O { return op.XlaSharding(s, x, nil) })},
		{name: "DebugIdentity", in: v, f: one(func(s S, x O) O { return op.DebugIdentity(s, x, &op.DebugIdentityAttrs{TensorName: "x:0"}) })},
		{name: "DebugIdentityV2", in: v, f: one(func(s S, x O) O { return op.DebugIdentityV2(s, x, nil) })},
		{name: "DebugIdentityV3", in: v, f: one(func(s S, x O) O { return op.DebugIdentityV3(s, x, &op.DebugIdentityV3Attrs{TensorName: "x:0"}) })},
		{name: "PartitionedCall", in: v, f: one(func(s S, x O) O {
			f := body(s, op.Exp)
			return s.Begin("PartitionedCall").InList(X{x}).Types("Tin", double).Types("Tout", double).Func("f", f).One()
		})},
		{name: "StatelessIf", in: v, f: one(func(s S, x O) O {
			return last(op.StatelessIf(s, tf.ConstScalar(s, true), X{x}, double, body(s, op.Exp), body(s, op.Tanh), nil))
		})},
		{name: "StatelessCase", in: v, f: one(func(s S, x O) O {
			fs := []*tf.Function{body(s, op.Exp), body(s, op.Tanh)}
			return last(op.StatelessCase(s, tf.ConstScalar(s, int32(1)), X{x}, double, fs, nil))
		})},
		{name: "StatelessWhile", in: v, f: one(func(s S, x O) O {
			less := function(s, 1, func(s S, in X) X { return X{op.Less(s, op.Sum(s, in[0], axis(s, 0), nil), tf.ConstScalar(s, 20.0))} })
			t.Cleanup(func() { less.Close() })
			return last(op.StatelessWhile(s, X{op.Exp(s, x)}, less, body(s, func(s S, x O) O { return op.AddV2(s, x, op.Tanh(s, x)) }), nil))
		})},
		{name: "MaxPoolGradGrad", in: [][]int64{{1, 4, 4, 2}, {1, 4, 4, 2}}, noSecond: true, f: func(s S, x X) O {
			two := []int64{1, 2, 2, 1}
			return op.MaxPoolGradGrad(s, x[0], op.StopGradient(s, op.MaxPool(s, x[0], two, two, "SAME", nil)), x[1], two, two, "SAME", nil)
		}},
	}
}

func TestRemaining(t *testing.T) {
	for _, c := range remainingCases(t) {
		t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
	}
}

// TestXlaEinsum is in float32: the operation takes no float64.
func TestXlaEinsum(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		a := tf.Const(l.Scope, []float32{0.5, -1, 2, 1.5, -0.5, 1}, 2, 3)
		b := tf.Const(l.Scope, []float32{1, 0.5, -1.5, 2, 0.25, -1}, 3, 2)
		f := func(s *tf.Scope, x []tf.Output) tf.Output { return op.XlaEinsum(s, x[0], x[1], "ab,bc->ca") }
		if err := grad.Check(l.Scope, f, a, b); err != nil {
			t.Error(err)
		}
	})
}

// TestCompiledSegments: the V2 operations have kernels in XLA only. Their gradients
// are those of the operations for segments in any order.
func TestCompiledSegments(t *testing.T) {
	type segment = func(s *tf.Scope, x, ids, n tf.Output) tf.Output
	for name, fs := range map[string][2]segment{
		"SegmentSumV2":  {op.SegmentSumV2, op.UnsortedSegmentSum},
		"SegmentMaxV2":  {op.SegmentMaxV2, op.UnsortedSegmentMax},
		"SegmentMinV2":  {op.SegmentMinV2, op.UnsortedSegmentMin},
		"SegmentProdV2": {op.SegmentProdV2, op.UnsortedSegmentProd},
	} {
		t.Run(name, func(t *testing.T) {
			l := eagerLab(t)
			x := tf.Const(l.Scope, []float32{2, 3, 5, 5, -1, 0.5, 4, 2}, 4, 2)
			var got [2]tf.Output
			for i, f := range fs {
				compiled := tf.Trace(name, func(s *tf.Scope, x tf.Output) tf.Output {
					y := f(s, x, tf.Const(s, []int32{0, 0, 2, 2}), tf.ConstScalar(s, int32(4)))
					rows := op.GatherV2(s, y, tf.Const(s, []int32{0, 2}), axis(s, 0), nil) // the others are infinite
					return last(grad.Gradients(s, []tf.Output{op.Square(s, rows)}, []tf.Output{x}, nil))
				}, &tf.TraceOptions{JIT: i == 0})
				defer compiled.Close()
				got[i] = compiled.Call(l.Scope, x)
			}
			values := l.fetch(got[:]...)
			near(t, "gradient", values[0], values[1], 1e-6)
		})
	}
}

// TestReferences differentiates by a variable of TensorFlow 1 through operations
// that hand on the reference.
func TestReferences(t *testing.T) {
	l := graphLab(t)
	v := op.VariableV2(l.Scope, tf.Shape{2}, tf.Float64, nil)
	start := op.Assign(l.Scope, v, tf.Const(l.Scope, []float64{0.5, 2}), nil)
	y := op.Square(l.Scope, op.Identity(l.Scope, op.DebugGradientRefIdentity(l.Scope, op.RefIdentity(l.Scope, v))))
	dx := grad.Gradients(l.Scope, []tf.Output{y}, []tf.Output{v}, nil)[0]
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	sess, err := tf.NewSession(l.Graph(), plain)
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	if _, err := sess.Run(t.Context(), nil, nil, start); err != nil {
		t.Fatal(err)
	}
	got, err := sess.Run(t.Context(), nil, []tf.Output{dx})
	if err != nil {
		t.Fatal(err)
	}
	defer got[0].Close()
	near(t, "gradient", wide(t, got[0]), []float64{1, 4}, 1e-15)
}

// TestOldTopK: TopK is for old graphs only, and has no kernel that accepts it. Its
// results are fed.
func TestOldTopK(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{3, 1, 4, 1.5, 9, 2}, 2, 3)
	y, _ := op.TopKV2(l.Scope, x, axis(l.Scope, 2), nil)
	old, outs := l.aged(6, func(n *nodepb.NodeDef) {
		n.Op, n.Input = "TopK", n.Input[:1]
		n.Attr = map[string]*attrpb.AttrValue{"T": n.Attr["T"], "k": {Value: &attrpb.AttrValue_I{I: 2}}}
	}, x, y)
	values := tf.Const(old.Scope, []float64{4, 3, 9, 2}, 2, 2)
	places := tf.Const(old.Scope, []int32{2, 0, 1, 2}, 2, 2)
	dx := grad.Gradients(old.Scope, []tf.Output{op.Square(old.Scope, outs[1])}, outs[:1], nil)[0]
	got := old.fed(dx, map[tf.Output]tf.Output{outs[1]: values, outs[1].Op().Output(1): places})
	near(t, "gradient", got, []float64{6, 0, 8, 0, 18, 4}, 1e-15)
}

// TestOldQuantize: the first QuantizeAndDequantize is for old graphs only. Its
// gradient passes.
func TestOldQuantize(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{3, 1, 4})
	y := op.Identity(l.Scope, x)
	old, outs := l.aged(21, func(n *nodepb.NodeDef) { n.Op = "QuantizeAndDequantize" }, x, y)
	w := tf.Const(old.Scope, []float64{5, 6, 7})
	dx := grad.Gradients(old.Scope, []tf.Output{op.Mul(old.Scope, outs[1], w)}, outs[:1], nil)[0]
	near(t, "gradient", old.fed(dx, nil), []float64{5, 6, 7}, 1e-15)
}

// aged is the graph with its last operation changed, as one of an earlier version.
func (l lab) aged(producer int32, change func(*nodepb.NodeDef), which ...tf.Output) (lab, []tf.Output) {
	l.t.Helper()
	def, err := l.Graph().Def()
	if err != nil {
		l.t.Fatal(err)
	}
	def.Versions.Producer = producer
	change(def.Node[len(def.Node)-1])
	var names []string
	for _, o := range which {
		names = append(names, o.Name())
	}
	old := graphLab(l.t)
	outs, err := old.Graph().Import(def, &tf.ImportOptions{Returns: names})
	if err != nil {
		l.t.Fatal(err)
	}
	return old, outs
}

// TestCTCLossV2: only GPUs have the kernel, which computes the gradient along with
// the loss. Both are fed.
func TestCTCLossV2(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, make([]float32, 3*2*4), 3, 2, 4)
	loss, along := op.CTCLossV2(l.Scope, x, tf.Const(l.Scope, []int64{0, 0, 1, 0}, 2, 2), tf.Const(l.Scope, []int32{1, 2}), tf.Const(l.Scope, []int32{3, 3}), nil)
	dy := tf.Const(l.Scope, []float32{2, 10})
	dx := grad.Gradients(l.Scope, []tf.Output{loss}, []tf.Output{x}, []tf.Output{dy})[0]
	given, want := make([]float32, 24), make([]float64, 24)
	for i := range given {
		given[i] = float32(i)
		want[i] = float64(i) * []float64{2, 10}[i/4%2]
	}
	got := l.fed(dx, map[tf.Output]tf.Output{loss: dy, along: tf.Const(l.Scope, given, 3, 2, 4)})
	near(t, "gradient", got, want, 1e-6)
}

// fed is the value of x with constants in place of what operations give that
// cannot run.
func (l lab) fed(x tf.Output, instead map[tf.Output]tf.Output) []float64 {
	l.t.Helper()
	if l.Err() != nil {
		l.t.Fatal(l.Err())
	}
	pruned := &tf.Config{Edit: func(c *config.ConfigProto) {
		plain.Edit(c)
		c.GraphOptions.PlacePrunedGraph = true
	}}
	sess, err := tf.NewSession(l.Graph(), pruned)
	if err != nil {
		l.t.Fatal(err)
	}
	defer sess.Close()
	var feeds []tf.Feed
	for o, c := range instead {
		v, err := sess.Run(l.t.Context(), nil, []tf.Output{c})
		if err != nil {
			l.t.Fatal(err)
		}
		defer v[0].Close()
		feeds = append(feeds, tf.Feed{Output: o, Tensor: v[0]})
	}
	got, err := sess.Run(l.t.Context(), feeds, []tf.Output{x})
	if err != nil {
		l.t.Fatal(err)
	}
	defer got[0].Close()
	return wide(l.t, got[0])
}
