package convert

import (
	"testing"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// TestEmptyString tells a string that a table holds, though it is empty, from
// one that it leaves out.
func TestEmptyString(t *testing.T) {
	m := &schema.ModelT{Description: heldEmpty, Subgraphs: []*schema.SubGraphT{{}}}
	for range 2 { // as written, and as read and written again
		data := finish(m)
		root := schema.GetRootAsModel(data, 0)
		var graph schema.SubGraph
		root.Subgraphs(&graph, 0)
		if d := root.Description(); d == nil || len(d) != 0 {
			t.Errorf("the description is %q, want one that is empty", d)
		}
		if graph.Name() != nil {
			t.Errorf("the graph's name is %q, want none", graph.Name())
		}
		m = unpack(data)
	}
}
