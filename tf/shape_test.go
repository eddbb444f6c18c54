package tf_test

import (
	"math"
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestShape(t *testing.T) {
	for _, tc := range []struct {
		name  string
		shape tf.Shape
		text  string
		known bool
		n     int64
	}{
		{"unknown rank", nil, "<unknown>", false, -1},
		{"scalar", tf.Shape{}, "()", true, 1},
		{"vector", tf.Shape{3}, "(3,)", true, 3},
		{"matrix", tf.Shape{2, 3}, "(2, 3)", true, 6},
		{"unknown dimension", tf.Shape{-1, 3}, "(None, 3)", false, -1},
		{"empty", tf.Shape{0, 3}, "(0, 3)", true, 0},
		{"too many to count", tf.Shape{math.MaxInt64, 2}, "(9223372036854775807, 2)", true, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.shape.String(); got != tc.text {
				t.Errorf("String = %s, want %s", got, tc.text)
			}
			if got := tc.shape.Known(); got != tc.known {
				t.Errorf("Known = %t", got)
			}
			if got := tc.shape.NumElements(); got != tc.n {
				t.Errorf("NumElements = %d, want %d", got, tc.n)
			}
			if got := tf.ShapeOf(tc.shape.Proto()); !got.Equal(tc.shape) {
				t.Errorf("through the message: %v, want %v", got, tc.shape)
			}
		})
	}
}

func TestShapeEqualAccepts(t *testing.T) {
	for _, tc := range []struct {
		name           string
		a, b           tf.Shape
		equal, accepts bool
	}{
		{"same", tf.Shape{2}, tf.Shape{2}, true, true},
		{"other size", tf.Shape{2}, tf.Shape{3}, false, false},
		{"other rank", tf.Shape{2}, tf.Shape{2, 1}, false, false},
		{"unknown and scalar", nil, tf.Shape{}, false, true},
		{"scalar and vector", tf.Shape{}, tf.Shape{1}, false, false},
		{"both unknown", nil, nil, true, true},
		{"unknown dimension", tf.Shape{-1, 2}, tf.Shape{7, 2}, false, true},
		{"unknown dimension of the value", tf.Shape{7, 2}, tf.Shape{-1, 2}, false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.a.Equal(tc.b); got != tc.equal {
				t.Errorf("Equal = %t", got)
			}
			if got := tc.a.Accepts(tc.b); got != tc.accepts {
				t.Errorf("Accepts = %t", got)
			}
		})
	}
}
