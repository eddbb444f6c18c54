package tf_test

import (
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
)

// Whatever an operation is asked for, the process goes on and the error is one
// line that names the operation and where it was asked for.
func TestBuilderErrors(t *testing.T) {
	e := newEager(t)
	one := func(s *tf.Scope) tf.Output { return tf.ConstScalar(s, int32(1)) }
	for _, tc := range []struct {
		name  string
		make  func(*tf.Scope)
		graph tf.Code
		eager tf.Code // 0: no error
		text  string
	}{
		{"unknown operation", func(s *tf.Scope) { s.Begin("Nonsense").Outs() }, tf.NotFound, tf.NotFound, "Nonsense"},
		{"no operation", func(s *tf.Scope) { s.Begin("").Outs() }, tf.InvalidArgument, tf.NotFound, ""},
		{"shapes", func(s *tf.Scope) {
			s.Begin("MatMul").In(tf.Const(s, []float32{1, 2}, 1, 2)).In(tf.Const(s, []float32{1, 2, 3}, 1, 3)).One()
		}, tf.InvalidArgument, tf.InvalidArgument, "[1,2]"},
		{"types", func(s *tf.Scope) { s.Begin("AddV2").In(one(s)).In(tf.ConstScalar(s, float32(1))).One() }, tf.InvalidArgument, tf.InvalidArgument, "AddV2"},
		{"attribute misspelt", func(s *tf.Scope) {
			s.Begin("MatMul").In(one(s)).In(one(s)).Ints("_mine", []int64{1, 2}).Bool("transpose_A", true).One()
		}, tf.InvalidArgument, tf.InvalidArgument, `the operation has no attribute "transpose_A", did you mean "transpose_a"?`},
		{"attribute of another operation", func(s *tf.Scope) {
			s.Begin("MatMul").In(one(s)).In(one(s)).Strs("padding", []string{"SAME"}).One()
		}, tf.InvalidArgument, tf.InvalidArgument, `the operation has no attribute "padding"; it has transpose_a, transpose_b, T`},
		{"attribute of an operation without", func(s *tf.Scope) { s.Begin("NoOp").Float("scal", 1).Node() }, tf.InvalidArgument, tf.InvalidArgument,
			`the operation has no attribute "scal"; it has none`},
		{"too few inputs", func(s *tf.Scope) { s.Begin("AddV2").In(one(s)).One() }, tf.InvalidArgument, tf.InvalidArgument, "AddV2"},
		{"too many inputs", func(s *tf.Scope) { s.Begin("Neg").In(one(s)).In(one(s)).In(one(s)).One() }, tf.InvalidArgument, tf.InvalidArgument, "Neg"},
		{"inputs of an operation without", func(s *tf.Scope) { s.Begin("NoOp").In(one(s)).One() }, tf.InvalidArgument, tf.InvalidArgument, "NoOp"},
		{"a list for a single input", func(s *tf.Scope) { s.Begin("Neg").InList([]tf.Output{one(s), one(s)}).One() }, tf.InvalidArgument, tf.InvalidArgument, "Neg"},
		{"a single value for a list", func(s *tf.Scope) { s.Begin("Pack").In(one(s)).One() }, tf.InvalidArgument, tf.InvalidArgument, "Pack"},
		{"an empty list", func(s *tf.Scope) { s.Begin("Pack").InList(nil).One() }, tf.InvalidArgument, tf.InvalidArgument, "Pack"},
		{"missing attribute", func(s *tf.Scope) { s.Begin("Cast").In(one(s)).One() }, tf.InvalidArgument, tf.NotFound, "DstT"},
		{"no type", func(s *tf.Scope) { s.Begin("Cast").In(one(s)).Type("DstT", 0).One() }, tf.InvalidArgument, tf.InvalidArgument, "Cast"},
		{"unknown type", func(s *tf.Scope) { s.Begin("Cast").In(one(s)).Type("DstT", 99).One() }, tf.InvalidArgument, tf.InvalidArgument, "Cast"},
		{"attribute of another kind", func(s *tf.Scope) { s.Begin("Cast").In(one(s)).Int("DstT", 1).One() }, tf.InvalidArgument, tf.InvalidArgument, "Cast"},
		{"attribute twice", func(s *tf.Scope) {
			s.Begin("Cast").In(one(s)).Type("DstT", tf.Int8).Type("DstT", tf.Float32).One()
		}, tf.InvalidArgument, 0, "DstT"},
		{"missing input", func(s *tf.Scope) { s.Begin("Neg").In(tf.Output{}).One() }, tf.InvalidArgument, tf.InvalidArgument, "input 0 is missing; so is a gradient where y does not depend on x"},
		{"missing input of a list", func(s *tf.Scope) { s.Begin("Pack").InList([]tf.Output{one(s), {}}).One() }, tf.InvalidArgument, tf.InvalidArgument, "input 1 is missing"},
		{"NUL in the type", func(s *tf.Scope) { s.Begin("Neg\x00x").One() }, tf.InvalidArgument, tf.InvalidArgument, "NUL"},
		{"bad name", func(s *tf.Scope) { s.Named("a b").Begin("NoOp").Node() }, tf.InvalidArgument, 0, `"a b"`},
		{"bad folder", func(s *tf.Scope) { s.Sub("_a").Begin("NoOp").Node() }, tf.InvalidArgument, 0, `"_a/NoOp"`},
		{"NUL in the name", func(s *tf.Scope) { s.Named("a\x00").Begin("NoOp").Node() }, tf.InvalidArgument, 0, `"a\x00"`},
		{"constant", func(s *tf.Scope) { tf.Const(s, []float32{1}, 2) }, tf.InvalidArgument, tf.InvalidArgument, "Const at builder_test.go:"},
	} {
		t.Run("graph/"+tc.name, func(t *testing.T) {
			g := newGraph(t)
			s := g.Scope()
			tc.make(s)
			wantError(t, s.Err(), tc.graph, "at builder_test.go:", tc.text)
			s = g.Scope() // the graph is as good as before
			y := node(s, "Neg", one(s))
			wantOK(t, s)
			wantValues(t, run(t, newSession(t, g), y), int32(-1))
		})
		t.Run("eager/"+tc.name, func(t *testing.T) {
			s := newScope(t, e)
			tc.make(s)
			if tc.eager == 0 {
				wantOK(t, s)
			} else {
				wantError(t, s.Err(), tc.eager, "at builder_test.go:", tc.text)
			}
			s = newScope(t, e)
			wantValues(t, value(t, node(s, "Neg", one(s))), int32(-1))
		})
	}
}

