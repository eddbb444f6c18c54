package grad_test

import (
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// sequenceOf is an LSTM of x, cs, h, w, the peepholes and b.
func sequenceOf(version string, steps int64) net {
	return func(s *tf.Scope, x []tf.Output) []tf.Output {
		length := tf.ConstScalar(s, steps)
		if version == "V2" {
			i, cs, f, o, ci, co, h := op.BlockLSTMV2(s, length, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], nil)
			return []tf.Output{i, cs, f, o, ci, co, h}
		}
		i, cs, f, o, ci, co, h := op.BlockLSTM(s, length, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], nil)
		return []tf.Output{i, cs, f, o, ci, co, h}
	}
}

// TestSequenceEmpty: with no examples, or no steps, gradients are zeros of the
// inputs' shapes, in second order too.
func TestSequenceEmpty(t *testing.T) {
	const width, units = 3, 2
	for _, version := range []string{"", "V2"} {
		for name, size := range map[string][2]int64{"batch": {2, 0}, "steps": {0, 2}, "both": {0, 0}} {
			for _, gates := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s gates %v", version, name, gates), func(t *testing.T) {
					inBothModes(t, func(t *testing.T, l lab) { emptySequence(t, l, version, size, gates, nil) })
					if !gates && size[0] > 0 { // the shape of the batch may be unknown
						emptySequence(t, graphLab(t), version, size, gates, tf.Shape{size[0], -1, width})
					}
				})
			}
		}
	}
}

func emptySequence(t *testing.T, l lab, version string, size [2]int64, gates bool, known tf.Shape) {
	const width, units = 3, 2
	var xs []tf.Output
	for _, shape := range []tf.Shape{{size[0], size[1], width}, {size[1], units}, {size[1], units},
		{width + units, 4 * units}, {units}, {units}, {units}, {4 * units}} {
		xs = append(xs, op.Fill(l.Scope, tf.Const(l.Scope, narrow(shape)), tf.ConstScalar(l.Scope, float32(0.5))))
	}
	if known != nil {
		xs[0] = op.PlaceholderWithDefault(l.Scope, xs[0], known)
	}
	n := []int64{0, size[1] * units, size[1] * units, (width + units) * 4 * units, units, units, units, 4 * units}
	wrt := []int{0, 1, 2, 3, 4, 5, 6, 7}
	f := func(s *tf.Scope, x []tf.Output) []tf.Output {
		ys := sequenceOf(version, size[0])(s, x)
		if len(ys) == 7 && !gates {
			ys = []tf.Output{ys[1], ys[6]}
		}
		return ys
	}
	ones := func(ys []tf.Output) (all []tf.Output) {
		for _, y := range ys {
			all = append(all, op.OnesLike(l.Scope, y))
		}
		return all
	}
	dys := ones(f(l.Scope, xs))
	_, dxs := l.first(f, xs, dys, wrt)
	dxs = grad.OrZeros(l.Scope, dxs, xs)
	for i, d := range l.fetch(dxs...) {
		near(t, fmt.Sprintf("dx%d", i), d, make([]float64, n[i]), 0)
	}
	dds := grad.OrZeros(l.Scope, l.second(f, xs, dys, ones(xs), wrt)[:len(wrt)], xs)
	for i, d := range l.fetch(dds...) {
		near(t, fmt.Sprintf("ddx%d", i), d, make([]float64, len(d)), 0)
	}
}

func narrow(shape tf.Shape) []int32 {
	v := make([]int32, len(shape))
	for i, n := range shape {
		v[i] = int32(n)
	}
	return v
}
