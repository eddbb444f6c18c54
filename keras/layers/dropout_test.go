package layers_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// drop is what a dropout of 10,000 ones leaves in iteration it of a model with a
// seed.
func drop(l *lab.Lab, d *layers.Dropout, seed, it, replica int64) []float64 {
	s := l.Scope
	c := core.NewContext(s, true)
	c.Seed, c.Replica, c.Iteration = seed, replica, tf.ConstScalar(s, it)
	ones := op.Fill(s, tf.Const(s, []int32{100, 100}), tf.ConstScalar(s, float32(1)))
	return l.Value(d.Call(c, ones))
}

func TestDropoutStatistics(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		const rate = 0.3
		values := drop(l, &layers.Dropout{Rate: rate}, 1, 0, 0)
		dropped := 0.0
		for _, v := range values {
			switch {
			case v == 0:
				dropped++
			case math.Abs(v-1/(1-rate)) > 1e-6:
				t.Fatalf("kept value is %g, want %g", v, 1/(1-rate))
			}
		}
		// Five standard deviations of a binomial of 10,000.
		if n := float64(len(values)); math.Abs(dropped/n-rate) > 5*math.Sqrt(rate*(1-rate)/n) {
			t.Errorf("%g of %g dropped, want %g", dropped, n, rate*n)
		}
	})
}

func TestDropoutRepeats(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		d, seeded := &layers.Dropout{Rate: 0.5}, &layers.Dropout{Rate: 0.5, Seed: 9}
		first := drop(l, d, 1, 0, 0)
		for _, tc := range []struct {
			name              string
			layer             *layers.Dropout
			seed, it, replica int64
			same              bool
		}{
			{name: "again", layer: d, seed: 1, same: true},
			{name: "another layer in the same place", layer: &layers.Dropout{Rate: 0.5}, seed: 1, same: true},
			{name: "another seed", layer: d, seed: 2},
			{name: "another iteration", layer: d, seed: 1, it: 1},
			{name: "another replica", layer: d, seed: 1, replica: 1},
			{name: "a seed of its own", layer: seeded, seed: 1},
		} {
			if got := slices.Equal(drop(l, tc.layer, tc.seed, tc.it, tc.replica), first); got != tc.same {
				t.Errorf("%s: same values %t, want %t", tc.name, got, tc.same)
			}
		}
		if !slices.Equal(drop(l, seeded, 1, 0, 0), drop(l, seeded, 2, 0, 0)) {
			t.Error("a layer with a seed of its own depends on the model's")
		}
	})
}

// TestDropoutPlaces gives two dropouts of one model different values.
func TestDropoutPlaces(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		c := core.NewContext(l.Scope, true)
		ones := op.Fill(l.Scope, tf.Const(l.Scope, []int32{100}), tf.ConstScalar(l.Scope, float32(1)))
		d := &layers.Dropout{Rate: 0.5}
		v := l.Values([]tf.Output{d.Call(c, ones), d.Call(c.In("other"), ones)})
		if slices.Equal(v[0], v[1]) {
			t.Error("both places drop the same values")
		}
	})
}

func TestDropoutInference(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		x := tf.Const(l.Scope, []float32{1, 2, 3})
		if y := (&layers.Dropout{Rate: 0.5}).Call(core.NewContext(l.Scope, false), x); y != x {
			t.Error("inference changes the input")
		}
		if got := l.Value((&layers.Dropout{Rate: 1}).Call(core.NewContext(l.Scope, true), x)); !slices.Equal(got, []float64{0, 0, 0}) {
			t.Errorf("rate 1 gives %v, want zeros", got)
		}
	})
}
