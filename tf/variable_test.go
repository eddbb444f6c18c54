package tf_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestVariable(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		v := closing(t, tf.NewVariable(s.Sub("layer"), "v", tf.Float32, tf.Shape{2}), nil)
		wantOK(t, s)
		if v.DType() != tf.Float32 || !v.Shape().Equal(tf.Shape{2}) || v.Handle().DType() != tf.Resource {
			t.Errorf("variable of %v %v, handle %v", v.DType(), v.Shape(), v.Handle().DType())
		}
		if want := map[bool]string{true: "v", false: "layer/v"}[s.Eager()]; v.Name() != want {
			t.Errorf("name %q, want %q", v.Name(), want)
		}
		before := v.IsInitialized(s)
		set := v.Assign(s.After(before), tf.Const(s, []float32{1, 2}))
		add := v.AssignAdd(s.After(set), tf.Const(s, []float32{10, 10}))
		sub := v.AssignSub(s.After(add), tf.Const(s, []float32{1, 2}))
		read := v.Read(s.After(sub))
		after := v.IsInitialized(s.After(sub))
		wantOK(t, s)
		wantValues(t, get(before), false)
		wantValues(t, get(read), float32(10), 10)
		wantValues(t, get(after), true)
		if !read.Shape().Equal(tf.Shape{2}) {
			t.Errorf("read has shape %v", read.Shape())
		}
	})
}

func TestVariableErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(s *tf.Scope, v *tf.Variable)
		code tf.Code
		text string
	}{
		{"type", func(s *tf.Scope, v *tf.Variable) { v.Assign(s, tf.Const(s, []int32{1, 2})) }, tf.InvalidArgument, "AssignVariableOp at variable_test.go:"},
		{"shape", func(s *tf.Scope, v *tf.Variable) { v.AssignAdd(s, tf.Const(s, []float32{1})) }, tf.InvalidArgument, `variable "v" has shape (2,), got (1,)`},
		{"no value", func(s *tf.Scope, v *tf.Variable) { v.AssignSub(s, tf.Output{}) }, tf.InvalidArgument, "AssignSubVariableOp"},
	} {
		for mode, s := range map[string]*tf.Scope{"graph": newGraph(t).Scope(), "eager": newScope(t, newEager(t))} {
			t.Run(mode+"/"+tc.name, func(t *testing.T) {
				v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{2}), nil)
				wantOK(t, s)
				tc.do(s, v)
				wantError(t, s.Err(), tc.code, tc.text)
			})
		}
	}
	t.Run("eager, not initialised", func(t *testing.T) {
		s := newScope(t, newEager(t))
		v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{2}), nil)
		v.Read(s)
		wantError(t, s.Err(), tf.FailedPrecondition, "ReadVariableOp at variable_test.go:")
	})
	t.Run("graph, not initialised", func(t *testing.T) {
		s := newGraph(t).Scope()
		x := tf.NewVariable(s, "v", tf.Float32, tf.Shape{2}).Read(s)
		wantOK(t, s)
		_, err := newSession(t, s.Graph()).Run(background, nil, []tf.Output{x})
		wantError(t, err, tf.FailedPrecondition, `run session: ReadVariableOp "ReadVariableOp" at variable_test.go:`)
	})
	t.Run("eager, closed", func(t *testing.T) {
		s := newScope(t, newEager(t))
		v := tf.NewVariable(s, "v", tf.Float32, tf.Shape{2})
		v.Assign(s, tf.Const(s, []float32{1, 2}))
		wantOK(t, s)
		v.Close()
		v.Close()
		v.Read(s)
		wantError(t, s.Err(), tf.FailedPrecondition, "ReadVariableOp", "closed")
	})
	t.Run("failed scope", func(t *testing.T) {
		s := newGraph(t).Scope()
		s.SetErr(tf.Errorf("x", tf.Aborted, "y"))
		v := tf.NewVariable(s, "v", tf.Float32, nil)
		v.Read(s)
		v.Close()
		wantError(t, s.Err(), tf.Aborted)
	})
}

// Variables of one name are different variables, whatever other names there are.
func TestVariablesDoNotShare(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, get func(tf.Output) *tf.Tensor) {
		var vs []*tf.Variable
		last := s
		for i, name := range []string{"v_1", "v", "v", "v_1", "v"} {
			v := closing(t, tf.NewVariable(s, name, tf.Int32, tf.Shape{}), nil)
			last = last.After(v.Assign(s, tf.ConstScalar(s, int32(i))))
			vs = append(vs, v)
		}
		sum := s.Begin("Pack").InList([]tf.Output{vs[0].Read(last), vs[1].Read(last), vs[2].Read(last), vs[3].Read(last), vs[4].Read(last)}).One()
		wantOK(t, s)
		wantValues(t, get(sum), int32(0), 1, 2, 3, 4)
	})
}

// Each session of a graph has its own values.
func TestVariableBelongsToTheSession(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	v := tf.NewVariable(s, "v", tf.Int32, tf.Shape{})
	set := v.Assign(s, tf.ConstScalar(s, int32(1)))
	x := v.Read(s)
	wantOK(t, s)
	a, b := newSession(t, g), newSession(t, g)
	if _, err := a.Run(background, nil, nil, set); err != nil {
		t.Fatal(err)
	}
	wantValues(t, run(t, a, x), int32(1))
	_, err := b.Run(background, nil, []tf.Output{x})
	wantError(t, err, tf.FailedPrecondition)
}
