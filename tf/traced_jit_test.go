package tf_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
)

// lineOf is "file.go:12" of a caller, as errors write it.
func lineOf(skip int) string {
	_, file, n, _ := runtime.Caller(skip)
	return fmt.Sprintf("%s:%d", filepath.Base(file), n)
}

func TestTracedJIT(t *testing.T) {
	jit := &tf.TraceOptions{JIT: true}
	e := newEager(t)
	text := func(s *tf.Scope, x tf.Output) tf.Output {
		return s.Begin("StringLength").In(node(s, "AsString", x)).One()
	}
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		set := v.Assign(s, tf.ConstScalar(s, float32(10)))
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
			return node(s, "AddV2", node(s, "Mul", x, x), v.Read(s))
		}, jit), nil)
		outer := closing(t, tf.Trace("outer", func(s *tf.Scope, x tf.Output) tf.Output { return f.Call(s, x) }, nil), nil)
		for range 2 {
			y := f.Call(s.After(set), tf.ConstScalar(s, float32(3)))
			z := outer.Call(s.After(set), tf.ConstScalar(s, float32(3)))
			wantOK(t, s)
			wantValues(t, get(y), float32(19))
			wantValues(t, get(z), float32(19))
		}
		c, err := f.Concrete(s, tf.Output{}, tf.TensorSpec{DType: tf.Float32, Shape: tf.Shape{}})
		if err != nil {
			t.Fatal(err)
		}
		def, err := c.Def()
		if err != nil || !def.Attr["_XlaMustCompile"].GetB() {
			t.Errorf("attributes %v, %v", def.GetAttr(), err)
		}
		wantTraces(t, f, 1)
	})
	plain := closing(t, tf.Trace("refused", text, nil), nil)
	s := newScope(t, e)
	if y := plain.Call(s, tf.ConstScalar(s, int32(100))); s.Err() != nil {
		t.Fatal(y, s.Err())
	}
}

// What XLA cannot compile is told with its line, on a graph by the run.
func TestTracedJITRefused(t *testing.T) {
	e, g := newEager(t), newGraph(t)
	jit := &tf.TraceOptions{JIT: true}
	var at string
	text := func(s *tf.Scope, x tf.Output) tf.Output {
		y, here := s.Sub("deep").Begin("AsString").In(x).One(), lineOf(1)
		at = here
		return node(s, "StringLength", y)
	}
	inner := closing(t, tf.Trace("inner", text, nil), nil)
	for name, tc := range map[string]struct {
		f     *tf.Traced[tf.Output, tf.Output]
		texts []string
	}{
		"body":     {closing(t, tf.Trace("body", text, jit), nil), []string{": XLA cannot compile function body_", ": XLA_CPU_JIT has no kernel for AsString"}},
		"in a sub": {closing(t, tf.Trace("calls", inner.Call, jit), nil), []string{": XLA cannot compile function calls_", ": XLA_CPU_JIT has no kernel for AsString"}},
		"result": {closing(t, tf.Trace("result", func(s *tf.Scope, _ tf.Output) tf.Output { return tf.ConstScalar(s, "a") }, jit), nil),
			[]string{": XLA_CPU_JIT has no kernel for a result with T=STRING"}},
	} {
		t.Run(name, func(t *testing.T) {
			at = ""
			s := newScope(t, e)
			tc.f.Call(s, tf.ConstScalar(s, int32(100)))
			where := at
			if where != "" {
				where = `AsString "deep/AsString" at ` + where + ": "
			}
			wantError(t, s.Err(), tf.InvalidArgument, append(tc.texts, "at traced_jit_test.go:", where)...)
			gs := g.Scope()
			y := tc.f.Call(gs, tf.ConstScalar(gs, int32(100)))
			wantOK(t, gs)
			_, err := newSession(t, g).Run(background, nil, []tf.Output{y})
			wantError(t, err, tf.InvalidArgument, append(tc.texts, "run session: "+where)...)
			if strings.HasSuffix(s.Err().Error(), ")") || strings.Contains(err.Error(), "Detected") {
				t.Errorf("%v\n%v", s.Err(), err)
			}
		})
	}
}

// XLA keeps the order of reads and writes too.
func TestTracedJITVariables(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{}), nil)
		set := v.Assign(s, tf.ConstScalar(s, float32(1)))
		f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) [2]tf.Output {
			before := v.Read(s)
			v.AssignAdd(s, x)
			v.Assign(s, node(s, "Mul", v.Read(s), x))
			return [2]tf.Output{before, v.Read(s)}
		}, &tf.TraceOptions{JIT: true}), nil)
		y := f.Call(s.After(set), tf.ConstScalar(s, float32(10)))
		sum := node(s, "AddV2", node(s, "Mul", y[0], tf.ConstScalar(s, float32(1000))), y[1])
		wantOK(t, s)
		wantValues(t, get(sum), float32(1110))
	})
}

// A function traced before for plain calls is traced anew for compiled ones.
func TestTracedCalledByCompiled(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		inner := tf.Trace("inner", func(s *tf.Scope, x tf.Output) tf.Output { return node(s, "Neg", x) }, nil)
		outer := tf.Trace("outer", func(s *tf.Scope, x tf.Output) tf.Output { return inner.Call(s, x) }, &tf.TraceOptions{JIT: true})
		t.Cleanup(func() { inner.Close(); outer.Close() })
		x := tf.Const(s, []float32{1})
		inner.Call(s, x)
		y := outer.Call(s, x)
		wantOK(t, s)
		wantValues(t, get(y), float32(-1))
		if n := inner.Traces(); n != 2 {
			t.Errorf("%d traces, want 2", n)
		}
	})
}
