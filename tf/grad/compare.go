package grad

import (
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
)

// compare checks the gradients at the given xs.
func compare(c checker, at []*tf.Tensor) error {
	for i, t := range at {
		switch d := t.DType(); d {
		case tf.Float64, tf.Float32, tf.Complex128, tf.Complex64:
		default:
			return tf.Errorf("check gradient", tf.InvalidArgument, "x %d is %v; want float64, float32, complex128 or complex64", i, d)
		}
	}
	y, err := c.value(at)
	if err != nil {
		return err
	}
	defer y.Close()
	want, err := floats(y)
	if err != nil {
		return err
	}
	scale := 0.0
	w := make([]float64, len(want))
	for i, v := range want {
		w[i] = weight(i)
		scale = max(scale, math.Abs(v))
	}
	weights, err := tensor(w, y)
	if err != nil {
		return err
	}
	defer weights.Close()
	ds, err := c.gradients(at, weights)
	if err != nil {
		return err
	}
	defer closeAll(ds)
	for i := range at {
		if err := compareOne(c, at, i, ds[i], w, scale); err != nil {
			return err
		}
	}
	return nil
}

// compareOne checks the elements of one x; scale is the largest value of f.
func compareOne(c checker, at []*tf.Tensor, i int, d *tf.Tensor, w []float64, scale float64) error {
	step, tolerance, noise := 1e-5, 1e-6, 1e-9
	if isSingle(at[i].DType()) {
		step, tolerance, noise = 1./256, 1e-2, 1e-3
	}
	x, err := floats(at[i])
	if err != nil {
		return err
	}
	got := make([]float64, len(x))
	if d != nil {
		if !d.Shape().Equal(at[i].Shape()) {
			return tf.Errorf("check gradient", tf.InvalidArgument, "x %d has shape %v, its gradient %v", i, at[i].Shape(), d.Shape())
		}
		if got, err = floats(d); err != nil {
			return err
		}
	}
	want := make([]float64, len(x))
	largest := 0.0
	for j := range x {
		if want[j], err = difference(c, at, i, j, x, step*max(1, math.Abs(x[j])), w); err != nil {
			return err
		}
		largest = max(largest, math.Abs(want[j]))
	}
	worst, by := -1, 1.0
	for j := range x {
		off := math.Abs(got[j]-want[j]) / (tolerance*(math.Abs(want[j])+largest) + noise*scale + math.SmallestNonzeroFloat64)
		if off > by || math.IsNaN(off) {
			worst, by = j, off
			if math.IsNaN(off) {
				break
			}
		}
	}
	if worst < 0 {
		return nil
	}
	return tf.Errorf("check gradient", tf.DataLoss, "x %d, element %v of shape %v: the gradient is %g, differences give %g",
		i, place(worst, at[i]), at[i].Shape(), got[worst], want[worst])
}

func isSingle(d tf.DType) bool { return d == tf.Float32 || d == tf.Complex64 }

// place names the part j of a tensor, as floats lays it out.
func place(j int, t *tf.Tensor) string {
	if !t.DType().IsComplex() {
		return fmt.Sprint(index(j, t.Shape()))
	}
	return fmt.Sprint(index(j/2, t.Shape()), []string{", real part,", ", imaginary part,"}[j%2])
}

// difference is the slope of sum(f*w) by element j of x i.
func difference(c checker, at []*tf.Tensor, i, j int, x []float64, h float64, w []float64) (float64, error) {
	var y [2][]float64
	var taken [2]float64
	for k, sign := range []float64{1, -1} {
		moved := append([]float64(nil), x...)
		moved[j] += sign * h
		if isSingle(at[i].DType()) {
			moved[j] = float64(float32(moved[j]))
		}
		taken[k] = moved[j]
		t, err := tensor(moved, at[i])
		if err != nil {
			return 0, err
		}
		all := append([]*tf.Tensor(nil), at...)
		all[i] = t
		v, err := c.value(all)
		t.Close()
		if err != nil {
			return 0, err
		}
		y[k], err = floats(v)
		v.Close()
		if err != nil {
			return 0, err
		}
	}
	sum := 0.0
	for k := range w {
		sum += w[k] * (y[0][k] - y[1][k])
	}
	return sum / (taken[0] - taken[1]), nil
}

// index is the place of element j in a tensor.
func index(j int, shape tf.Shape) []int {
	at := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		at[k] = j % int(shape[k])
		j /= int(shape[k])
	}
	return at
}
