package grad_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	for _, name := range []string{"FusedBatchNorm/inference", "FusedBatchNormV2/inference",
		"FusedBatchNorm/inference/channels_first", "FusedBatchNormV2/inference/channels_first",
		"FusedBatchNormV3/channels_first/inference", "FusedBatchNormV3/volume/inference"} {
		for _, d := range []string{"dx", "ddx"} {
			betterThanPython[name+"/"+d+"3"] = "the mean"
			betterThanPython[name+"/"+d+"4"] = "the variance"
		}
	}
}

// TestSecond checks second order by differences where Python has none.
func TestSecond(t *testing.T) {
	for _, family := range []string{"volume", "pools", "image", "quantize"} {
		for _, c := range goldenCases(t, family) {
			if c.Op == "" || c.Second == true || kinks[c.Name] != "" {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				inBothModes(t, func(t *testing.T, l lab) {
					xs, _, _ := c.inputs(t, l)
					f := func(s *tf.Scope, by []tf.Output) tf.Output {
						all := slices.Clone(xs)
						for k, i := range c.Wrt {
							all[i] = by[k]
						}
						return c.net(s, all)[0]
					}
					if err := grad.Check(l.Scope, derivative(f), pick(xs, c.Wrt)...); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// TestPools are cases that Python fails in.
func TestPools(t *testing.T) {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	two := []int64{1, 2, 2, 1}
	for _, c := range []opCase{
		{name: "MaxPool/explicit", in: [][]int64{{1, 4, 5, 2}}, f: func(s S, x X) O {
			return op.MaxPool(s, x[0], two, two, "EXPLICIT", &op.MaxPoolAttrs{ExplicitPaddings: []int64{0, 0, 1, 1, 0, 1, 0, 0}})
		}},
		{name: "MaxPoolWithArgmax/int32", in: [][]int64{{2, 4, 5, 2}}, f: func(s S, x X) O {
			y, _ := op.MaxPoolWithArgmax(s, x[0], two, []int64{1, 1, 2, 1}, "SAME", &op.MaxPoolWithArgmaxAttrs{Targmax: tf.Int32})
			return y
		}},
		{name: "MaxPoolGradGradV2", in: [][]int64{{1, 4, 5, 2}, {1, 4, 5, 2}}, f: func(s S, x X) O {
			size, stride := tf.Const(s, []int32{1, 2, 2, 1}), tf.Const(s, []int32{1, 1, 1, 1})
			y := op.MaxPoolV2(s, x[0], size, stride, "SAME", nil)
			return op.MaxPoolGradGradV2(s, x[0], y, x[1], size, stride, "SAME", nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
	}
	first := func(f func(s S, x O) O, shape tf.Shape) func(t *testing.T) { // the kernels are there in graphs only
		return func(t *testing.T) {
			checkSingleIn(t, graphLab(t), func(s S, x X) O { return f(s, apart(s, x[0])) }, shape)
		}
	}
	t.Run("MaxPool/channels first", first(func(s S, x O) O {
		return op.MaxPool(s, x, []int64{1, 1, 2, 3}, []int64{1, 1, 2, 1}, "SAME", &op.MaxPoolAttrs{DataFormat: "NCHW"})
	}, tf.Shape{1, 2, 5, 4}))
	t.Run("MaxPool3D/channels first", first(func(s S, x O) O {
		return op.MaxPool3D(s, x, []int64{1, 1, 2, 2, 2}, []int64{1, 1, 1, 2, 1}, "VALID", &op.MaxPool3DAttrs{DataFormat: "NCDHW"})
	}, tf.Shape{1, 2, 3, 4, 3}))
}

// apart moves numbers between 0 and 1 further from each other than differences
// go, without changing their gradient.
func apart(s *tf.Scope, x tf.Output) tf.Output {
	n := x.Shape().NumElements()
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(int64(i)*7%n) * 2
	}
	return op.AddV2(s, x, tf.Const(s, v, x.Shape()...))
}
