package grad_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
)

// tensorArrayCases are functions that go through TensorArrays.
func tensorArrayCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	const d = tf.Float64
	i := func(s S, v int32) O { return tf.ConstScalar(s, v) }
	v := func(s S, v ...int32) O { return tf.Const(s, v) }
	array := func(s S, n int32) (handle, flow O) {
		keep := false
		handle, _ = op.TensorArrayV3(s, i(s, n), d, &op.TensorArrayV3Attrs{ClearAfterRead: &keep})
		return handle, tf.ConstScalar(s, float32(0))
	}
	lengths := func(s S) O { return tf.Const(s, []int64{1, 3}) }
	return []opCase{
		{name: "Write, Read", in: [][]int64{{2}, {2}}, f: func(s S, x X) O {
			h, flow := array(s, 2)
			flow = op.TensorArrayWriteV3(s, h, i(s, 1), x[0], flow)
			flow = op.TensorArrayWriteV3(s, h, i(s, 0), x[1], flow)
			a, b := op.TensorArrayReadV3(s, h, i(s, 1), flow, d), op.TensorArrayReadV3(s, h, i(s, 0), flow, d)
			return op.Mul(s, op.Mul(s, a, b), op.TensorArrayReadV3(s, h, i(s, 1), flow, d))
		}},
		{name: "Write, Gather", in: [][]int64{{2}}, f: func(s S, x X) O {
			h, flow := array(s, 3)
			for k, y := range []O{x[0], op.Square(s, x[0]), op.Exp(s, x[0])} {
				flow = op.TensorArrayWriteV3(s, h, i(s, int32(k)), y, flow)
			}
			return op.TensorArrayGatherV3(s, h, v(s, 2, 1), flow, d, nil)
		}},
		{name: "Scatter, Read", in: [][]int64{{3, 2}}, f: func(s S, x X) O {
			h, flow := array(s, 3)
			flow = op.TensorArrayScatterV3(s, h, v(s, 2, 0, 1), x[0], flow)
			return op.Mul(s, op.TensorArrayReadV3(s, h, i(s, 2), flow, d), op.TensorArrayReadV3(s, h, i(s, 1), flow, d))
		}},
		{name: "Scatter, Gather", in: [][]int64{{3, 2}}, f: func(s S, x X) O {
			h, flow := array(s, 3)
			flow = op.TensorArrayScatterV3(s, h, v(s, 2, 0, 1), x[0], flow)
			return op.TensorArrayGatherV3(s, h, v(s, 0, 1, 2), flow, d, nil)
		}},
		{name: "Split, Concat", in: [][]int64{{4, 2}}, f: func(s S, x X) O {
			h, flow := array(s, 2)
			flow = op.TensorArraySplitV3(s, h, x[0], lengths(s), flow)
			y, _ := op.TensorArrayConcatV3(s, h, flow, d, nil)
			return y
		}},
		{name: "Split, Read", in: [][]int64{{4, 2}}, f: func(s S, x X) O {
			h, flow := array(s, 2)
			flow = op.TensorArraySplitV3(s, h, x[0], lengths(s), flow)
			return op.TensorArrayReadV3(s, h, i(s, 1), flow, d)
		}},
	}
}

func TestTensorArrays(t *testing.T) {
	for _, c := range tensorArrayCases() {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range []func(*tf.Scope, []tf.Output) tf.Output{c.f, withoutShapes(c.f)} {
				l := graphLab(t)
				if err := grad.Check(l.Scope, f, c.point(l.Scope, rand.New(rand.NewPCG(1, 2)))...); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestTensorArraysGolden compares them with gradients of Python's graphs.
func TestTensorArraysGolden(t *testing.T) {
	compared := 0
	for _, c := range goldenCases(t, "list") {
		for _, f := range tensorArrayCases() {
			if c.Name == "TensorArray/"+f.name {
				t.Run(f.name, func(t *testing.T) { c.compareFunction(t, graphLab(t), f.f) })
				compared++
			}
		}
	}
	if compared != 4 {
		t.Errorf("%d functions compared, want 4", compared)
	}
}

// TestOldTensorArrays does the same with graphs that are as old as the earlier
// versions of the operations.
func TestOldTensorArrays(t *testing.T) {
	for _, c := range tensorArrayCases() {
		t.Run(c.name, func(t *testing.T) {
			l := graphLab(t)
			xs := c.point(l.Scope, rand.New(rand.NewPCG(1, 2)))
			y := c.f(l.Scope, xs)
			names := []string{y.Name()}
			for _, x := range xs {
				names = append(names, x.Name())
			}
			forward, err := l.Graph().Def()
			if err != nil {
				t.Fatal(err)
			}
			want := l.fetch(grad.Gradients(l.Scope, []tf.Output{y}, xs, nil)...)
			for _, old := range []struct {
				from, to string
				producer int32
			}{{"V3", "V2", 25}, {"V2", "", 15}} {
				age(forward, old.from, old.to, old.producer)
				l := graphLab(t)
				outs, err := l.Graph().Import(forward, &tf.ImportOptions{Returns: names})
				if err != nil {
					t.Fatal(err)
				}
				for i, d := range l.fetch(grad.Gradients(l.Scope, outs[:1], outs[1:], nil)...) {
					near(t, "version "+old.to+", "+names[1+i], d, want[i], 0)
				}
			}
		})
	}
}

// age puts another version of TensorArrays into a graph, and makes it as old.
func age(def *graphpb.GraphDef, from, to string, producer int32) {
	def.Versions.Producer = producer
	for _, n := range def.Node {
		if kind, ok := strings.CutSuffix(n.Op, from); ok && strings.HasPrefix(kind, "TensorArray") {
			n.Op = kind + to
			delete(n.Attr, "identical_element_shapes")
		}
	}
}

// TestTensorArraysRefused: what TensorFlow's arrays of gradients cannot do.
func TestTensorArraysRefused(t *testing.T) {
	f := tensorArrayCases()[0]
	for name, want := range map[string]string{"eager": "in graphs only", "second order": "TensorArray"} {
		l := eagerLab(t)
		if name != "eager" {
			l = graphLab(t)
		}
		xs := f.point(l.Scope, rand.New(rand.NewPCG(1, 2)))
		g := f.f
		if name != "eager" {
			g = derivative(g)
		}
		l.gradients(func(s *tf.Scope) tf.Output { return g(s, xs) }, xs...)
		if err := l.Err(); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v, want unimplemented, with %q", name, err, want)
		}
	}
}

// TestTensorArraysTwice: the second pass would add to the first one's gradients.
func TestTensorArraysTwice(t *testing.T) {
	l, f := graphLab(t), tensorArrayCases()[0]
	xs := f.point(l.Scope, rand.New(rand.NewPCG(1, 2)))
	y := []tf.Output{f.f(l.Scope, xs)}
	grad.Gradients(l.Scope.Sub("a"), y, xs[:1], nil)
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	grad.Gradients(l.Scope.Sub("b"), y, xs[1:], nil)
	if err := l.Err(); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "all xs at once") {
		t.Errorf("err = %v, want unimplemented", err)
	}
}
