package tf_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/tf"
)

// Each kind of attribute, as a custom attribute of an operation that ignores
// it, read back from a graph and from what a recorder noted.
func TestAttributes(t *testing.T) {
	long := strings.Repeat("long ", 10000)
	raw := &attr.AttrValue{Value: &attr.AttrValue_List{List: &attr.AttrValue_ListValue{B: []bool{true}}}}
	for _, tc := range []struct {
		name string
		set  func(*tf.OpBuilder)
		get  func(tf.Op) any
		want any
	}{
		{"int", func(b *tf.OpBuilder) { b.Int("_a", -1<<63) }, func(o tf.Op) any { return o.AttrInt("_a") }, int64(-1 << 63)},
		{"float", func(b *tf.OpBuilder) { b.Float("_a", 1.5) }, func(o tf.Op) any { return o.AttrFloat("_a") }, float32(1.5)},
		{"bool", func(b *tf.OpBuilder) { b.Bool("_a", true) }, func(o tf.Op) any { return o.AttrBool("_a") }, true},
		{"type", func(b *tf.OpBuilder) { b.Type("_a", tf.BFloat16) }, func(o tf.Op) any { return o.AttrType("_a") }, tf.BFloat16},
		{"string", func(b *tf.OpBuilder) { b.Str("_a", "x\x00y") }, func(o tf.Op) any { return o.AttrString("_a") }, "x\x00y"},
		{"empty string", func(b *tf.OpBuilder) { b.Str("_a", "") }, func(o tf.Op) any { return o.AttrString("_a") }, ""},
		{"long string", func(b *tf.OpBuilder) { b.Str("_a", long) }, func(o tf.Op) any { return o.AttrString("_a") }, long},
		{"shape", func(b *tf.OpBuilder) { b.Shape("_a", tf.Shape{-1, 3}) }, func(o tf.Op) any { return o.AttrShape("_a") }, tf.Shape{-1, 3}},
		{"scalar shape", func(b *tf.OpBuilder) { b.Shape("_a", tf.Shape{}) }, func(o tf.Op) any { return o.AttrShape("_a") }, tf.Shape{}},
		{"unknown shape", func(b *tf.OpBuilder) { b.Shape("_a", nil) }, func(o tf.Op) any { return o.AttrShape("_a") }, tf.Shape(nil)},
		{"ints", func(b *tf.OpBuilder) { b.Ints("_a", []int64{1, -2}) }, func(o tf.Op) any { return o.AttrInts("_a") }, []int64{1, -2}},
		{"floats", func(b *tf.OpBuilder) { b.Floats("_a", []float32{1, -2}) }, func(o tf.Op) any { return o.AttrFloats("_a") }, []float32{1, -2}},
		{"bools", func(b *tf.OpBuilder) { b.Bools("_a", []bool{true, false}) }, func(o tf.Op) any { return o.Attr("_a").GetList().GetB() }, []bool{true, false}},
		{"types", func(b *tf.OpBuilder) { b.Types("_a", []tf.DType{tf.Int8, tf.String}) }, func(o tf.Op) any { return o.AttrTypes("_a") }, []tf.DType{tf.Int8, tf.String}},
		{"strings", func(b *tf.OpBuilder) { b.Strs("_a", []string{"x", "", long}) }, func(o tf.Op) any { return o.AttrStrings("_a") }, []string{"x", "", long}},
		{"shapes", func(b *tf.OpBuilder) { b.Shapes("_a", []tf.Shape{{2}, nil, {}}) }, func(o tf.Op) any {
			var out []tf.Shape
			for _, s := range o.Attr("_a").GetList().GetShape() {
				out = append(out, tf.ShapeOf(s))
			}
			return out
		}, []tf.Shape{{2}, nil, {}}},
		{"no ints", func(b *tf.OpBuilder) { b.Ints("_a", nil) }, func(o tf.Op) any { return len(o.AttrInts("_a")) }, 0},
		{"message", func(b *tf.OpBuilder) { b.Proto("_a", raw) }, func(o tf.Op) any { return proto.Equal(o.Attr("_a"), raw) }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			gs := newGraph(t).Scope()
			es := newScope(t, newEager(t))
			r := tf.NewRecorder()
			for name, s := range map[string]*tf.Scope{"graph": gs, "eager": es.Recording(r)} {
				x := tf.ConstScalar(s, float32(1))
				r.Watch(x)
				b := s.Begin("Neg").In(x)
				tc.set(b)
				op := b.One().Op()
				wantOK(t, s)
				if got := tc.get(op); !reflect.DeepEqual(got, tc.want) {
					t.Errorf("%s: %.100v, want %.100v", name, got, tc.want)
				}
			}
		})
	}
}

