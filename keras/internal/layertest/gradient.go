package layertest

import (
	"math"
	"testing"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// normal is an initializer of standard normal values.
type normal int64

func (n normal) Value(s *tf.Scope, shape tf.Shape, d tf.DType, _ tf.Output) tf.Output {
	return random(s, shape, d, int64(n))
}

// gradients compares the gradients of a weighted sum of the output, in float64,
// with what small changes of the input and of the weights make of it.
func (tc Case) gradients(t *testing.T, l *lab.Lab, training bool) {
	vars := tc.build(t, l, "float64")
	x := l.Variables(core.Weight{Name: "x", Shape: tc.sample(), DType: tf.Float64, Init: normal(1)})[0]
	all := []*core.Variable{x}
	for _, v := range vars {
		if v.Trainable {
			all = append(all, v)
		}
	}
	var handles []tf.Output
	for _, v := range all {
		handles = append(handles, v.Handle())
	}
	l.Watch(handles...)
	weights := random(l.Scope, tc.Layer.OutputShape(tc.sample()), tf.Float64, 2)
	total := func() tf.Output {
		c := core.NewContext(l.Scope, training)
		c.Policy = "float64"
		y := op.Mul(l.Scope, tc.Layer.Call(c, x.Read(l.Scope)), weights)
		return op.Sum(l.Scope, y, op.Range(l.Scope, tf.ConstScalar(l.Scope, int32(0)), op.Rank(l.Scope, y), tf.ConstScalar(l.Scope, int32(1))), nil)
	}
	f := total()
	grads := l.Gradients(f, tf.Output{}, handles...)
	value := func() float64 {
		if l.Scope.Eager() {
			f = total()
		}
		return l.Value(f)[0]
	}
	for i, v := range all {
		if grads[i].IsNil() {
			t.Fatalf("no gradient by %s", v.Path)
		}
		want := l.Value(grads[i])
		now := l.Value(v.Read(l.Scope))
		step := max(1, len(now)/5)
		for at := 0; at < len(now); at += step {
			got := slope(t, l, v, now, at, value)
			if math.Abs(got-want[at]) > 1e-5*(1+math.Abs(want[at])) {
				t.Errorf("training %t: gradient by %s[%d] is %g, want %g", training, v.Path, at, want[at], got)
			}
		}
	}
}

// slope is how fast value changes with element at of v, which is now.
func slope(t *testing.T, l *lab.Lab, v *core.Variable, now []float64, at int, value func() float64) float64 {
	t.Helper()
	const h = 1e-5
	ends := [2]float64{}
	for i, sign := range []float64{-1, 1} {
		moved := append([]float64{}, now...)
		moved[at] += sign * h
		l.Assign(v, moved)
		ends[i] = value()
	}
	l.Assign(v, now)
	return (ends[1] - ends[0]) / (2 * h)
}

// learns checks that steps against the gradient lower the distance of the output
// from a target.
func (tc Case) learns(t *testing.T, l *lab.Lab) {
	var handles []tf.Output
	var vars []*core.Variable
	for _, v := range tc.build(t, l, "") {
		if v.Trainable {
			handles, vars = append(handles, v.Handle()), append(vars, v)
		}
	}
	if len(vars) == 0 {
		return
	}
	l.Watch(handles...)
	s := l.Scope
	x := random(s, tc.sample(), tf.Float32, 4)
	target := random(s, tc.Layer.OutputShape(tc.sample()), tf.Float32, 5)
	loss := func() tf.Output {
		y := tc.Layer.Call(core.NewContext(s, true), x)
		d := op.SquaredDifference(s, y, target)
		return op.Mean(s, op.Reshape(s, d, tf.Const(s, []int32{-1})), tf.Const(s, []int32{0}), nil)
	}
	before := loss()
	first := l.Value(before)[0]
	for i, g := range l.Gradients(before, tf.Output{}, handles...) {
		down := op.Mul(s, g, tf.ConstScalar(s, float32(0.01)))
		l.Run(vars[i].AssignSub(s, down))
	}
	if last := l.Value(loss())[0]; !(last < first) {
		t.Errorf("loss %g before a step, %g after", first, last)
	}
}
