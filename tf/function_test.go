package tf_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

var oneFloat = []tf.TensorSpec{{"x", tf.Float32, tf.Shape{}}}

// newFunction traces a function of one float.
func newFunction(t testing.TB, s *tf.Scope, name string, f func(s *tf.Scope, x tf.Output) tf.Output) *tf.Function {
	t.Helper()
	fn, err := tf.NewFunction(s, name, oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{f(s, in[0])} })
	return closing(t, fn, err)
}

// inModes runs a test on a graph scope and on an eager one. get reads a value.
func inModes(t *testing.T, test func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor)) {
	t.Run("graph", func(t *testing.T) {
		g := newGraph(t)
		var sess *tf.Session
		test(t, g.Scope(), func(o tf.Output) *tf.Tensor {
			if sess == nil {
				sess = newSession(t, g)
			}
			return run(t, sess, o)
		})
	})
	t.Run("eager", func(t *testing.T) {
		test(t, newScope(t, newEager(t)), func(o tf.Output) *tf.Tensor { return value(t, o) })
	})
}

func TestFunction(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{"a", tf.Float32, tf.Shape{2}}, {"", tf.Int32, nil}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{node(s, "Neg", in[1]), node(s, "Square", in[0]), in[0]}
		})
		closing(t, f, err)
		if got := fmt.Sprint(f.OutputTypes(), len(f.Captures()), f.Inputs()); got != "[int32 float32 float32] 0 [{a float32 (2,)} { int32 <unknown>}]" {
			t.Errorf("signature %s", got)
		}
		for range 2 {
			outs := f.Call(s, tf.Const(s, []float32{2, 3}), tf.ConstScalar(s, int32(7)))
			wantOK(t, s)
			wantValues(t, get(outs[0]), int32(-7))
			wantValues(t, get(outs[1]), float32(4), 9)
			wantValues(t, get(outs[2]), float32(2), 3)
		}
		def, err := f.Def()
		if err != nil || def.GetSignature().GetName() != f.Name() || len(def.GetSignature().GetInputArg()) != 2 {
			t.Errorf("definition %v, %v", def.GetSignature(), err)
		}
	})
}

func TestCaptures(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		far, near := tf.ConstScalar(s, float32(100)), tf.ConstScalar(s, float32(10))
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		set := v.Assign(s, tf.ConstScalar(s, float32(1000)))
		var inner *tf.Function
		outer := newFunction(t, s, "outer", func(s *tf.Scope, x tf.Output) tf.Output {
			y := node(s, "AddV2", near, near) // captured once
			var err error
			inner, err = tf.NewFunction(s, "inner", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
				z := node(s, "AddV2", in[0], far) // of the outermost scope
				z = node(s, "AddV2", z, y)        // of the scope around
				return []tf.Output{node(s, "AddV2", z, v.Read(s))}
			})
			if err != nil {
				s.SetErr(err)
				return tf.Output{}
			}
			if n := len(inner.Captures()); n != 3 {
				t.Errorf("inner captures %d values, want 3", n)
			}
			return inner.Call(s, x)[0]
		})
		inner.Close() // outer calls it still
		if got := outer.Captures(); len(got) != 3 {
			t.Errorf("outer captures %d values, want 3", len(got))
		}
		y := outer.Call(s.After(set), tf.ConstScalar(s, float32(1)))
		wantOK(t, s)
		wantValues(t, get(y[0]), float32(1121))
	})
}

func TestCapturedResult(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		c := tf.ConstScalar(s, "captured")
		f, err := tf.NewFunction(s, "f", nil, func(*tf.Scope, []tf.Output) []tf.Output { return []tf.Output{c, c} })
		closing(t, f, err)
		outs := f.Call(s)
		wantOK(t, s)
		wantValues(t, get(outs[1]), "captured")
	})
}

func TestFunctionAsAttribute(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		helper := newFunction(t, s, "double", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "AddV2", x, x) })
		body := newFunction(t, s, "body", func(s *tf.Scope, x tf.Output) tf.Output { return helper.Call(s, x)[0] })
		cond := newFunction(t, s, "cond", func(s *tf.Scope, x tf.Output) tf.Output {
			return node(s, "Less", x, tf.ConstScalar(s, float32(100)))
		})
		outs := s.Begin("While").InList([]tf.Output{tf.ConstScalar(s, float32(3))}).
			Types("T", []tf.DType{tf.Float32}).Func("cond", cond).Func("body", body).Outs()
		wantOK(t, s)
		cond.Close()
		body.Close()
		helper.Close()
		wantValues(t, get(outs[0]), float32(192))

		a := newFunction(t, s, "a", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) })
		b := newFunction(t, s, "b", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Square", x) })
		outs = s.Begin("Case").In(tf.ConstScalar(s, int32(1))).InList([]tf.Output{tf.ConstScalar(s, float32(3))}).
			Types("Tin", []tf.DType{tf.Float32}).Types("Tout", []tf.DType{tf.Float32}).Funcs("branches", []*tf.Function{a, b}).Outs()
		wantOK(t, s)
		wantValues(t, get(outs[0]), float32(9))
	})
}

