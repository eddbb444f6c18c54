package inspect

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestShapeText(t *testing.T) {
	for want, s := range map[string]tf.Shape{
		"unknown rank": nil,
		"(None, 2)":    {-1, 2},
		"(3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, ...) of 200000 dimensions": slices.Repeat(tf.Shape{3}, 200000),
	} {
		if got := ShapeText(s); got != want {
			t.Errorf("ShapeText = %s, want %s", got, want)
		}
	}
}