func TestAttributeTensor(t *testing.T) {
	s := newGraph(t).Scope()
	x := newTensor(t, []int16{1, 2})
	b := s.Begin("Const").Type("dtype", tf.Int16).Tensor("value", x)
	x.Close() // the builder holds it
	c := b.One()
	wantOK(t, s)
	wantValues(t, run(t, newSession(t, s.Graph()), c), int16(1), 2)
	for name, tc := range map[string]struct {
		t    *tf.Tensor
		code tf.Code
	}{"nil": {nil, tf.InvalidArgument}, "closed": {x, tf.FailedPrecondition}} {
		t.Run(name, func(t *testing.T) {
			s := newGraph(t).Scope()
			s.Begin("Const").Type("dtype", tf.Int16).Tensor("value", tc.t).One()
			wantError(t, s.Err(), tc.code, "Const at attrs_test.go:", "attribute value", name)
			s = newGraph(t).Scope()
			s.ConstTensor(tc.t)
			wantError(t, s.Err(), tc.code, "Const at attrs_test.go:", name)
			s = newScope(t, newEager(t))
			s.ConstTensor(tc.t)
			wantError(t, s.Err(), tc.code, "Const at attrs_test.go:", name)
		})
	}
}

func TestAttributeErrors(t *testing.T) {
	for _, mode := range []string{"graph", "eager"} {
		for _, tc := range []struct {
			name string
			set  func(*tf.OpBuilder)
			text string
		}{
			{"negative dimension", func(b *tf.OpBuilder) { b.Shape("_a", tf.Shape{-7}) }, "attribute _a: shape [-7] has dimension -7"},
			{"too many dimensions", func(b *tf.OpBuilder) { b.Shape("_a", slices.Repeat(tf.Shape{1}, 300)) }, "300 dimensions"},
			{"too large a shape", func(b *tf.OpBuilder) { b.Shape("_a", tf.Shape{1 << 40, 1 << 40}) }, "too large"},
			{"in a list", func(b *tf.OpBuilder) { b.Shapes("_a", []tf.Shape{{1}, {-7}}) }, "dimension -7"},
			{"NUL in the name", func(b *tf.OpBuilder) { b.Int("_a\x00b", 1) }, "NUL"},
			{"no function", func(b *tf.OpBuilder) { b.Func("_a", nil) }, "attribute _a is nil"},
			{"no functions", func(b *tf.OpBuilder) { b.Funcs("_a", []*tf.Function{nil}) }, "attribute _a is nil"},
		} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				s := newGraph(t).Scope()
				if mode == "eager" {
					s = newScope(t, newEager(t))
				}
				b := s.Begin("Neg").In(tf.ConstScalar(s, float32(1)))
				tc.set(b)
				b.One()
				wantError(t, s.Err(), tf.InvalidArgument, "Neg at attrs_test.go:", tc.text)
			})
		}
	}
}

func TestPlaceholderShapeIsChecked(t *testing.T) {
	s := newGraph(t).Scope()
	tf.Placeholder(s, tf.Float32, tf.Shape{-2})
	wantError(t, s.Err(), tf.InvalidArgument, "Placeholder at attrs_test.go:")
}

