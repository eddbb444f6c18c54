package inspect

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// TestInspectKerasDrawing draws layers as Keras 3 and Keras 2 join them.
func TestInspectKerasDrawing(t *testing.T) {
	const (
		three = `"inbound_nodes": [{"args": [[{"class_name": "__keras_tensor__", "config": {"shape": [null, 2], "keras_history": ["a", 0, 0]}}, {"config": {"keras_history": ["b", 0, 0]}}]], "kwargs": {"mask": null}}]`
		two   = `"inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]]`
		input = `{"class_name": "InputLayer", "name": "%s", "config": {"name": "%[1]s", "batch_shape": [null, 2], "dtype": "float32"}}, `
		inner = `{"class_name": "Sequential", "name": "in", "config": {"name": "in", "layers": [{"class_name": "Dense", "config": {"name": "x"}}, {"class_name": "Dense", "config": {"name": "y"}}]}, "inbound_nodes": [{"args": [{"config": {"keras_history": ["sum", 0, 0]}}]}]}`
	)
	ends := fmt.Sprintf(input, "a") + fmt.Sprintf(input, "b")
	sequence := `{"class_name": "Dense", "config": {"name": "x"}}, {"class_name": "ReLU", "config": {"name": "y"}}, {"class_name": "Dense", "config": {"name": "z"}}`
	for _, tc := range []struct{ class, layers, want string }{
		{"Functional", ends + `{"class_name": "Add", "name": "sum", "config": {}, ` + three + `}`, "a>sum b>sum"},
		{"Functional", ends + `{"class_name": "Add", "name": "sum", "config": {}, ` + two + `}`, "a>sum b>sum"},
		{"Functional", ends + `{"class_name": "Add", "name": "sum", "config": {}, ` + two + `}, ` + inner, "a>sum b>sum sum>in | x>y"},
		{"Sequential", sequence, "x>y y>z"},
		{"Mine", sequence, ""},
	} {
		var top kerasLayer
		config := `{"class_name": "` + tc.class + `", "config": {"name": "m", "layers": [` + tc.layers + `]}}`
		if err := json.Unmarshal([]byte(config), &top); err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, g := range drawKeras(&top, 0) {
			var edges []string
			for _, e := range g.Edges {
				edges = append(edges, g.Nodes[e.From].Note+">"+g.Nodes[e.To].Note)
			}
			parts = append(parts, strings.Join(edges, " "))
		}
		if got := strings.Join(parts, " | "); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.layers, got, tc.want)
		}
		page := filepath.Join(t.TempDir(), "page.html")
		code, _, stderr := gotftest.Run(t, "inspect", zipFile(t, map[string][]byte{"config.json": []byte(config)}), "--html", page)
		if raw, err := os.ReadFile(page); code != exit.Done || err != nil || !strings.Contains(string(raw), "<svg") {
			t.Errorf("exit %d, %q, %v: no drawing", code, stderr, err)
		}
	}
}