func TestStatefulOperationsRun(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s, "v", tf.Int32, tf.Shape{}), nil)
		set := v.Assign(s, tf.ConstScalar(s, int32(1)))
		f, err := tf.NewFunction(s, "f", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
			v.AssignAdd(s, tf.ConstScalar(s, int32(10))) // no result needs it
			return []tf.Output{tf.ConstScalar(s, int32(5))}
		})
		closing(t, f, err)
		outs := f.Call(s.After(set))
		after := v.Read(s.After(outs...))
		wantOK(t, s)
		wantValues(t, get(after), int32(11))
	})
}

func TestFunctionInGraphAndEager(t *testing.T) {
	e := newEager(t)
	es := newScope(t, e)
	f := newFunction(t, es, "f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) })
	gs := newGraph(t).Scope()
	y := f.Call(gs, tf.ConstScalar(gs, float32(2)))
	wantOK(t, gs)
	sess := newSession(t, gs.Graph())
	wantValues(t, run(t, sess, y[0]), float32(-2))
	wantValues(t, value(t, f.Call(es, tf.ConstScalar(es, float32(3)))[0]), float32(-3))

	// A graph has its copy; a function added after a run works in the same session.
	f.Close()
	wantValues(t, run(t, sess, y[0]), float32(-2))
	late := newFunction(t, gs, "late", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Square", x) })
	z := late.Call(gs, y[0])
	wantOK(t, gs)
	wantValues(t, run(t, sess, z[0]), float32(4))

	// The copy travels with the GraphDef.
	def, err := gs.Graph().Def()
	if err != nil {
		t.Fatal(err)
	}
	other := newGraph(t)
	outs, err := other.Import(def, &tf.ImportOptions{Returns: []string{z[0].Name()}})
	if err != nil {
		t.Fatal(err)
	}
	wantValues(t, run(t, newSession(t, other), outs[0]), float32(4))
}

// Names tell functions apart by what they do, so that graphs of different
// programs can be joined.
func TestFunctionNames(t *testing.T) {
	s := newScope(t, newEager(t))
	name := func(outer, op string) string {
		return newFunction(t, s, outer, func(s *tf.Scope, x tf.Output) tf.Output { return node(s, op, x) }).Name()
	}
	a := name("f", "Neg")
	if !strings.HasPrefix(a, "f_") {
		t.Errorf("name %q", a)
	}
	if b := name("f", "Abs"); a == b {
		t.Errorf("two functions are called %q", a)
	}
	if b := name("f", "Neg"); a != b {
		t.Errorf("the same function is called %q and %q", a, b)
	}
}

func TestSameFunctionTwice(t *testing.T) {
	s := newScope(t, newEager(t))
	neg := func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) }
	a, b := newFunction(t, s, "f", neg), newFunction(t, s, "f", neg)
	x := tf.ConstScalar(s, float32(1))
	a.Call(s, x)
	b.Call(s, x)
	a.Close() // does not take b's away
	y := b.Call(s, x)
	wantOK(t, s)
	wantValues(t, value(t, y[0]), float32(-1))
}

func TestFunctionErrors(t *testing.T) {
	e := newEager(t)
	g := newGraph(t)
	foreign := tf.ConstScalar(newGraph(t).Scope(), float32(1))
	for _, tc := range []struct {
		name string
		fn   string
		in   []tf.TensorSpec
		f    func(s *tf.Scope, in []tf.Output) []tf.Output
		code tf.Code
		text string
	}{
		{"an operation fails", "f", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{s.Begin("MatMul").In(in[0]).In(in[0]).One()}
		}, tf.InvalidArgument, `MatMul "MatMul" at function_test.go:`},
		{"a result is missing", "f", nil, func(*tf.Scope, []tf.Output) []tf.Output { return make([]tf.Output, 1) }, tf.InvalidArgument, "result 0 of function f"},
		{"a result has no value", "f", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
			return []tf.Output{s.Begin("NoOp").Node()}
		}, tf.InvalidArgument, "NoOp:0, which has no results"},
		{"of another graph", "f", nil, func(*tf.Scope, []tf.Output) []tf.Output { return []tf.Output{foreign} }, tf.InvalidArgument, "capture at function_test.go:"},
		{"bad argument name", "f", []tf.TensorSpec{{"a b", tf.Float32, nil}}, func(*tf.Scope, []tf.Output) []tf.Output { return nil }, tf.InvalidArgument, "a b"},
		{"bad argument type", "f", []tf.TensorSpec{{"a", 0, nil}}, func(*tf.Scope, []tf.Output) []tf.Output { return nil }, tf.InvalidArgument, "a"},
		{"bad argument shape", "f", []tf.TensorSpec{{"a", tf.Int8, tf.Shape{-3}}}, func(*tf.Scope, []tf.Output) []tf.Output { return nil }, tf.InvalidArgument, "dimension -3"},
		{"NUL in the name", "f\x00", nil, func(*tf.Scope, []tf.Output) []tf.Output { return nil }, tf.InvalidArgument, "NUL"},
		{"fails by itself", "f", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
			s.SetErr(tf.Errorf("mine", tf.DataLoss, "own words"))
			return nil
		}, tf.DataLoss, "own words"},
	} {
		for mode, s := range map[string]*tf.Scope{"graph": g.Scope(), "eager": newScope(t, e)} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				f, err := tf.NewFunction(s, tc.fn, tc.in, tc.f)
				if err == nil {
					f.Close()
				}
				wantError(t, err, tc.code, tc.text)
			})
		}
	}
	failed := g.Scope()
	failed.SetErr(tf.Errorf("before", tf.Aborted, "x"))
	_, err := tf.NewFunction(failed, "f", nil, nil)
	wantError(t, err, tf.Aborted, "before")
}