// What a recorder notes of an eager operation equals what a graph knows of it,
// for each kind of inferred attribute and for defaults.
func TestInferredAttributes(t *testing.T) {
	e := newEager(t)
	for _, tc := range []struct {
		name  string
		make  func(s *tf.Scope, x tf.Output) tf.Output
		attrs []string
	}{
		{"type", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) }, []string{"T"}},
		{"default", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "MatMul", x, x) }, []string{"T", "transpose_a", "transpose_b"}},
		{"set", func(s *tf.Scope, x tf.Output) tf.Output {
			return s.Begin("MatMul").In(x).In(x).Bool("transpose_a", true).One()
		}, []string{"transpose_a", "transpose_b"}},
		{"number", func(s *tf.Scope, x tf.Output) tf.Output { return s.Begin("Pack").InList([]tf.Output{x, x, x}).One() }, []string{"N", "T", "axis"}},
		{"number, then more", func(s *tf.Scope, x tf.Output) tf.Output {
			return s.Begin("ConcatV2").InList([]tf.Output{x, x}).In(tf.ConstScalar(s, int64(1))).One()
		}, []string{"N", "T", "Tidx"}},
		{"type list", func(s *tf.Scope, x tf.Output) tf.Output {
			return s.Begin("IdentityN").InList([]tf.Output{x, tf.ConstScalar(s, "a")}).Outs()[0]
		}, []string{"T"}},
		{"none such", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) }, []string{"nonsense", "N", "T\x00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			gs := newGraph(t).Scope()
			r := tf.NewRecorder()
			es := newScope(t, e).Recording(r)
			data := []float32{1, 2, 3, 4}
			graph := tc.make(gs, tf.Const(gs, data, 2, 2)).Op()
			x := tf.Const(es, data, 2, 2)
			r.Watch(x)
			eager := tc.make(es, x).Op()
			wantOK(t, gs)
			wantOK(t, es)
			if graph.Type() != eager.Type() || graph.NumInputs() != eager.NumInputs() || graph.NumOutputs() != eager.NumOutputs() {
				t.Errorf("graph has %s with %d inputs, eager %s with %d", graph.Type(), graph.NumInputs(), eager.Type(), eager.NumInputs())
			}
			for _, name := range tc.attrs {
				if g, e := graph.Attr(name), eager.Attr(name); !proto.Equal(g, e) {
					t.Errorf("attribute %s: graph has %v, eager %v", name, g, e)
				}
			}
		})
	}
}

func TestRecorder(t *testing.T) {
	for mode, s := range map[string]*tf.Scope{"graph": newGraph(t).Scope(), "eager": newScope(t, newEager(t))} {
		t.Run(mode, func(t *testing.T) {
			r := tf.NewRecorder()
			rs := s.Recording(r)
			x, c := tf.ConstScalar(rs, float32(1)), tf.ConstScalar(rs, float32(2))
			r.Watch(x)
			unseen := node(rs, "Neg", c)
			y := node(rs, "Mul", x, c)
			outside := node(s, "Neg", y)
			r.Pause(true)
			paused := node(rs, "Neg", y)
			r.Pause(false)
			z := node(rs.Named("z"), "AddV2", unseen, y)
			wantOK(t, s)
			var types []string
			for _, op := range r.Ops() {
				types = append(types, op.Type())
			}
			if fmt.Sprint(types) != "[Mul AddV2]" {
				t.Errorf("noted %v", types)
			}
			for o, want := range map[tf.Output]bool{x: true, c: false, unseen: false, y: true, outside: false, paused: false, z: true} {
				if got := r.Watched(o); got != want {
					t.Errorf("Watched(%s) = %t", o.Name(), got)
				}
			}
			if got := r.Ops()[1].Inputs(); len(got) != 2 || got[0] != unseen || got[1] != y {
				t.Errorf("inputs of AddV2: %v", got)
			}
			r.Reset()
			if len(r.Ops()) != 0 || r.Watched(x) {
				t.Error("Reset left something")
			}
		})
	}
}

func TestZeroOpAndOutput(t *testing.T) {
	var op tf.Op
	var out tf.Output
	if !op.IsNil() || !out.IsNil() || !out.Op().IsNil() || op.Type() != "" || op.Name() != "" || op.Where() != "" || op.NumInputs() != 0 ||
		!op.Input(0).IsNil() || op.ControlInputs() != nil || op.NumOutputs() != 0 || !op.Output(0).IsNil() || op.Outputs() != nil ||
		op.Attr("x") != nil || op.AttrStrings("x") != nil || out.Name() != "none" || out.DType() != 0 || out.Shape() != nil ||
		out.Device() != "" || out.Eager() || out.Index() != 0 || out.Close() != nil {
		t.Error("the zero Op or Output is something")
	}
	_, err := out.Value()
	wantError(t, err, tf.FailedPrecondition, "value of none", "there is no output; a gradient is missing where y does not depend on x")
	x := tf.ConstScalar(newGraph(t).Scope(), float32(1)).Op()
	if !x.Output(-1).IsNil() || !x.Output(1).IsNil() || !x.Input(-1).IsNil() || x.Output(0).IsNil() {
		t.Error("outputs or inputs out of range")
	}
	_, err = x.Output(0).Value()
	wantError(t, err, tf.FailedPrecondition, "value of Const:0", "Session.Run")
}
