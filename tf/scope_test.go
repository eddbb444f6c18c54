package tf_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

func TestScopeNames(t *testing.T) {
	s := newGraph(t).Scope()
	for _, tc := range []struct {
		s    *tf.Scope
		want string
	}{
		{s, "NoOp"},
		{s.Named("a"), "a"},
		{s.Sub("layer"), "layer/NoOp"},
		{s.Sub("layer").Named("a"), "layer/a"},
		{s.Named("a").Sub("layer"), "layer/NoOp_1"},
		{s.Sub("layer").Sub("inner").Named("a"), "layer/inner/a"},
	} {
		if got := tc.s.Begin("NoOp").Node().Op().Name(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
	wantOK(t, s)
}

func TestScopeKeepsTheFirstError(t *testing.T) {
	for name, s := range map[string]*tf.Scope{"graph": newGraph(t).Scope(), "eager": newScope(t, newEager(t))} {
		t.Run(name, func(t *testing.T) {
			x := tf.Const(s, []float32{1, 2})
			first := node(s.Sub("layer"), "MatMul", x, x)
			err := s.Err()
			if !first.IsNil() || err == nil {
				t.Fatalf("MatMul of vectors gave %v", first)
			}
			wantError(t, err, tf.InvalidArgument, "MatMul", "main_test.go:")
			if second := node(s, "Neg", x); !second.IsNil() {
				t.Error("an operation after the error was made")
			}
			if outs := s.Begin("Split").In(x).Outs(); outs != nil {
				t.Error("Outs after the error is not nil")
			}
			s.SetErr(errors.New("later"))
			if s.Err() != err {
				t.Errorf("the error became %v", s.Err())
			}
		})
	}
}

func TestScopeSetErr(t *testing.T) {
	s := newGraph(t).Scope()
	s.SetErr(nil)
	wantOK(t, s)
	want := errors.New("mine")
	s.Sub("a").SetErr(want)
	if s.Err() != want {
		t.Errorf("err = %v", s.Err())
	}
}

func TestAfter(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	v := tf.NewVariable(s, "v", tf.Int32, tf.Shape{})
	set := v.Assign(s, tf.ConstScalar(s, int32(1)))
	add := v.AssignAdd(s.After(set), tf.ConstScalar(s, int32(10)))
	get := v.Read(s.After(set).After(add))
	wantOK(t, s)
	var names []string
	for _, op := range get.Op().ControlInputs() {
		names = append(names, op.Name())
	}
	if fmt.Sprint(names) != "[AssignVariableOp AssignAddVariableOp]" {
		t.Errorf("control inputs %v", names)
	}
	wantValues(t, run(t, newSession(t, g), get), int32(11))

	os := newGraph(t).Scope()
	foreign := tf.ConstScalar(os, int32(1))
	for name, o := range map[string]tf.Output{"none": {}, "Const:0": foreign} {
		t.Run(name, func(t *testing.T) {
			s := g.Scope()
			s.After(o).Begin("NoOp").Node()
			wantError(t, s.Err(), tf.InvalidArgument, "NoOp", "control input "+name)
		})
	}
	es := newScope(t, newEager(t))
	x := tf.ConstScalar(es, int32(1))
	wantValues(t, value(t, node(es.After(x), "Neg", x)), int32(-1))
}

func TestWithAttrs(t *testing.T) {
	s := newGraph(t).Scope()
	x := tf.Const(s, []float32{1, 2})
	outer := s.WithAttrs(func(b *tf.OpBuilder) { b.Str("_outer", "a") })
	op := node(outer.WithAttrs(func(b *tf.OpBuilder) { b.Int("_inner", 7) }), "Neg", x).Op()
	wantOK(t, s)
	if op.AttrString("_outer") != "a" || op.AttrInt("_inner") != 7 {
		t.Errorf("attributes %q, %d", op.AttrString("_outer"), op.AttrInt("_inner"))
	}
	if plain := node(s, "Neg", x).Op(); plain.Attr("_outer") != nil {
		t.Error("the scope itself sets the attribute too")
	}
}

func TestEagerScopeOwnsValues(t *testing.T) {
	e := newEager(t)
	s := e.Scope()
	x := tf.Const(s, []float32{1, 2})
	y := node(s, "Neg", x)
	kept := s.Keep(node(s, "Abs", y), y)
	wantOK(t, s)
	s.Close()
	s.Close()

	for _, o := range []tf.Output{kept, y} {
		if kept.Shape().String() != "(2,)" {
			t.Errorf("%s has shape %v after its scope closed", o.Name(), o.Shape())
		}
	}
	wantValues(t, value(t, kept), float32(1), 2)
	_, err := x.Value()
	wantError(t, err, tf.FailedPrecondition, "value of Const", "closed")
	if x.Shape() != nil || x.Device() != "" || x.Close() != nil {
		t.Error("a freed value still tells its shape or device")
	}

	use := func(o tf.Output) error {
		s := e.Scope()
		defer s.Close()
		node(s, "Neg", o)
		return s.Err()
	}
	wantError(t, use(x), tf.FailedPrecondition, "Neg at ", "input 0 is a value that is closed")
	if err := use(kept); err != nil {
		t.Error(err)
	}
	node(s, "Neg", kept)
	wantError(t, s.Err(), tf.FailedPrecondition, "the scope is closed")
	kept.Close()
	kept.Close()
	y.Close()
	wantError(t, use(kept), tf.FailedPrecondition, "closed")
	_, err = kept.Value()
	wantError(t, err, tf.FailedPrecondition, "closed")

	s2 := e.Scope()
	s2.Close()
	tf.Const(s2, []float32{1})
	wantError(t, s2.Err(), tf.FailedPrecondition, "the scope is closed")
}

func TestKeepNothing(t *testing.T) {
	e := newEager(t)
	s, other := newScope(t, e), newScope(t, e)
	x := tf.Const(s, []float32{1})
	if o := s.Keep(); !o.IsNil() {
		t.Error("Keep of nothing")
	}
	if o := s.Keep(tf.Output{}); !o.IsNil() {
		t.Error("Keep of no output")
	}
	other.Keep(x) // not its own: stays where it is
	s.Close()
	if _, err := x.Value(); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("err = %v", err)
	}
}

// What is dropped without Close is freed by the collector: scopes, kept values
// and the context itself, in whatever order.
func TestEagerCollected(t *testing.T) {
	before := handle.Live()
	func() {
		e, err := tf.NewEager(nil)
		if err != nil {
			t.Fatal(err)
		}
		s := e.Scope()
		x := tf.Const(s, make([]float32, 100))
		for range 10 {
			x = s.Keep(node(s, "Neg", x))
			node(s, "Neg", x)
		}
		ctx, cancel := context.WithCancel(background)
		defer cancel()
		node(s.WithContext(ctx), "Neg", x)
		wantOK(t, s)
	}()
	waitLive(t, before)
}

func TestValueOutlivesItsDroppedScope(t *testing.T) {
	e := newEager(t)
	before := handle.Live()
	x := func() tf.Output { s := e.Scope(); return tf.Const(s, []float32{3}) }()
	for range 3 {
		waitLive(t, before+2) // the value and its owner
	}
	wantValues(t, value(t, x), float32(3))
	waitLive(t, before+1) // the tensor that value read
}

func TestEagerContext(t *testing.T) {
	e := newEager(t)
	dequeue := func(s *tf.Scope) tf.Output {
		q := s.Begin("FIFOQueueV2").Types("component_types", []tf.DType{tf.Float32}).Str("shared_name", t.Name()).One()
		return s.Begin("QueueDequeueV2").In(q).Types("component_types", []tf.DType{tf.Float32}).One()
	}
	for _, tc := range []struct {
		name string
		ctx  func() (context.Context, context.CancelFunc)
		code tf.Code
		is   error
	}{
		{"cancelled", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(background)
			time.AfterFunc(20*time.Millisecond, cancel)
			return ctx, cancel
		}, tf.Cancelled, context.Canceled},
		{"deadline", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(background, 20*time.Millisecond)
		}, tf.DeadlineExceeded, context.DeadlineExceeded},
		{"cancelled before", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(background)
			cancel()
			return ctx, cancel
		}, tf.Cancelled, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScope(t, e)
			ctx, cancel := tc.ctx()
			defer cancel()
			start := time.Now()
			dequeue(s.WithContext(ctx))
			wantError(t, s.Err(), tc.code, "at scope_test.go:")
			if !errors.Is(s.Err(), tc.is) {
				t.Errorf("err = %v, is not %v", s.Err(), tc.is)
			}
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("ended after %v", d)
			}
		})
	}
	t.Run("an endless loop", func(t *testing.T) {
		s := newScope(t, e)
		spec := []tf.TensorSpec{{"i", tf.Int64, tf.Shape{}}}
		always, err := tf.NewFunction(s, "always", spec, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{node(s, "GreaterEqual", in[0], tf.ConstScalar(s, int64(0)))}
		})
		closing(t, always, err)
		turn, err := tf.NewFunction(s, "turn", spec, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{node(s, "Abs", in[0])}
		})
		closing(t, turn, err)
		ctx, cancel := context.WithTimeout(background, 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		x := tf.ConstScalar(s, int64(1))
		s.WithContext(ctx).Begin("While").InList([]tf.Output{x}).Types("T", []tf.DType{tf.Int64}).Func("cond", always).Func("body", turn).Outs()
		wantError(t, s.Err(), tf.DeadlineExceeded)
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("ended after %v", d)
		}
	})
	t.Run("others go on", func(t *testing.T) {
		s := newScope(t, e)
		x := tf.ConstScalar(s, float32(1))
		ctx, cancel := context.WithCancel(background)
		c := s.WithContext(ctx)
		wantValues(t, value(t, node(c, "Neg", x)), float32(-1))
		cancel()
		wantValues(t, value(t, node(s, "Neg", x)), float32(-1))
		node(c, "Neg", x)
		wantError(t, s.Err(), tf.Cancelled, "Neg")
	})
}