func TestCallErrors(t *testing.T) {
	e := newEager(t)
	g := newGraph(t)
	f := newFunction(t, e.Scope(), "f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) })
	closed := newFunction(t, e.Scope(), "closed", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Abs", x) })
	closed.Close()
	closed.Close()
	_, err := closed.Def()
	wantError(t, err, tf.FailedPrecondition, "closed")
	for _, tc := range []struct {
		name string
		call func(s *tf.Scope)
		code tf.Code
		text string
	}{
		{"too few arguments", func(s *tf.Scope) { f.Call(s) }, tf.InvalidArgument, "takes 1 arguments, got 0"},
		{"too many arguments", func(s *tf.Scope) { f.Call(s, tf.Output{}, tf.Output{}) }, tf.InvalidArgument, "takes 1 arguments, got 2"},
		{"missing argument", func(s *tf.Scope) { f.Call(s, tf.Output{}) }, tf.InvalidArgument, "argument 0 is missing"},
		{"wrong type", func(s *tf.Scope) { f.Call(s, tf.ConstScalar(s, int32(1))) }, tf.InvalidArgument, "argument 0 takes float32, got int32"},
		{"wrong shape", func(s *tf.Scope) { f.Call(s, tf.Const(s, []float32{1})) }, tf.InvalidArgument, "argument 0 takes shape (), got (1,)"},
		{"closed", func(s *tf.Scope) { closed.Call(s, tf.ConstScalar(s, float32(1))) }, tf.FailedPrecondition, "is closed"},
	} {
		for mode, s := range map[string]*tf.Scope{"graph": g.Scope(), "eager": newScope(t, e)} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				tc.call(s)
				wantError(t, s.Err(), tc.code, "at function_test.go:", tc.text)
			})
		}
	}
}

func TestFunctionConcurrent(t *testing.T) {
	e := newEager(t)
	outer := newScope(t, e)
	c := tf.ConstScalar(outer, float32(10))
	f := newFunction(t, outer, "f", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Mul", x, c) })
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 10 {
				s := e.Scope()
				own, err := tf.NewFunction(s, "own", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
					return []tf.Output{node(s, "AddV2", f.Call(s, in[0])[0], tf.ConstScalar(s, float32(i*100+k)))}
				})
				if err != nil {
					t.Error(err)
					return
				}
				y := own.Call(s, f.Call(s, tf.ConstScalar(s, float32(i)))[0])
				if s.Err() != nil {
					t.Error(s.Err())
					return
				}
				x, err := y[0].Value()
				if err != nil {
					t.Error(err)
					return
				}
				got, _ := tf.Values[float32](x)
				if want := float32(i*100 + i*100 + k); got[0] != want {
					t.Errorf("%v, want %v", got[0], want)
				}
				x.Close()
				own.Close()
				s.Close()
			}
		}()
	}
	wg.Wait()
}

// Functions that are dropped without Close leave nothing, neither open here nor
// known to the context.
func TestFunctionCollected(t *testing.T) {
	e := newEager(t)
	s := newScope(t, e)
	x := tf.ConstScalar(s, float32(1))
	names := make([]string, 5)
	before := handle.Live()
	func() {
		s := e.Scope()
		defer s.Close()
		for i := range names {
			inner, err := tf.NewFunction(s, "inner", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output {
				return []tf.Output{node(s, "AddV2", in[0], tf.ConstScalar(s, float32(i)))}
			})
			if err != nil {
				t.Fatal(err)
			}
			f, err := tf.NewFunction(s, "outer", oneFloat, func(s *tf.Scope, in []tf.Output) []tf.Output { return inner.Call(s, in[0]) })
			if err != nil {
				t.Fatal(err)
			}
			f.Call(s, x)
			names[i] = inner.Name()
		}
		wantOK(t, s)
	}()
	waitLive(t, before)
	for _, name := range names {
		s := newScope(t, e)
		node(s, name, x)
		wantError(t, s.Err(), tf.NotFound, name)
	}
	runtime.KeepAlive(e)
}
