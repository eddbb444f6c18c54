package layers_test

import (
	"errors"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestCallErrors feeds built layers what they do not take.
func TestCallErrors(t *testing.T) {
	for _, tc := range []struct {
		name  string
		layer core.Layer
		built tf.Shape
		in    tf.Shape
		want  string
	}{
		{"conv2d", &layers.Conv2D{Base: named("conv2d_1"), Filters: 2, KernelSize: layers.Square(3)}, tf.Shape{-1, 28, 28, 1}, tf.Shape{2, 28, 28},
			`conv2d "conv2d_1": input must have rank 4 (batch, height, width, channels), got shape (2, 28, 28)`},
		{"pooling", &layers.MaxPooling2D{}, tf.Shape{-1, 4, 4, 1}, tf.Shape{4, 4}, "max_pooling2d: input must have rank 4 (batch, height, width, channels), got shape (4, 4)"},
		{"dense", &layers.Dense{Base: named("d"), Units: 2}, tf.Shape{-1, 3}, tf.Shape{5, 4}, `dense "d": input must have 3 features (batch, ..., features), got shape (5, 4)`},
		{"dense vector", &layers.Dense{Units: 2}, tf.Shape{-1, 3}, tf.Shape{3}, "dense: input must have 3 features (batch, ..., features), got shape (3,)"},
		{"flatten", &layers.Flatten{}, tf.Shape{-1, 3}, tf.Shape{}, "flatten: input must have rank 1 or more (batch, ...), got shape ()"},
		{"batch normalization", &layers.BatchNormalization{}, tf.Shape{-1, 3}, tf.Shape{2, 2, 3}, "batch_normalization: input must have rank 2 (as when it was built), got shape (2, 2, 3)"},
		{"input", &layers.Input{Shape: tf.Shape{3}}, tf.Shape{-1, 3}, tf.Shape{2, 4}, "input_layer: input must have shape (None, 3), got shape (2, 4)"},
		{"dense not built", &layers.Dense{Units: 2}, nil, tf.Shape{5, 4}, "dense: must be built before it is called"},
		{"conv2d not built", &layers.Conv2D{}, nil, tf.Shape{5, 4}, "conv2d: must be built before it is called"},
		{"batch normalization not built", &layers.BatchNormalization{}, nil, tf.Shape{5, 4}, "batch_normalization: must be built before it is called"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				var vars []*core.Variable
				if tc.built != nil {
					if err := tc.layer.Build(l.Builder(&vars), tc.built); err != nil {
						t.Fatal(err)
					}
					l.Init(vars)
				} else if l.Scope.Eager() {
					t.Skip("the layer was built in the graph")
				}
				x := op.Fill(l.Scope, tf.Const(l.Scope, []int64(tc.in), int64(len(tc.in))), tf.ConstScalar(l.Scope, float32(0)))
				y := tc.layer.Call(core.NewContext(l.Scope, false), x)
				if err := l.Scope.Err(); err == nil || err.Error() != tc.want {
					t.Errorf("err = %v, result %v\nwant  %s", err, y, tc.want)
				}
			})
		})
	}
}

// TestChannelsFirst compares a convolution of an image with channels first with
// that of the same image with channels last.
func TestChannelsFirst(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		s := l.Scope
		last := op.StatelessRandomNormal(s, tf.Const(s, []int32{2, 6, 5, 3}), tf.Const(s, []int64{1, 2}), nil)
		first := op.Transpose(s, last, tf.Const(s, []int32{0, 3, 1, 2}))
		var vars []*core.Variable
		d := &layers.Conv2D{Filters: 3, KernelSize: layers.Square(3)}
		if err := d.Build(l.Builder(&vars), tf.Shape{-1, 6, 5, 3}); err != nil {
			t.Fatal(err)
		}
		l.Init(vars)
		want := d.Call(core.NewContext(s, false), last)
		d.DataFormat = layers.ChannelsFirst
		got := op.Transpose(s, d.Call(core.NewContext(s, false), first), tf.Const(s, []int32{0, 2, 3, 1}))
		v := l.Values([]tf.Output{got, want})
		if err := golden.Near(v[0], v[1], 1e-6); err != nil {
			t.Error(err)
		}
	})
}

// TestFrozenNormalization runs a frozen layer in training: it takes the moving
// averages and leaves them as they are.
func TestFrozenNormalization(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		n := &layers.BatchNormalization{Base: core.Base{Frozen: true}}
		var vars []*core.Variable
		b := l.Builder(&vars)
		b.Frozen = true
		if err := n.Build(b, tf.Shape{-1, 2}); err != nil {
			t.Fatal(err)
		}
		l.Init(vars)
		x := tf.Const(l.Scope, []float32{1, 2, 3, 5}, 2, 2)
		c := core.NewContext(l.Scope, true)
		v := l.Values([]tf.Output{n.Call(c, x), n.Call(core.NewContext(l.Scope, false), x)})
		if err := golden.Near(v[0], v[1], 0); err != nil || len(c.Updates()) != 0 {
			t.Errorf("%v; %d updates, want none", err, len(c.Updates()))
		}
		for _, v := range vars {
			if v.Trainable {
				t.Errorf("%s is trainable", v.Path)
			}
		}
	})
}