// An operation with three lists, the first one empty.
func TestSeveralLists(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		outs := s.Begin("ParseExample").
			In(tf.Const(s, []string{""})).In(tf.Const(s, []string{})).
			InList(nil).
			InList([]tf.Output{tf.ConstScalar(s, "x"), tf.ConstScalar(s, "y")}).
			InList([]tf.Output{tf.Const(s, []float32{1, 2}), tf.Const(s, []int64{3})}).
			Types("sparse_types", nil).Shapes("dense_shapes", []tf.Shape{{2}, {1}}).Outs()
		wantOK(t, s)
		if len(outs) != 2 {
			t.Fatalf("%d outputs, want 2", len(outs))
		}
		wantValues(t, get(outs[0]), float32(1), 2)
		wantValues(t, get(outs[1]), int64(3))
	})
}

// What a graph does not take is said in short.
func TestRefusedInShort(t *testing.T) {
	f32 := func(s *tf.Scope) tf.Output { return tf.ConstScalar(s, float32(1)) }
	f64 := func(s *tf.Scope) tf.Output { return tf.ConstScalar(s, 1.) }
	for want, make := range map[string]func(s *tf.Scope) *tf.OpBuilder{
		"inputs 0 and 1 are float32 and float64; both are of type T":    func(s *tf.Scope) *tf.OpBuilder { return s.Begin("AddV2").In(f32(s)).In(f64(s)) },
		"inputs 0 and 2 are float32 and float64; both are of type Tidx": func(s *tf.Scope) *tf.OpBuilder { return s.Begin("Range").In(f32(s)).In(f32(s)).In(f64(s)) },
		`input "values" takes float32, got float64`:                     func(s *tf.Scope) *tf.OpBuilder { return s.Begin("Pack").InList([]tf.Output{f32(s), f64(s)}) },
		`input "input" takes string, got float32`:                       func(s *tf.Scope) *tf.OpBuilder { return s.Begin("StringUpper").In(f32(s)) },
		"input 0 is float32; its type, attribute T, is set to float64":  func(s *tf.Scope) *tf.OpBuilder { return s.Begin("Neg").In(f32(s)).Type("T", tf.Float64) },
		"attribute DstT is set to both int8 and float16": func(s *tf.Scope) *tf.OpBuilder {
			return s.Begin("Cast").In(f32(s)).Type("DstT", tf.Int8).Type("DstT", tf.Float16)
		},
		"attribute DstT is missing":         func(s *tf.Scope) *tf.OpBuilder { return s.Begin("Cast").In(f32(s)) },
		"the operation has 2 inputs, got 1": func(s *tf.Scope) *tf.OpBuilder { return s.Begin("AddV2").In(f32(s)) },
	} {
		s := newGraph(t).Scope()
		make(s).One()
		wantError(t, s.Err(), tf.InvalidArgument, " at builder_test.go:")
		if !strings.HasSuffix(s.Err().Error(), ": invalid argument: "+want) {
			t.Errorf("%v, want %q at its end", s.Err(), want)
		}
	}
}
