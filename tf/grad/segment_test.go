package grad_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	maps.Copy(kinks, map[string]string{
		"SegmentMax/tie": "all are right", "SegmentMin/tie": "all are right",
		"UnsortedSegmentMax/tie": "all are right", "UnsortedSegmentMin/tie": "all are right",
	})
	for name, roles := range map[string]string{ // NaN in Python: TestNumeric and TestSegments show what is right
		"SegmentMean/gap": "ddy0", "SegmentMax/gap": "ddy0", "SegmentMin/gap": "ddy0",
		"UnsortedSegmentMax": "ddy0", "UnsortedSegmentMax/matrix_ids": "ddy0", "UnsortedSegmentMax/scalar_id": "ddy0", "UnsortedSegmentMax/tie": "ddy0",
		"UnsortedSegmentMin": "ddy0", "UnsortedSegmentMin/matrix_ids": "ddy0", "UnsortedSegmentMin/scalar_id": "ddy0", "UnsortedSegmentMin/tie": "ddy0",
		"UnsortedSegmentProd/zeros":   "ddx0",
		"SegmentProd/complex":         "dx0 ddx0 ddy0",
		"UnsortedSegmentProd/complex": "dx0 ddx0 ddy0",
	} {
		for _, role := range strings.Fields(roles) {
			betterThanPython[name+"/"+role] = "where Python's is NaN, or not conjugated"
		}
	}
}

// TestSegments checks second order by differences where Python has none or NaN.
func TestSegments(t *testing.T) {
	checked := 0
	for _, c := range goldenCases(t, "segment") {
		sparse := strings.HasPrefix(c.Name, "SparseSegment")
		if !sparse && !strings.HasSuffix(c.Op, "Prod") && c.Name != "SegmentMean/gap" {
			continue
		}
		checked++
		t.Run(c.Name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) { c.checkSecond(t, l) })
		})
	}
	if checked < 18 {
		t.Errorf("%d cases were checked, want 18", checked)
	}
}

// TestSegmentsFilled checks extremes of segments, none of which is empty.
func TestSegmentsFilled(t *testing.T) {
	type S = *tf.Scope
	type O = tf.Output
	some := []float64{0.3, 0.9, 0.6, 0.2, 0.7, 0.5, 0.8, 0.4}
	ids := func(s S) O { return tf.Const(s, []int32{1, 0, -1, 1}) }
	matrixIDs := func(s S) O { return tf.Const(s, []int32{2, 0, 1, 2, 0, 1, -3, 2}, 2, 4) }
	picked := func(s S) O { return tf.Const(s, []int32{3, 0, 3, 4}) }
	segment := func(s S) O { return tf.Const(s, []int32{0, 0, 2, 2}) }
	nothing := func(s S) O { return tf.Const(s, []int32{}) }
	for _, c := range []pointCase{
		{"UnsortedSegmentMax", some, []int64{4, 2}, func(s S, x O) O { return op.UnsortedSegmentMax(s, x, ids(s), axis(s, 2)) }},
		{"UnsortedSegmentMin", some, []int64{4, 2}, func(s S, x O) O { return op.UnsortedSegmentMin(s, x, ids(s), axis(s, 2)) }},
		{"UnsortedSegmentMax by matrix", some, []int64{2, 4}, func(s S, x O) O {
			return op.UnsortedSegmentMax(s, x, matrixIDs(s), axis(s, 3))
		}},
		{"UnsortedSegmentProd with zeros", []float64{0, 2, 3, 0, 1.5, 1, 4, 2}, []int64{4, 2}, func(s S, x O) O {
			return op.UnsortedSegmentProd(s, x, ids(s), axis(s, 2))
		}},
		{"SegmentProd with a zero", []float64{0, 2, 3, 1.5}, nil, func(s S, x O) O {
			return op.SegmentProd(s, x, tf.Const(s, []int32{0, 0, 0, 2}))
		}},
		{"SparseSegmentSumGrad", some, []int64{4, 2}, func(s S, x O) O {
			return op.SparseSegmentSumGrad(s, x, picked(s), segment(s), axis(s, 5))
		}},
		{"SparseSegmentMeanGrad", some, []int64{4, 2}, func(s S, x O) O {
			return op.SparseSegmentMeanGrad(s, x, picked(s), segment(s), axis(s, 5))
		}},
		{"SparseSegmentSqrtNGrad", some, []int64{4, 2}, func(s S, x O) O {
			return op.SparseSegmentSqrtNGrad(s, x, picked(s), segment(s), axis(s, 5))
		}},
		{"SparseSegmentMean of nothing", some, []int64{4, 2}, func(s S, x O) O {
			y := op.SparseSegmentMeanWithNumSegments(s, x, nothing(s), nothing(s), axis(s, 2), nil)
			return op.AddV2(s, y, op.Slice(s, x, tf.Const(s, []int32{0, 0}), tf.Const(s, []int32{2, 2})))
		}},
	} {
		t.Run(c.name, c.check)
	}
}
