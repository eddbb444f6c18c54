package grad_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	"google.golang.org/protobuf/proto"
)

// v1Case is a graph with TensorFlow 1's control flow, and what Python's
// gradients of it are; scripts/golden/v1_control_flow.py tells the fields.
type v1Case struct {
	Name, Graph, Init, Output string
	Inputs, Wrt               []string
}

// v1Refused are the graphs that cannot be differentiated, and words of the error.
var v1Refused = map[string][]string{
	"loop_array":   {"TensorArray", "while/", "enable_control_flow_v2"},
	"cond_in_loop": {"Switch", "while/cond", "a conditional inside", "enable_control_flow_v2"},
}

// TestControlFlowV1 compares gradients through conditionals and loops of
// TensorFlow 1 with Python's.
func TestControlFlowV1(t *testing.T) {
	arrays := golden.Load(t, "testdata/v1/values.safetensors.gz")
	for _, c := range golden.Cases[v1Case](t, "testdata/v1/values.json") {
		t.Run(c.Name, func(t *testing.T) {
			l := graphLab(t)
			c.importGraph(t, l)
			y, wrt := c.output(t, l, c.Output), []tf.Output{}
			for _, name := range c.Wrt {
				wrt = append(wrt, c.output(t, l, name))
			}
			dxs := grad.OrZeros(l.Scope, grad.Gradients(l.Scope, []tf.Output{y}, wrt, nil), wrt)
			kind, _, _ := strings.Cut(c.Name, "/")
			if words := v1Refused[kind]; words != nil {
				wantError(t, l.Err(), tf.Unimplemented, words...)
				return
			}
			if l.Err() != nil {
				t.Fatal(l.Err())
			}
			got := c.run(t, l, arrays, append([]tf.Output{y}, dxs...))
			for i, g := range got {
				role := "y"
				if i > 0 {
					role = fmt.Sprintf("dx/%d", i-1)
				}
				want, err := arrays[c.Name+"/"+role].Float64()
				if err != nil {
					t.Fatal(err)
				}
				near(t, role, g, want, 1e-12)
			}
		})
	}
}

func (c *v1Case) importGraph(t *testing.T, l lab) {
	t.Helper()
	raw, err := os.ReadFile("testdata/v1/" + c.Graph)
	if err != nil {
		t.Fatal(err)
	}
	def := &graphpb.GraphDef{}
	if err := proto.Unmarshal(raw, def); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Graph().Import(def, nil); err != nil {
		t.Fatal(err)
	}
}

func (c *v1Case) output(t *testing.T, l lab, name string) tf.Output {
	t.Helper()
	o, err := l.Graph().Output(name)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// run feeds the case's inputs.
func (c *v1Case) run(t *testing.T, l lab, arrays map[string]golden.Tensor, outs []tf.Output) (got [][]float64) {
	t.Helper()
	sess := c.session(t, l)
	var feeds []tf.Feed
	for i, name := range c.Inputs {
		x := c.output(t, l, name)
		a := arrays[fmt.Sprintf("%s/input/%d", c.Name, i)]
		v, err := tf.NewRaw(x.DType(), append(tf.Shape{}, a.Shape...), a.Raw)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		feeds = append(feeds, tf.Feed{Output: x, Tensor: v})
	}
	ts, err := sess.Run(t.Context(), feeds, outs)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range ts {
		got = append(got, wide(t, v))
		v.Close()
	}
	return got
}

// session is one in which the graph's variables have their values.
func (c *v1Case) session(t *testing.T, l lab) *tf.Session {
	t.Helper()
	sess, err := tf.NewSession(l.Graph(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sess.Close() })
	if c.Init != "" {
		init, err := l.Graph().Op(c.Init)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sess.Run(t.Context(), nil, nil, init.Output(0)); err != nil {
			t.Fatal(err)
		}
	}
	return sess
}

// TestControlFlowV1Second compares gradients of the sum of squared gradients with
// differences of that sum, along a direction.
func TestControlFlowV1Second(t *testing.T) {
	arrays := golden.Load(t, "testdata/v1/values.safetensors.gz")
	for _, c := range golden.Cases[v1Case](t, "testdata/v1/values.json") {
		kind, _, _ := strings.Cut(c.Name, "/")
		if v1Refused[kind] != nil || kind == "cond_reference" || kind == "cond_variable" { // their wrt are no inputs
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			l := graphLab(t)
			c.importGraph(t, l)
			var wrt []tf.Output
			for _, name := range c.Wrt {
				wrt = append(wrt, c.output(t, l, name))
			}
			var squares []tf.Output
			for _, dx := range grad.Gradients(l.Scope, []tf.Output{c.output(t, l, c.Output)}, wrt, nil) {
				if !dx.IsNil() {
					squares = append(squares, op.L2Loss(l.Scope, dx))
				}
			}
			sum := op.AddN(l.Scope, squares)
			outs := append([]tf.Output{sum}, grad.OrZeros(l.Scope, grad.Gradients(l.Scope, []tf.Output{sum}, wrt, nil), wrt)...)
			if l.Err() != nil {
				t.Fatal(l.Err())
			}
			const h = 1e-5
			var slope, want float64
			for _, dx := range c.run(t, l, arrays, outs)[1:] {
				for _, d := range dx {
					slope += d
				}
			}
			want = (c.run(t, l, c.moved(t, arrays, h), outs[:1])[0][0] - c.run(t, l, c.moved(t, arrays, -h), outs[:1])[0][0]) / (2 * h)
			near(t, "slope", []float64{slope}, []float64{want}, 1e-7)
		})
	}
}