// TestOneSample normalizes a batch whose variance is that of one value.
func TestOneSample(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		n := &layers.BatchNormalization{}
		var vars []*core.Variable
		if err := n.Build(l.Builder(&vars), tf.Shape{-1, 1, 1, 2}); err != nil {
			t.Fatal(err)
		}
		l.Init(vars)
		c := core.NewContext(l.Scope, true)
		y := n.Call(c, tf.Const(l.Scope, []float32{4, 6}, 1, 1, 1, 2))
		if got := l.Value(y, c.Updates()...); got[0] != 0 || got[1] != 0 {
			t.Errorf("result %v, want zeros", got)
		}
		mean, variance := l.Value(vars[2].Read(l.Scope)), l.Value(vars[3].Read(l.Scope))
		if err := golden.Near(append(mean, variance...), []float64{0.04, 0.06, 0.99, 0.99}, 1e-6); err != nil {
			t.Errorf("moving averages: %v", err)
		}
	})
}

// TestHalf runs layers whose policy computes in float16 and keeps float32.
func TestHalf(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		s := l.Scope
		x := op.StatelessRandomNormal(s, tf.Const(s, []int32{4, 6, 6, 2}), tf.Const(s, []int64{1, 2}), nil)
		for _, layer := range []core.Layer{
			&layers.Conv2D{Filters: 3, KernelSize: layers.Square(3)}, &layers.BatchNormalization{}, &layers.Dense{Units: 3}, &layers.MaxPooling2D{}, &layers.AveragePooling2D{},
		} {
			var vars []*core.Variable
			b := l.Builder(&vars)
			b.Policy = "mixed_float16"
			if err := layer.Build(b, tf.Shape{-1, 6, 6, 2}); err != nil {
				t.Fatal(err)
			}
			l.Init(vars)
			full, half := core.NewContext(s, true), core.NewContext(s, true)
			half.Policy = "mixed_float16"
			y := layer.Call(half, op.Cast(s, x, tf.Float16, nil))
			if y.DType() != tf.Float16 {
				t.Errorf("%T gives %v (%v)", layer, y.DType(), s.Err())
			}
			v := l.Values([]tf.Output{y, layer.Call(full, x)})
			if err := golden.Near(v[0], v[1], 5e-3); err != nil {
				t.Errorf("%T: %v", layer, err)
			}
		}
	})
}

func TestNew(t *testing.T) {
	for _, class := range layers.Classes() {
		l, err := layers.New(class)
		if err != nil || core.ClassOf(l) != class {
			t.Errorf("%s is %T, %v", class, l, err)
		}
	}
	_, err := layers.New("Conv2d")
	if want := `unknown layer "Conv2d", did you mean "Conv2D"?`; err == nil || err.Error() != want || !errors.Is(err, tf.NotFound) {
		t.Errorf("err = %v, want %s", err, want)
	}
}

// TestDecodeErrors names what is wrong with a configuration.
func TestDecodeErrors(t *testing.T) {
	for _, tc := range []struct{ class, config, want string }{
		{"Dense", `{"name":"d","units":2,"kernel_regularizer":{"class_name":"L2"}}`, `Dense "d": option "kernel_regularizer" is not supported, only null; got {"class_name":"L2"}`},
		{"Dense", `{"name":"d","units":2,"activation":"relo"}`, `Dense "d": unknown activation "relo", did you mean "relu"?`},
		{"Dense", `{"units":2,"kernel_initializer":"glorot_unifrom"}`, `Dense: unknown initializer "glorot_unifrom", did you mean "glorot_uniform"?`},
		{"Dense", `{"units":2,"kernel_initializer":{"class_name":"Orthogonal","config":{}}}`, `Dense: unknown initializer "Orthogonal"`},
		{"Conv2D", `{"filters":2,"kernel_size":[3,3,3]}`, `Conv2D: option "kernel_size" must be a number or a list of 2, got [3,3,3]`},
		{"Conv2D", `{"filters":2,"padding":3}`, `Conv2D: option "padding" must be a string, got 3`},
		{"BatchNormalization", `{"renorm":true}`, `BatchNormalization: option "renorm" is not supported, only false; got true`},
		{"Dropout", `{"rate":0.5,"noise_shape":[1]}`, `Dropout: option "noise_shape" is not supported, only null; got [1]`},
		{"InputLayer", `{"name":"in","batch_shape":[null,3],"dtype":"floot32"}`, `InputLayer "in": option "dtype": unknown type "floot32"`},
		{"InputLayer", `{"name":"in"}`, `InputLayer "in": option "batch_shape" must be a list, got none`},
		{"InputLayer", `{"batch_shape":[null,-3]}`, `InputLayer: option "batch_shape": dimension 1 must not be negative, got -3`},
	} {
		l, err := layers.New(tc.class)
		if err != nil {
			t.Fatal(err)
		}
		if err := core.Decode(tc.class, []byte(tc.config), l); err == nil || err.Error() != tc.want {
			t.Errorf("err = %v\nwant  %s", err, tc.want)
		}
	}
}
