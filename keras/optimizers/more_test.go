package optimizers_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestDecayAfterForward takes gradients of a variable that is decayed in the same
// step: they must come from the value before.
func TestDecayAfterForward(t *testing.T) {
	for range 20 { // an order that is only likely would fail some time
		lab.Each(t, func(t *testing.T, l *lab.Lab) {
			const rate, wd = 0.1, 0.5
			tr := newTrainer(l, &optimizers.SGD{LearningRate: rate, WeightDecay: wd}, core.Weight{Name: "w", Shape: tf.Shape{500}, DType: tf.Float32, Init: fixed(2)})
			w := tr.vars[0]
			l.Watch(w.Handle())
			y := op.Square(l.Scope, w.Read(l.Scope))
			tr.step(l, l.Gradients(y, tf.Output{}, w.Handle())[0])
			want := make([]float64, 500)
			for i := range want {
				want[i] = 2 - 2*wd*rate - 4*rate
			}
			if err := golden.Near(l.Value(w.Read(l.Scope)), want, 1e-6); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestNoGradient leaves a variable without a gradient alone, weight decay
// included.
func TestNoGradient(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		one := core.Weight{Name: "a", Shape: tf.Shape{2}, DType: tf.Float32, Init: fixed(1)}
		for _, o := range []core.Optimizer{
			&optimizers.SGD{WeightDecay: 0.1, GlobalClipNorm: 1}, &optimizers.Adam{WeightDecay: 0.1, ClipNorm: 1}, &optimizers.Adam{ClipValue: 1},
		} {
			tr := newTrainer(l, o, one, one)
			tr.step(l, tf.Output{}, tf.Const(l.Scope, []float32{1, 1}))
			a, b := l.Value(tr.vars[0].Read(l.Scope)), l.Value(tr.vars[1].Read(l.Scope))
			if !slices.Equal(a, []float64{1, 1}) || b[0] == 1 {
				t.Errorf("%T: %v without a gradient, %v with one", o, a, b)
			}
		}
	})
}

// TestDTypes updates variables of other types.
func TestDTypes(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		for _, o := range []core.Optimizer{
			&optimizers.SGD{LearningRate: 0.5}, &optimizers.SGD{LearningRate: 0.5, Momentum: 0.5, Nesterov: true, WeightDecay: 0.1}, &optimizers.Adam{LearningRate: 0.25, GlobalClipNorm: 0.5},
			&optimizers.Adam{LearningRate: 0.25, AMSGrad: true, ClipNorm: 0.5},
		} {
			var want []float64
			for _, tc := range []struct {
				d         tf.DType
				tolerance float64
			}{{tf.Float64, 0}, {tf.Float32, 1e-5}, {tf.Float16, 5e-3}, {tf.BFloat16, 4e-2}} {
				if _, adam := o.(*optimizers.Adam); adam && tc.d == tf.BFloat16 {
					continue // 0.999 is 1 in bfloat16
				}
				tr := newTrainer(l, o, core.Weight{Name: "w", Shape: tf.Shape{3}, DType: tc.d, Init: fixed(1)})
				tr.step(l, op.Cast(l.Scope, tf.Const(l.Scope, []float32{0.5, -0.25, 0}), tc.d, nil))
				got := l.Value(tr.vars[0].Read(l.Scope))
				if want == nil {
					want = got
				}
				if err := golden.Near(got, want, tc.tolerance); err != nil {
					t.Errorf("%T in %v: %v", o, tc.d, err)
				}
			}
		}
	})
}

// TestInfiniteNorm shows a gradient that is not finite, rather than hiding it.
func TestInfiniteNorm(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		tr := newTrainer(l, &optimizers.SGD{GlobalClipNorm: 1}, core.Weight{Name: "w", Shape: tf.Shape{2}, DType: tf.Float32})
		tr.step(l, tf.Const(l.Scope, []float32{float32(math.Inf(1)), 1}))
		if got := l.Value(tr.vars[0].Read(l.Scope)); !math.IsNaN(got[0]) || !math.IsNaN(got[1]) {
			t.Errorf("weights %v, want NaN", got)
		}
	})
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		o    core.Optimizer
		want string
	}{
		{&optimizers.SGD{LearningRate: -1}, "SGD: learning_rate must be at least 0, got -1"},
		{&optimizers.SGD{Momentum: 2}, "SGD: momentum must be from 0 to 1, got 2"},
		{&optimizers.SGD{ClipNorm: 1, ClipValue: 1}, "SGD: only one of clipnorm, clipvalue and global_clipnorm can be set"},
		{&optimizers.Adam{WeightDecay: math.NaN()}, "Adam: weight_decay must be at least 0, got NaN"},
		{&optimizers.Adam{Beta2: 1}, "Adam: beta_2 must be at least 0 and less than 1, got 1"},
	} {
		if err := optimizers.Check(tc.o); err == nil || err.Error() != tc.want || !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("err = %v, want %s", err, tc.want)
		}
	}
	for _, o := range []core.Optimizer{&optimizers.SGD{}, &optimizers.Adam{}, &optimizers.Adam{Beta1: -1}} {
		if err := optimizers.Check(o); err != nil {
			t.Error(err)
		}
	}
}

func TestApplyErrors(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		tr := newTrainer(l, &optimizers.Adam{}, core.Weight{Name: "w", Shape: tf.Shape{2}, DType: tf.Float32})
		p := &core.Step{Scope: l.Scope, LearningRate: tr.rate.Read(l.Scope), Iteration: tr.iteration.Read(l.Scope)}
		optimizers.Apply(p, tr.o, tr.vars, nil, tr.slots)
		if err := l.Scope.Err(); err == nil || err.Error() != "Adam: 1 variables need as many gradients and slots, got 0 and 1" {
			t.Errorf("err = %v", err)
		}
	})
}

func TestDecodeErrors(t *testing.T) {
	for _, tc := range []struct{ config, want string }{
		{`{"name":"a","learning_rate":{"class_name":"ExponentialDecay"}}`, `Adam "a": option "learning_rate" must be a number, got object`},
		{`{"use_ema":true}`, `Adam: option "use_ema" is not supported, only false; got true`},
		{`{"beta1":0.5}`, `Adam: unknown option "beta1", did you mean "beta_1"?`},
	} {
		if err := core.Decode("Adam", []byte(tc.config), &optimizers.Adam{}); err == nil || err.Error() != tc.want {
			t.Errorf("err = %v, want %s", err, tc.want)
		}
	}
	if _, err := optimizers.New("adamm"); err == nil || err.Error() != `unknown optimizer "adamm", did you mean "Adam"?` {
		t.Errorf("err = %v", err)
	}
	zero := &optimizers.Adam{}
	if err := core.Decode("Adam", []byte(`{"beta_1":0.0}`), zero); err != nil || zero.Beta1 != -1 {
		t.Errorf("beta_1 of 0 is %g, %v; want a negative Number, which stands for 0", zero.Beta1, err)
	}
}