// moved are the arrays with h added to all elements that the case differentiates by.
func (c *v1Case) moved(t *testing.T, arrays map[string]golden.Tensor, h float64) map[string]golden.Tensor {
	t.Helper()
	arrays = maps.Clone(arrays)
	for i, name := range c.Inputs {
		role := fmt.Sprintf("%s/input/%d", c.Name, i)
		a := arrays[role]
		if !slices.Contains(c.Wrt, name) {
			continue
		}
		values, err := a.Float64()
		if err != nil {
			t.Fatal(err)
		}
		a.Raw = nil
		for _, v := range values {
			a.Raw = binary.LittleEndian.AppendUint64(a.Raw, math.Float64bits(v+h))
		}
		arrays[role] = a
	}
	return arrays
}

// TestLoopV1Refused: an x inside of a loop, and operations of loops in no loop.
func TestLoopV1Refused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		x     func(t *testing.T, l lab, c *v1Case) tf.Output
		words []string
	}{
		{"inside", func(t *testing.T, l lab, c *v1Case) tf.Output { return c.output(t, l, "while/Sin:0") }, []string{"while/Sin:0 is inside of the loop"}},
		{"no loop", func(t *testing.T, l lab, c *v1Case) tf.Output {
			x := op.Enter(l.Scope, tf.Const(l.Scope, []float64{1}), "frame", nil)
			c.Output = op.Exit(l.Scope, x).Name()
			return x
		}, []string{"Exit", "usual form"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l, c := graphLab(t), &v1Case{Graph: "loop.pb"}
			for _, k := range golden.Cases[v1Case](t, "testdata/v1/values.json") {
				if k.Graph == c.Graph {
					c.Output = k.Output
				}
			}
			c.importGraph(t, l)
			x := tc.x(t, l, c)
			grad.Gradients(l.Scope, []tf.Output{c.output(t, l, c.Output)}, []tf.Output{x}, nil)
			wantError(t, l.Err(), tf.Unimplemented, tc.words...)
		})
	}
}

// TestLoopV1Results: what a loop gives may be an x, and an x may stand twice.
func TestLoopV1Results(t *testing.T) {
	arrays := golden.Load(t, "testdata/v1/values.safetensors.gz")
	for _, c := range golden.Cases[v1Case](t, "testdata/v1/values.json") {
		if c.Name != "loop/1" {
			continue
		}
		l := graphLab(t)
		c.importGraph(t, l)
		x, a, b := c.output(t, l, "x:0"), c.output(t, l, "while/Exit_1:0"), c.output(t, l, "while/Exit_2:0")
		outs := grad.Gradients(l.Scope, []tf.Output{c.output(t, l, c.Output)}, []tf.Output{x, a, x}, nil)
		outs = append(outs, op.AddV2(l.Scope, op.Mul(l.Scope, a, b), op.Mul(l.Scope, a, b)))
		if l.Err() != nil {
			t.Fatal(l.Err())
		}
		got := c.run(t, l, arrays, outs)
		want, err := arrays[c.Name+"/dx/0"].Float64()
		if err != nil {
			t.Fatal(err)
		}
		near(t, "x", got[0], want, 1e-12)
		near(t, "x again", got[2], want, 1e-12)
		near(t, "a result", got[1], got[3], 1e-12)
		return
	}
	t.Fatal("there is no case loop/1")
}
