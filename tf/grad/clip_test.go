package grad_test

import (
	"math"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

func TestClip(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		s := l.Scope
		gs := []tf.Output{tf.Const(s, []float64{3, -4}), {}, tf.Const(s, []float64{0, 12}, 2, 1)}
		global, norm := grad.ClipByGlobalNorm(s, gs, 6.5)
		small, _ := grad.ClipByGlobalNorm(s, gs, 26)
		for _, tc := range []struct {
			name string
			got  []tf.Output
			want [2][]float64
		}{
			{"value", grad.ClipByValue(s, gs, -1, 2), [2][]float64{{2, -1}, {0, 2}}},
			{"norm", grad.ClipByNorm(s, gs, 10), [2][]float64{{3, -4}, {0, 10}}},
			{"global", global, [2][]float64{{1.5, -2}, {0, 6}}},
			{"global, not reached", small, [2][]float64{{3, -4}, {0, 12}}},
		} {
			if !tc.got[1].IsNil() {
				t.Errorf("%s: a missing gradient became %v", tc.name, tc.got[1])
			}
			got := l.fetch(tc.got[0], tc.got[2])
			near(t, tc.name, got[0], tc.want[0], 1e-12)
			near(t, tc.name, got[1], tc.want[1], 1e-12)
		}
		near(t, "norm", l.fetch(norm)[0], []float64{13}, 1e-12)
	})
}

func TestClipInfinite(t *testing.T) {
	l := eagerLab(t)
	gs, _ := grad.ClipByGlobalNorm(l.Scope, []tf.Output{tf.Const(l.Scope, []float64{1, math.Inf(1)})}, 5)
	for _, v := range l.fetch(gs...)[0] {
		if !math.IsNaN(v) {
			t.Errorf("clipped = %v, want NaN", v)
		}
	}
}

// TestClipRefused: limits that would turn gradients round, or make NaN of zeros.
func TestClipRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, limit := range []float64{0, -1, nan, inf} {
		l := graphLab(t)
		gs := []tf.Output{tf.Const(l.Scope, []float64{3, -4})}
		if got := grad.ClipByNorm(l.Scope, gs, limit); len(got) != 1 || !got[0].IsNil() {
			t.Errorf("ClipByNorm by %v = %v, want none", limit, got)
		}
		wantError(t, l.Err(), tf.InvalidArgument, "ClipByNorm at clip_test.go:", "positive and finite")
		l = graphLab(t)
		grad.ClipByGlobalNorm(l.Scope, []tf.Output{tf.Const(l.Scope, []float64{3, -4})}, limit)
		wantError(t, l.Err(), tf.InvalidArgument, "ClipByGlobalNorm at clip_test.go:", "positive and finite")
	}
	for _, ends := range [][2]float64{{2, 1}, {nan, 1}, {1, nan}} {
		l := graphLab(t)
		grad.ClipByValue(l.Scope, []tf.Output{tf.Const(l.Scope, []float64{3, -4})}, ends[0], ends[1])
		wantError(t, l.Err(), tf.InvalidArgument, "ClipByValue at clip_test.go:", "low <= high")
	}
	l := eagerLab(t)
	one := grad.ClipByValue(l.Scope, []tf.Output{tf.Const(l.Scope, []float64{3, -4})}, -inf, 1)
	near(t, "one side", l.fetch(one...)[0], []float64{1, -4}, 0)
}
