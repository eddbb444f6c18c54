package npprint

import (
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/npy"
)

// TestArrayText compares with what NumPy prints (scripts/golden/print.py).
func TestArrayText(t *testing.T) {
	type printed struct {
		Name, DType, Text string
		Shape             []int64
		Raw               []byte
		Strings           [][]byte
	}
	for _, c := range golden.Cases[printed](t, "testdata/print.json") {
		t.Run(c.Name, func(t *testing.T) {
			if got := Text(&npy.Array{DType: c.DType, Shape: c.Shape, Raw: c.Raw, Strings: c.Strings}); got != c.Text {
				t.Errorf("got\n%s\nwant\n%s", got, c.Text)
			}
		})
	}
}
