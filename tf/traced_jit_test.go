package tf_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestTracedJIT(t *testing.T) {
	jit := &tf.TraceOptions{JIT: true}
	e := newEager(t)
	g := newGraph(t)
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
	refused := closing(t, tf.Trace("refused", text, jit), nil)
	plain := closing(t, tf.Trace("refused", text, nil), nil)
	t.Run("refused", func(t *testing.T) {
		s := newScope(t, e)
		if y := plain.Call(s, tf.ConstScalar(s, int32(100))); s.Err() != nil {
			t.Fatal(y, s.Err())
		}
		refused.Call(s, tf.ConstScalar(s, int32(100)))
		wantError(t, s.Err(), tf.InvalidArgument, "AsString", "traced_jit_test.go:")
	})
	t.Run("refused in a graph", func(t *testing.T) {
		s := g.Scope()
		y := refused.Call(s, tf.ConstScalar(s, int32(100)))
		wantOK(t, s)
		_, err := newSession(t, g).Run(background, nil, []tf.Output{y})
		wantError(t, err, tf.InvalidArgument, "AsString")
	})
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
