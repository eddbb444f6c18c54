package saving

import (
	"encoding/json"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// node is a layer of a functional model with where its inputs come from.
type node struct {
	object
	Inbound json.RawMessage `json:"inbound_nodes"`
}

// functional reads a model made with keras.Model(inputs, outputs) whose layers
// form a chain, which is a Sequential.
func functional(config json.RawMessage) (q keras.Sequential, err error) {
	var c struct {
		Name      string          `json:"name"`
		Trainable *bool           `json:"trainable"`
		Layers    []node          `json:"layers"`
		Inputs    json.RawMessage `json:"input_layers"`
		Outputs   json.RawMessage `json:"output_layers"`
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return q, wrong("Functional", err)
	}
	bad := func(format string, args ...any) error {
		return core.Errorf(tf.Unimplemented, "functional model %q: only a chain of layers is supported; "+format, append([]any{c.Name}, args...)...)
	}
	next := map[string]node{} // by the layer whose output it takes
	first := node{}
	for _, n := range c.Layers {
		from := origins(n.Inbound)
		switch {
		case len(from) == 0 && first.Name == "":
			first = n
		case len(from) == 0:
			return q, bad("%q and %q are both inputs", first.Name, n.Name)
		case len(from) > 1:
			return q, bad("layer %q has %d inputs", n.Name, len(from))
		case next[from[0]].Name != "":
			return q, bad("%q and %q both take the output of %q", next[from[0]].Name, n.Name, from[0])
		default:
			next[from[0]] = n
		}
	}
	q = keras.Sequential{Name: c.Name, Frozen: core.Not(c.Trainable != nil && !*c.Trainable)}
	var last node
	for n, ok := first, first.Name != ""; ok && len(q.Layers) <= len(c.Layers); n, ok = next[n.Name] {
		add, err := layer(n.object, len(q.Layers))
		if err != nil {
			return q, err
		}
		q.Layers = append(q.Layers, add...)
		last = n
	}
	if out := origins(c.Outputs); len(out) != 1 || out[0] != last.Name || len(q.Layers) != len(c.Layers) {
		return q, bad("it has %d layers, and %d from the input to the output %q", len(c.Layers), len(q.Layers), out)
	}
	return q, nil
}

// origins finds the layers that tensors come from: [name, node, tensor], alone
// (Keras 2) or as the "keras_history" of a tensor (Keras 3).
func origins(text json.RawMessage) (names []string) {
	var v any
	if len(text) == 0 || json.Unmarshal(text, &v) != nil {
		return nil
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			if len(v) >= 3 {
				name, ok := v[0].(string)
				if _, number := v[1].(float64); ok && number {
					names = append(names, name)
					return
				}
			}
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return names
}
