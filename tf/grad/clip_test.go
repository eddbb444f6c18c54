package grad_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
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

// TestClipTypes: sums of squares do not overflow in half precision, and complex
// gradients have a norm.
func TestClipTypes(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		s := l.Scope
		half := op.Cast(s, tf.Const(s, []float32{3e4, 4e4}), tf.Float16, nil)
		pair := tf.Const(s, []complex128{3, -4i})
		clipped, norm := grad.ClipByGlobalNorm(s, []tf.Output{half}, 5)
		each := grad.ClipByNorm(s, []tf.Output{half, pair}, 10)
		got := l.fetch(norm, op.Cast(s, clipped[0], tf.Float32, nil), op.Cast(s, each[0], tf.Float32, nil), each[1])
		near(t, "norm", got[0], []float64{5e4}, 1e-3)
		near(t, "global", got[1], []float64{3, 4}, 1e-3)
		near(t, "half", got[2], []float64{6, 8}, 1e-3)
		near(t, "complex", got[3], []float64{3, 0, 0, -4}, 1e-12)
	})
}

// TestClipLine: errors name the caller's line, also where the compiler has inlined
// the clipping.
func TestClipLine(t *testing.T) {
	l := eagerLab(t)
	grad.ClipByNorm(l.Scope, []tf.Output{tf.Const(l.Scope, []int32{1})}, 1)
	if err := l.Err(); err == nil || !strings.Contains(err.Error(), "clip_test.go:") {
		t.Errorf("err = %v, want one that names this file", err)
	}
}
