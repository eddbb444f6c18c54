package tf_test

import (
	"math"
	"testing"

	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/tf"
)

// linear is the GraphDef of y = x*w + b, with placeholder x and constants.
func linear(t *testing.T) *graphpb.GraphDef {
	t.Helper()
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1})
	w := tf.ConstScalar(s.Named("w"), float32(3))
	b := tf.ConstScalar(s.Named("b"), float32(0.5))
	node(s.Named("y").After(w), "AddV2", node(s.Named("xw"), "Mul", x, w), b)
	wantOK(t, s)
	def, err := g.Def()
	if err != nil {
		t.Fatal(err)
	}
	return def
}

func TestImportRuns(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	one := tf.Const(s, []float32{1, 10})
	wantOK(t, s)
	outs, err := g.Import(linear(t), &tf.ImportOptions{
		Prefix:   "layer",
		InputMap: map[string]tf.Output{"x:0": one},
		Returns:  []string{"y", "w:0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(outs) != 2 || outs[0].Name() != "layer/y:0" || outs[1].Name() != "layer/w:0" {
		t.Fatalf("returned %v", outs)
	}
	wantValues(t, run(t, newSession(t, g), outs[0]), float32(3.5), 30.5)
}

func TestImportedOps(t *testing.T) {
	g := newGraph(t)
	if _, err := g.Import(linear(t), nil); err != nil {
		t.Fatal(err)
	}
	y, err := g.Op("y")
	if err != nil {
		t.Fatal(err)
	}
	if y.Type() != "AddV2" || y.AttrType("T") != tf.Float32 || y.NumInputs() != 2 || y.Where() != "" {
		t.Errorf("y is %s of %v with %d inputs, made at %q", y.Type(), y.AttrType("T"), y.NumInputs(), y.Where())
	}
	if got := y.Input(0).Op(); got.Name() != "xw" || got.Input(0).Op().AttrShape("shape").String() != "(None,)" {
		t.Errorf("input 0 is %s of %s", got.Name(), got.Input(0).Name())
	}
	if got := y.ControlInputs(); len(got) != 1 || got[0].Name() != "w" {
		t.Errorf("control inputs %v", got)
	}
	if x, _ := g.Output("x"); x != y.Input(0).Op().Input(0) {
		t.Error("two views of one output differ")
	}
}

func TestExportImportIsTheSame(t *testing.T) {
	def := linear(t)
	g := newGraph(t)
	if _, err := g.Import(def, nil); err != nil {
		t.Fatal(err)
	}
	again, err := g.Def()
	if err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(def, again) {
		t.Errorf("exported\n%v\nafter import\n%v", def, again)
	}
}

func TestImportErrors(t *testing.T) {
	g, other := newGraph(t), newGraph(t)
	os := other.Scope()
	foreign := tf.ConstScalar(os, float32(1))
	s := g.Scope()
	n := s.Begin("NoOp").Node()
	wantOK(t, s)
	for _, tc := range []struct {
		name string
		edit func(*graphpb.GraphDef)
		o    tf.ImportOptions
		text string
		code tf.Code // 0: InvalidArgument
	}{
		{name: "mapped to another graph", o: tf.ImportOptions{InputMap: map[string]tf.Output{"x": foreign}}, text: `"x" is mapped to Const:0`},
		{name: "mapped to nothing", o: tf.ImportOptions{InputMap: map[string]tf.Output{"x": {}}}, text: `"x" is mapped to none`},
		{name: "mapped to a node without results", o: tf.ImportOptions{InputMap: map[string]tf.Output{"x": n}}, text: `"x" is mapped to NoOp`},
		{name: "mapped by a bad name", o: tf.ImportOptions{InputMap: map[string]tf.Output{"x:y": foreign}}, text: `"x:y"`},
		{name: "mapped from nothing", o: tf.ImportOptions{InputMap: map[string]tf.Output{"q:0": foreign}}, text: `no operation "q"`, code: tf.NotFound},
		{name: "unknown result", o: tf.ImportOptions{Returns: []string{"nobody"}}, text: "nobody"},
		{name: "bad result", o: tf.ImportOptions{Returns: []string{"y:-2"}}, text: `"y:-2"`},
		{name: "bad prefix", o: tf.ImportOptions{Prefix: "a b"}, text: "a b"},
		{name: "unknown operation", edit: func(d *graphpb.GraphDef) { d.Node[0].Op = "Nonsense" }, text: "Nonsense", code: tf.NotFound},
		{name: "unknown input", edit: func(d *graphpb.GraphDef) { d.Node[3].Input[0] = "nobody" }, text: "nobody"},
		{name: "missing attribute", edit: func(d *graphpb.GraphDef) { delete(d.Node[0].Attr, "dtype") }, text: "dtype"},
		{name: "name twice", edit: func(d *graphpb.GraphDef) { d.Node[1].Name = "x" }, text: "x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			def := linear(t)
			if tc.edit != nil {
				tc.edit(def)
			}
			_, err := g.Import(def, &tc.o)
			if tc.code == 0 {
				tc.code = tf.InvalidArgument
			}
			wantError(t, err, tc.code, tc.text)
		})
	}
	if _, err := g.Import(nil, nil); err != nil {
		t.Errorf("a nil GraphDef is an empty one, got %v", err)
	}
}

// An imported variable and one made here do not share a value by accident.
func TestImportedVariableIsItsOwn(t *testing.T) {
	from := newGraph(t)
	fs := from.Scope()
	fv := tf.NewVariable(fs, "v", tf.Float32, tf.Shape{})
	fv.Assign(fs.Named("set"), tf.ConstScalar(fs, float32(1)))
	node(fs.Named("get"), "Identity", fv.Read(fs))
	wantOK(t, fs)
	def, err := from.Def()
	if err != nil {
		t.Fatal(err)
	}
	g := newGraph(t)
	if _, err := g.Import(def, &tf.ImportOptions{Prefix: "imported"}); err != nil {
		t.Fatal(err)
	}
	s := g.Scope()
	v := tf.NewVariable(s, "v", tf.Float32, tf.Shape{})
	set := v.Assign(s, tf.ConstScalar(s, float32(math.Pi)))
	wantOK(t, s)
	sess := newSession(t, g)
	theirs, err := g.Op("imported/set")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sess.Run(background, nil, nil, theirs.Output(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := sess.Run(background, nil, nil, set); err != nil {
		t.Fatal(err)
	}
	get, _ := g.Output("imported/get")
	wantValues(t, run(t, sess, get), float32(1))
}
