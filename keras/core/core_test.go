package core_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

func TestBuilder(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		var vars []*core.Variable
		b := l.Builder(&vars)
		b.Path, b.Policy = "block", "mixed_float16"
		kernel := b.Sub("dense").Weight(core.Weight{Name: "kernel", Shape: tf.Shape{2, 3}})
		count := b.Weight(core.Weight{Name: "count", Shape: tf.Shape{}, DType: tf.Int64, NotTrainable: true})
		b.Frozen = true
		frozen := b.Weight(core.Weight{Name: "frozen", Shape: tf.Shape{1}})
		for _, tc := range []struct {
			v         *core.Variable
			path      string
			dtype     tf.DType
			trainable bool
		}{
			{kernel, "block/dense/kernel", tf.Float32, true},
			{count, "block/count", tf.Int64, false},
			{frozen, "block/frozen", tf.Float32, false},
		} {
			if tc.v.Path != tc.path || tc.v.DType() != tc.dtype || tc.v.Trainable != tc.trainable {
				t.Errorf("%s: %v, trainable %t; want %s: %v, %t", tc.v.Path, tc.v.DType(), tc.v.Trainable, tc.path, tc.dtype, tc.trainable)
			}
		}
		if !slices.Equal(vars, []*core.Variable{kernel, count, frozen}) {
			t.Errorf("Add got %v", vars)
		}
	})
}

// TestValue reads a variable once a call, and casts it to the type that the policy
// computes in.
func TestValue(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		v := l.Variables(core.Weight{Name: "v", Shape: tf.Shape{2}, DType: tf.Float32})[0]
		n := l.Variables(core.Weight{Name: "n", Shape: tf.Shape{2}, DType: tf.Int64})[0]
		c := core.NewContext(l.Scope, true)
		c.Policy = "mixed_bfloat16"
		if d := c.Value(v).DType(); d != tf.BFloat16 {
			t.Errorf("value is %v", d)
		}
		if raw := c.Raw(v); raw.DType() != tf.Float32 || c.In("layer").Raw(v) != raw {
			t.Errorf("value as it is kept is %v, or another in a layer", raw.DType())
		}
		if d := c.Value(n).DType(); d != tf.Int64 {
			t.Errorf("a whole number is %v", d)
		}
	})
}

func TestContextCollects(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		c := core.NewContext(l.Scope, true)
		a, b := tf.ConstScalar(l.Scope, float32(1)), tf.ConstScalar(l.Scope, float32(2))
		c.In("one").Update(a)
		c.In("two").AddLoss(b)
		if !slices.Equal(c.Updates(), []tf.Output{a}) || !slices.Equal(c.Losses(), []tf.Output{b}) {
			t.Errorf("updates %v, losses %v", c.Updates(), c.Losses())
		}
	})
}

func TestKey(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		seen := map[[2]int64]string{}
		for name, c := range map[string]core.Context{
			"plain": {}, "seed": {Seed: 1}, "replica": {Replica: 1}, "iteration": {Iteration: tf.ConstScalar(l.Scope, int64(5))},
		} {
			fresh := core.NewContext(l.Scope, true)
			fresh.Seed, fresh.Replica, fresh.Iteration = c.Seed, c.Replica, c.Iteration
			for _, k := range []tf.Output{fresh.Key(), fresh.In("layer").Key()} {
				v := l.Value(k)
				key := [2]int64{int64(v[0]), int64(v[1])}
				if other, ok := seen[key]; ok {
					t.Errorf("%s has the key %v of %s", name, key, other)
				}
				seen[key] = name
			}
		}
		key := func(seed int64, own ...core.Seed) [2]int64 {
			c := core.NewContext(l.Scope, true)
			c.Seed = seed
			v := l.Value(c.Key(own...))
			return [2]int64{int64(v[0]), int64(v[1])}
		}
		if seen[key(0)] != "plain" || key(0, 0) != key(0) {
			t.Error("a second call has other keys")
		}
		if key(0, 7) != key(1, 7) || key(0, 7) == key(0) {
			t.Error("a layer's own seed does not take the place of the model's")
		}
	})
}

func TestStep(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		p := &core.Step{Scope: l.Scope}
		made := 0
		one := func(s *tf.Scope) tf.Output {
			made++
			return tf.ConstScalar(s, float32(1))
		}
		later := p.After(tf.ConstScalar(l.Scope, float32(0)))
		if a, b := later.Once("x", one), p.Once("x", one); a != b || made != 1 {
			t.Errorf("made %d times", made)
		}
		if p.Once("y", one); made != 2 {
			t.Errorf("made %d times, want 2", made)
		}
	})
}

func TestErrorf(t *testing.T) {
	err := core.Errorf(tf.NotFound, "no layer %q", "x")
	if err.Error() != `no layer "x"` || !errors.Is(err, tf.NotFound) {
		t.Errorf("err = %v", err)
	}
}

type renamed struct{ core.Base }

func (renamed) ClassName() string { return "Other" }

func TestClassOf(t *testing.T) {
	for _, tc := range []struct {
		part any
		want string
	}{{&part{}, "part"}, {part{}, "part"}, {&renamed{}, "Other"}, {nil, "None"}} {
		if got := core.ClassOf(tc.part); got != tc.want {
			t.Errorf("ClassOf(%T) = %q, want %q", tc.part, got, tc.want)
		}
	}
}

func TestNodeName(t *testing.T) {
	for name, want := range map[string]string{
		"sequential/dense_1/kernel": "sequential/dense_1/kernel",
		"the out:put":               "the_out_put",
		"_private":                  "._private",
		"-":                         ".-",
		"é":                         "._",
		"a\x00b\xff":                "a_b_",
		"":                          "",
	} {
		if got := core.NodeName(name); got != want {
			t.Errorf("NodeName(%q) = %q, want %q", name, got, want)
		}
	}
}