func TestGraphScopeWithContext(t *testing.T) {
	s := newGraph(t).Scope()
	ctx, cancel := context.WithCancel(background)
	c := s.WithContext(ctx)
	c.Begin("NoOp").Node()
	wantOK(t, s)
	cancel()
	c.Begin("NoOp").Node()
	wantError(t, s.Err(), tf.Cancelled, "NoOp")
}

// Goroutines may share a context and kept values, and close them while others
// use them.
func TestEagerConcurrent(t *testing.T) {
	e := newEager(t)
	s := newScope(t, e)
	shared := s.Keep(tf.Const(s, []float32{1, 2, 3, 4}, 2, 2))
	closing(t, shared, nil)
	dying := s.Keep(tf.Const(s, []float32{1, 2, 3, 4}, 2, 2))
	wantOK(t, s)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range 30 {
				s := e.Scope()
				y := node(s, "MatMul", shared, shared)
				y = node(s, "Mul", y, tf.ConstScalar(s, float32(i)))
				x, err := y.Value()
				if err != nil {
					t.Error(err, s.Err())
					return
				}
				got, _ := tf.Values[float32](x)
				x.Close()
				if got[3] != 22*float32(i) {
					t.Errorf("%v, want %v", got[3], 22*float32(i))
				}
				node(s, "Neg", dying) // closed by one of us
				if i == 0 && k == 20 {
					dying.Close()
				}
				s.Close()
			}
		}()
	}
	wg.Wait()
}
