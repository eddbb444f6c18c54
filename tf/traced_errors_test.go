package tf_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestTracedErrors(t *testing.T) {
	e := newEager(t)
	g := newGraph(t)
	foreign := tf.ConstScalar(newGraph(t).Scope(), float32(1))
	sum := func(s *tf.Scope, in layer) tf.Output { return s.Begin("AddV2").In(in.W).In(in.B).One() }
	signed := closing(t, tf.Trace("signed", sum, &tf.TraceOptions{
		Signature: []tf.TensorSpec{{"w", tf.Float32, tf.Shape{-1}}, {"b", tf.Float32, tf.Shape{}}}}), nil)
	list := closing(t, tf.Trace("list", func(s *tf.Scope, in []tf.Output) tf.Output { return in[0] }, &tf.TraceOptions{Signature: oneFloat}), nil)
	bad := closing(t, tf.Trace("bad", func(s *tf.Scope, x tf.Output) tf.Output { return s.Begin("MatMul").In(x).In(x).One() }, nil), nil)
	missing := closing(t, tf.Trace("missing", sum, nil), nil)
	closed := tf.Trace("closed", double, nil)
	closed.Close()
	var again *tf.Traced[tf.Output, tf.Output]
	again = closing(t, tf.Trace("again", func(s *tf.Scope, x tf.Output) tf.Output { return again.Call(s, x) }, nil), nil)
	type hidden struct{ x tf.Output }
	for _, tc := range []struct {
		name  string
		call  func(s *tf.Scope, one tf.Output)
		code  tf.Code
		texts []string
	}{
		{"wrong type", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{tf.Const(s, []int32{1}), one}) }, tf.InvalidArgument,
			[]string{"call of signed at traced_errors_test.go:", "argument kernel takes float32, got int32"}},
		{"wrong shape", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{one, one}) }, tf.InvalidArgument,
			[]string{"argument kernel takes shape (None,), got ()"}},
		{"missing", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{W: tf.Const(s, []float32{1})}) }, tf.InvalidArgument,
			[]string{"AddV2 at traced_errors_test.go:", "input 1 is missing"}},
		{"all missing", func(s *tf.Scope, one tf.Output) { signed.Call(s, layer{}) }, tf.InvalidArgument,
			[]string{"the signature has 2 tensors, the arguments hold 0, not argument kernel, argument B"}},
		{"too many", func(s *tf.Scope, one tf.Output) { list.Call(s, []tf.Output{one, one}) }, tf.InvalidArgument,
			[]string{"the signature has 1 tensors, the arguments hold more: argument 1 has no entry"}},
		{"too few", func(s *tf.Scope, one tf.Output) { list.Call(s, nil) }, tf.InvalidArgument,
			[]string{"the signature has 1 tensors, the arguments hold 0"}},
		{"of another graph", func(s *tf.Scope, one tf.Output) { missing.Call(s, layer{one, foreign}) }, tf.InvalidArgument,
			[]string{"argument B of missing at traced_errors_test.go:"}},
		{"specs", func(s *tf.Scope, one tf.Output) {
			if _, err := missing.Concrete(s, layer{}, oneFloat...); err == nil || err != s.Err() {
				t.Error(err, s.Err())
			}
		}, tf.InvalidArgument, []string{"call of missing at traced_errors_test.go:", "the arguments hold 2 tensors, got 1 specs"}},
		{"the body fails", func(s *tf.Scope, one tf.Output) { bad.Call(s, one) }, tf.InvalidArgument,
			[]string{`MatMul "MatMul" at traced_errors_test.go:`, "rank 2"}},
		{"the body misses an argument", func(s *tf.Scope, one tf.Output) { missing.Call(s, layer{W: one}) }, tf.InvalidArgument,
			[]string{"AddV2 at traced_errors_test.go:", "input 1 is missing"}},
		{"closed", func(s *tf.Scope, one tf.Output) { closed.Call(s, one) }, tf.FailedPrecondition, []string{"call of closed at", "is closed"}},
		{"calls itself", func(s *tf.Scope, one tf.Output) { again.Call(s, one) }, tf.FailedPrecondition, []string{"call of again at", "calls itself"}},
		{"a field that is not exported", func(s *tf.Scope, one tf.Output) {
			tf.Trace("f", func(*tf.Scope, hidden) tf.Output { return one }, nil).Call(s, hidden{one})
		}, tf.InvalidArgument, []string{"arguments of f: ", "field x is not exported"}},
		{"a type that is none", func(s *tf.Scope, one tf.Output) {
			tf.Trace("f", func(*tf.Scope, tf.Output) map[string][]chan int { return nil }, nil).Call(s, one)
		}, tf.InvalidArgument, []string{"results of f, key/0: ", "chan int"}},
		{"no function", func(s *tf.Scope, one tf.Output) { tf.Trace[tf.Output, tf.Output]("f", nil, nil).Call(s, one) }, tf.InvalidArgument,
			[]string{"trace f", "nil"}},
	} {
		for mode, s := range map[string]*tf.Scope{"graph": g.Scope(), "eager": newScope(t, e)} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				tc.call(s, tf.ConstScalar(s, float32(1)))
				wantError(t, s.Err(), tc.code, tc.texts...)
			})
		}
	}
	wantTraces(t, bad, 2) // a failure is not kept
	before := e.Scope()
	x := tf.ConstScalar(before, float32(1))
	e.Close()
	closing(t, tf.Trace("f", double, nil), nil).Call(before, x)
	wantError(t, before.Err(), tf.FailedPrecondition, "call of f at traced_errors_test.go:", "the eager context is closed")
	before.Close()
}

// Others that wait for a trace that panics get an error, and the next call
// traces again.
func TestTracedPanics(t *testing.T) {
	s := newGraph(t).Scope()
	x := tf.ConstScalar(s, float32(1))
	fail := true
	f := closing(t, tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
		if fail {
			panic("mine")
		}
		return double(s, x)
	}, nil), nil)
	func() {
		defer func() {
			if p := recover(); p != "mine" {
				t.Errorf("recovered %v", p)
			}
		}()
		f.Call(s, x)
	}()
	fail = false
	f.Call(s, x)
	wantOK(t, s)
	wantTraces(t, f, 2)
}
