package activations_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

func TestGolden(t *testing.T) {
	const files = "../testdata/golden/activations"
	type goldenCase struct {
		Name   string
		Config json.RawMessage
	}
	arrays := golden.Load(t, files+".safetensors.gz")
	for _, tc := range golden.Cases[goldenCase](t, files+".json") {
		t.Run(tc.Name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				var a activations.Activation
				if err := json.Unmarshal(tc.Config, &a); err != nil {
					t.Fatal(err)
				}
				if back, err := json.Marshal(a); err != nil || string(back) != string(tc.Config) {
					t.Errorf("written as %s, %v; want %s", back, err, tc.Config)
				}
				x := l.Const(arrays[tc.Name+"/x"])
				l.Watch(x)
				y := a.Apply(l.Scope, x)
				values := l.Values([]tf.Output{y, l.Gradients(y, l.Const(arrays[tc.Name+"/dy"]), x)[0]})
				lab.Near(t, arrays, tc.Name+"/y", values[0])
				lab.Near(t, arrays, tc.Name+"/dx", values[1])
			})
		})
	}
}

// TestDTypes computes each activation in other types, to the precision of the type.
func TestDTypes(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		for _, name := range activations.Names() {
			a := activations.Activation(name)
			wide := tf.Const(l.Scope, []float64{-2.5, -0.5, 0, 0.5, 1.5, 3.5}, 2, 3)
			want := l.Value(a.Apply(l.Scope, wide))
			for d, tolerance := range map[tf.DType]float64{tf.Float32: 1e-6, tf.Float16: 1e-2, tf.BFloat16: 4e-2} {
				y := a.Apply(l.Scope, l.Scope.Begin("Cast").In(wide).Type("DstT", d).One())
				if y.DType() != d {
					t.Errorf("%s of %v is %v", name, d, y.DType())
				}
				if err := golden.Near(l.Value(y), want, tolerance); err != nil {
					t.Errorf("%s in %v: %v", name, d, err)
				}
			}
		}
	})
}

func TestUnknown(t *testing.T) {
	const want = `unknown activation "rellu", did you mean "relu"?`
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		y := activations.Activation("rellu").Apply(l.Scope, tf.ConstScalar(l.Scope, float32(1)))
		if err := l.Scope.Err(); !y.IsNil() || err == nil || err.Error() != want || !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("err = %v, want %s", err, want)
		}
	})
	var a activations.Activation
	if err := json.Unmarshal([]byte(`"rellu"`), &a); err == nil || err.Error() != want {
		t.Errorf("reading: err = %v, want %s", err, want)
	}
	if err := json.Unmarshal([]byte(`{"class_name":"ReLU"}`), &a); err == nil {
		t.Error("reading an object: no error")
	}
}

func TestZeroIsLinear(t *testing.T) {
	var a activations.Activation
	if b, err := json.Marshal(a); err != nil || string(b) != `"linear"` {
		t.Errorf("written as %s, %v", b, err)
	}
	if err := json.Unmarshal([]byte("null"), &a); err != nil || a != activations.Linear {
		t.Errorf("null is %q, %v; want linear", a, err)
	}
	for _, name := range activations.Names() {
		if err := activations.Activation(name).Check(); err != nil {
			t.Error(err)
		}
	}
}
