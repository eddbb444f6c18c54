package convert_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// affine is a program on an eager scope: a layer, and one that uses it in a loop.
type affine struct {
	s            *tf.Scope
	kernel, bias *tf.Variable
	layer, loop  *tf.Traced[tf.Output, tf.Output]
}

func newAffine(t *testing.T) *affine {
	t.Helper()
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Scope()
	p := &affine{s: s, kernel: tf.NewVariable(s, "layer/kernel", tf.Float32, tf.Shape{3, 3}), bias: tf.NewVariable(s, "layer/bias", tf.Float32, tf.Shape{3})}
	p.kernel.Assign(s, tf.Const(s, []float32{.5, -.25, 1, 0, .75, -1, .125, 2, .5}, 3, 3))
	p.bias.Assign(s, tf.Const(s, []float32{.1, -.2, .3}))
	layer := func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Tanh(s, op.BiasAdd(s, op.MatMul(s, x, p.kernel.Read(s), nil), p.bias.Read(s), nil))
	}
	p.layer = tf.Trace("layer", layer, nil)
	p.loop = tf.Trace("loop", func(s *tf.Scope, x tf.Output) tf.Output {
		n := tf.ConstScalar(s, int32(4))
		return control.While(s, []tf.Output{tf.ConstScalar(s, int32(0)), x},
			func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[0], n) },
			func(s *tf.Scope, v []tf.Output) []tf.Output {
				return []tf.Output{op.AddV2(s, v[0], tf.ConstScalar(s, int32(1))), layer(s, v[1])}
			}, nil)[1]
	}, nil)
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{p.layer, p.loop, p.kernel, p.bias, s, e} {
			c.Close()
		}
	})
	return p
}

// functions are the traced functions by signature.
func (p *affine) functions(t *testing.T) map[string]*tf.Function {
	t.Helper()
	out := map[string]*tf.Function{}
	for key, traced := range map[string]*tf.Traced[tf.Output, tf.Output]{savedmodel.ServingDefault: p.layer, "loop": p.loop} {
		f, err := traced.Concrete(p.s, tf.Output{}, tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1, 3}})
		if err != nil {
			t.Fatal(err)
		}
		out[key] = f
	}
	return out
}

// TestFunctions compares traced functions with what becomes of them, which has
// the values that the variables had at conversion.
func TestFunctions(t *testing.T) {
	p := newAffine(t)
	values := []float32{1, -2, .5, 0, .25, 3}
	x := tensorOf(t, values, 2, 3)
	calibration := convert.Join(convert.Tensors(savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x}), convert.Tensors("loop", map[string]*tf.Tensor{"x": x}))
	for _, tc := range []struct {
		name string
		o    *convert.Options
		off  float64
	}{
		{"float", nil, 1e-6},
		{"float16", &convert.Options{Quantize: convert.Float16}, 2e-3},
		{"int8", &convert.Options{Quantize: convert.Int8, Calibration: calibration}, .03},
	} {
		p.bias.AssignAdd(p.s, tf.Const(p.s, []float32{.1, .1, .1}))
		model, err := convert.Functions(t.Context(), p.s, p.functions(t), nil, tc.o)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.NewModel(model)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		it, err := tflite.NewInterpreter(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer it.Close()
		for key, traced := range map[string]*tf.Traced[tf.Output, tf.Output]{savedmodel.ServingDefault: p.layer, "loop": p.loop} {
			want := valuesOf(t, traced.Call(p.s, tf.Const(p.s, values, 2, 3)))
			out, err := it.Run(t.Context(), key, map[string]*tf.Tensor{"x": x})
			if err != nil {
				t.Fatal(err)
			}
			got, err := tf.Values[float32](out["output_0"])
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s %s: %v, %v", tc.name, key, out, err)
			}
			for i, w := range want {
				if math.Abs(float64(got[i]-w)) > tc.off {
					t.Errorf("%s %s: %v, want %v", tc.name, key, got, want)
					break
				}
			}
			out["output_0"].Close()
		}
	}
	if p.s.Err() != nil {
		t.Error(p.s.Err())
	}
}

func tensorOf(t *testing.T, values []float32, dims ...int64) *tf.Tensor {
	t.Helper()
	x, err := tf.NewTensor(values, dims...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func valuesOf(t *testing.T, o tf.Output) []float32 {
	t.Helper()
	x, err := o.Value()
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	values, err := tf.Values[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// TestExportRefuses has nothing to convert.
func TestExportRefuses(t *testing.T) {
	p := newAffine(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for want, convertIt := range map[string]func() ([]byte, error){
		"convert Keras model: invalid argument: the model is nil": func() ([]byte, error) {
			return convert.Keras(t.Context(), (*keras.Model)(nil), nil)
		},
		"convert graph: invalid argument: the session is nil": func() ([]byte, error) {
			return convert.Graph(t.Context(), nil, nil, nil)
		},
		"convert functions: invalid argument: the scope is nil": func() ([]byte, error) {
			return convert.Functions(t.Context(), nil, nil, nil, nil)
		},
		"convert functions: invalid argument: there are no functions": func() ([]byte, error) {
			return convert.Functions(t.Context(), p.s, nil, nil, nil)
		},
		`signature "f": the function is nil`: func() ([]byte, error) {
			return convert.Functions(t.Context(), p.s, map[string]*tf.Function{"f": nil}, nil, nil)
		},
		"context canceled": func() ([]byte, error) {
			return convert.Functions(cancelled, p.s, p.functions(t), nil, nil)
		},
	} {
		model, err := convertIt()
		if model != nil || !strings.HasSuffix(fmt.Sprint(err), want) || errors.Is(err, context.Canceled) != (want == "context canceled") {
			t.Errorf("%d bytes, %v, want %q", len(model), err, want)
		}
	}
}
