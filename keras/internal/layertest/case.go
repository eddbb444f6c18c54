package layertest

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/tf"
)

// Case is a layer with an input's shape and what must come of them.
type Case struct {
	Name    string
	Layer   core.Layer
	In      tf.Shape // -1: open
	Out     tf.Shape // of OutputShape
	Weights int
	Fails   string // Build's error; the rest is not checked then
}

// Run checks the case in both modes.
func (tc Case) Run(t *testing.T) {
	t.Run(tc.Name, func(t *testing.T) {
		if tc.Fails != "" {
			tc.fails(t)
			return
		}
		tc.config(t)
		lab.Each(t, func(t *testing.T, l *lab.Lab) {
			tc.shapes(t, l)
			tc.learns(t, l)
		})
		t.Run("gradients", func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) { tc.gradients(t, l, false) })
		})
		t.Run("training gradients", func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) { tc.gradients(t, l, true) })
		})
	})
}

func (tc Case) fails(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		var vars []*core.Variable
		err := tc.Layer.Build(l.Builder(&vars), tc.In)
		if err == nil || err.Error() != tc.Fails {
			t.Errorf("err = %v\nwant  %s", err, tc.Fails)
		}
		if err != nil && !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%v is not InvalidArgument", err)
		}
	})
}

// config writes the layer, reads that into a new one, and writes it again.
func (tc Case) config(t *testing.T) {
	first, err := json.Marshal(tc.Layer)
	if err != nil {
		t.Fatal(err)
	}
	again := reflect.New(reflect.TypeOf(tc.Layer).Elem()).Interface().(core.Layer)
	if err := core.Decode(core.ClassOf(tc.Layer), first, again); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(again)
	if err != nil || string(first) != string(second) {
		t.Errorf("written %s\nread and written again %s, %v", first, second, err)
	}
	if got := again.OutputShape(tc.In); !got.Equal(tc.Out) {
		t.Errorf("the layer read has OutputShape %v, want %v", got, tc.Out)
	}
}

// sample is In with sizes for what is open.
func (tc Case) sample() tf.Shape {
	shape := append(tf.Shape{}, tc.In...)
	for i, d := range shape {
		if d < 0 {
			shape[i] = int64(2 + i)
		}
	}
	return shape
}

// build makes the layer's variables, with first values.
func (tc Case) build(t *testing.T, l *lab.Lab, p core.Policy) []*core.Variable {
	t.Helper()
	var vars []*core.Variable
	b := l.Builder(&vars)
	b.Policy = p
	if err := tc.Layer.Build(b, tc.In); err != nil {
		t.Fatal(err)
	}
	l.Init(vars)
	return vars
}

func (tc Case) shapes(t *testing.T, l *lab.Lab) {
	if got := tc.Layer.OutputShape(tc.In); !got.Equal(tc.Out) {
		t.Errorf("OutputShape = %v, want %v", got, tc.Out)
	}
	if vars := tc.build(t, l, ""); len(vars) != tc.Weights {
		t.Errorf("%d weights, want %d", len(vars), tc.Weights)
	}
	shape := tc.sample()
	x := random(l.Scope, shape, tf.Float32, 7)
	if l.Scope.Graph() != nil { // hide what is open
		x = l.Scope.Begin("PlaceholderWithDefault").In(x).Shape("shape", tc.In).One()
	}
	y := tc.Layer.Call(core.NewContext(l.Scope, false), x)
	if err := l.Scope.Err(); err != nil {
		t.Fatal(err)
	}
	want := tc.Layer.OutputShape(shape)
	if !want.Accepts(y.Shape()) {
		t.Errorf("result has shape %v, want %v", y.Shape(), want)
	}
	dims := l.Value(l.Scope.Begin("Shape").In(y).One())
	for i, d := range dims {
		if len(dims) != len(want) || int64(d) != want[i] {
			t.Errorf("result has dimensions %v, want %v", dims, want)
			break
		}
	}
}

// random are standard normal values that depend on seed only.
func random(s *tf.Scope, shape tf.Shape, d tf.DType, seed int64) tf.Output {
	dims := tf.Const(s, []int64(shape), int64(len(shape)))
	return s.Begin("StatelessRandomNormal").In(dims).In(tf.Const(s, []int64{seed, 3})).Type("dtype", d).One()
}
