package tf_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestNamesAreUnique(t *testing.T) {
	for _, tc := range []struct {
		name string
		ask  []string // "" is no name
		want []string
	}{
		{"no name", []string{"", "", ""}, []string{"NoOp", "NoOp_1", "NoOp_2"}},
		{"same name", []string{"x", "x"}, []string{"x", "x_1"}},
		{"a taken number", []string{"x_1", "x", "x", "x"}, []string{"x_1", "x", "x_2", "x_3"}},
		{"a number of a number", []string{"x", "x", "x_1"}, []string{"x", "x_1", "x_1_1"}},
		{"in a folder", []string{"a/x", "a/x", "x"}, []string{"a/x", "a/x_1", "x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newGraph(t).Scope()
			for i, ask := range tc.ask {
				op := s.Named(ask).Begin("NoOp").Node().Op()
				wantOK(t, s)
				if op.Name() != tc.want[i] {
					t.Errorf("%q became %q, want %q", ask, op.Name(), tc.want[i])
				}
			}
		})
	}
}

func TestNamesAfterImport(t *testing.T) {
	g := newGraph(t)
	def := linear(t)
	for _, prefix := range []string{"", "x"} {
		if _, err := g.Import(def, &tf.ImportOptions{Prefix: prefix}); err != nil {
			t.Fatal(err)
		}
	}
	s := g.Scope()
	for _, want := range []string{"y_1", "x/y_1"} {
		got := s.Named(want[:len(want)-2]).Begin("NoOp").Node().Op().Name()
		wantOK(t, s)
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	_, err := g.Import(def, nil)
	wantError(t, err, tf.InvalidArgument, "import graph", "already exists")
}

func TestGraphLookup(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Const(s.Named("x"), []float32{1, 2, 3, 4})
	split := s.Named("s").Begin("Split").In(tf.ConstScalar(s, int32(0))).In(x).Int("num_split", 2).Outs()
	s.Named("n").Begin("NoOp").Node()
	wantOK(t, s)
	for _, tc := range []struct {
		name string
		want tf.Output
		code tf.Code
		text string
	}{
		{name: "x", want: x},
		{name: "x:0", want: x},
		{name: "s:1", want: split[1]},
		{name: "s:2", code: tf.OutOfRange, text: `"s" has 2 outputs, asked for number 2`},
		{name: "n:1", code: tf.OutOfRange, text: `"n" has 0 outputs`},
		{name: "y", code: tf.NotFound, text: `"y"`},
		{name: "", code: tf.NotFound, text: `""`},
		{name: "x\x00y", code: tf.NotFound, text: `"x\x00y"`},
		{name: "x:", code: tf.InvalidArgument, text: `"x:"`},
		{name: "x:-1", code: tf.InvalidArgument, text: `"x:-1"`},
		{name: "x:0:0", code: tf.InvalidArgument, text: `"x:0:0"`},
	} {
		t.Run(fmt.Sprintf("%q", tc.name), func(t *testing.T) {
			got, err := g.Output(tc.name)
			if tc.code != 0 {
				wantError(t, err, tc.code, tc.text)
				return
			}
			if err != nil || got != tc.want {
				t.Errorf("%v, %v, want %v", got.Name(), err, tc.want.Name())
			}
		})
	}
	n, err := g.Op("n")
	if err != nil || n.NumOutputs() != 0 || n.Type() != "NoOp" {
		t.Errorf("n is %s with %d outputs, %v", n.Type(), n.NumOutputs(), err)
	}
	var names []string
	for _, op := range g.Ops() {
		names = append(names, op.Name())
	}
	if got := fmt.Sprint(names); got != "[x Const s n]" {
		t.Errorf("operations %s", got)
	}
}

func TestGraphAfterClose(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{2})
	y := node(s, "Neg", x)
	wantOK(t, s)
	sess := newSession(t, g)
	feed := newTensor(t, []float32{1, 2})
	wantValues(t, run(t, sess, y, tf.Feed{x, feed}), float32(-1), -2)
	g.Close()
	g.Close()

	t.Run("a session goes on", func(t *testing.T) {
		wantValues(t, run(t, sess, y, tf.Feed{x, feed}), float32(-1), -2)
	})
	for name, call := range map[string]func() error{
		"Output":     func() error { _, err := g.Output("x"); return err },
		"Op":         func() error { _, err := g.Op("x"); return err },
		"Def":        func() error { _, err := g.Def(); return err },
		"Import":     func() error { _, err := g.Import(linear(t), nil); return err },
		"SetShape":   func() error { return g.SetShape(x, tf.Shape{2}) },
		"NewSession": func() error { _, err := tf.NewSession(g, nil); return err },
		"add":        func() error { s := g.Scope(); node(s, "Neg", x); return s.Err() },
		"Variable":   func() error { s := g.Scope(); tf.NewVariable(s, "v", tf.Float32, nil); return s.Err() },
		"run by name": func() error {
			_, err := sess.RunWith(background, &tf.RunArgs{FetchNames: []string{"x"}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, call(), tf.FailedPrecondition, "closed") })
	}
	if g.Ops() != nil || x.Shape() != nil || y.Op().ControlInputs() != nil || y.Op().Attr("T") != nil || y.Device() != "" {
		t.Error("a closed graph still tells what it held")
	}
	if y.Name() != "Neg:0" || y.DType() != tf.Float32 {
		t.Errorf("%s of %v", y.Name(), y.DType())
	}
}

func TestSetShape(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s, tf.Float32, nil)
	n := s.Begin("NoOp").Node()
	wantOK(t, s)
	for _, tc := range []struct {
		name  string
		o     tf.Output
		shape tf.Shape
		want  tf.Shape
		text  string
	}{
		{name: "unknown says nothing", o: x, want: nil},
		{name: "rank", o: x, shape: tf.Shape{-1, -1}, want: tf.Shape{-1, -1}},
		{name: "dimension", o: x, shape: tf.Shape{-1, 3}, want: tf.Shape{-1, 3}},
		{name: "merges", o: x, shape: tf.Shape{2, -1}, want: tf.Shape{2, 3}},
		{name: "contradicts", o: x, shape: tf.Shape{4, 3}, text: "set shape of Placeholder:0"},
		{name: "negative", o: x, shape: tf.Shape{-7}, text: "dimension -7"},
		{name: "no results", o: n, shape: tf.Shape{}, text: "NoOp:0"},
		{name: "no output", shape: tf.Shape{}, text: "none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := g.SetShape(tc.o, tc.shape)
			if tc.text != "" {
				wantError(t, err, tf.InvalidArgument, tc.text)
				return
			}
			if got := tc.o.Shape(); err != nil || !got.Equal(tc.want) {
				t.Errorf("shape %v, %v, want %v", got, err, tc.want)
			}
		})
	}
}

// A graph may grow, by one goroutine, while sessions run it.
func TestGraphGrowsWhileRunning(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.ConstScalar(s, int32(1))
	wantOK(t, s)
	sess := newSession(t, g)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				out, err := sess.Run(background, nil, []tf.Output{x})
				if err != nil {
					t.Error(err)
					return
				}
				out[0].Close()
				x.Op().AttrType("dtype")
				x.Shape()
			}
		}()
	}
	y := x
	for range 50 {
		y = node(s, "Add", y, x)
	}
	wg.Wait()
	wantOK(t, s)
	wantValues(t, run(t, sess, y), int32(51))
}
