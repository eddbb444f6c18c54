package inspect

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/gotf/gotf/tf"
)

// kerasLayer is what is read of a layer's description; a model is a layer, too.
type kerasLayer struct {
	Class  string          `json:"class_name"`
	Name   string          `json:"name"`
	Config json.RawMessage `json:"config"`

	Inbound any `json:"inbound_nodes"` // its calls: see callers
}

// kerasConfig is what is read of a layer's configuration.
type kerasConfig struct {
	Name       string          `json:"name"`
	Layers     []kerasLayer    `json:"layers"`       // of a model
	Inputs     any             `json:"input_layers"` // of a model: see layerNames
	BatchShape json.RawMessage `json:"batch_shape"`  // of an InputLayer, of Keras 3
	InputShape json.RawMessage `json:"batch_input_shape"`
	DType      json.RawMessage `json:"dtype"` // a name, or a policy with one
}

// config reads the configuration. That of a class of somebody's own may have
// anything under these names, which counts as nothing.
func (l *kerasLayer) config() (c kerasConfig) {
	_ = json.Unmarshal(l.Config, &c)
	c.Layers = slices.DeleteFunc(c.Layers, func(l kerasLayer) bool { return l.Class == "" })
	return c
}

// inputs are a model's input layers, in the order in which it takes them.
func (c *kerasConfig) inputs() (out []TensorFacts) {
	for _, l := range c.Layers {
		if l.Class == "InputLayer" {
			in := l.config()
			out = append(out, TensorFacts{Name: firstOf(in.Name, l.Name), DType: in.dtype(), Shape: in.shape()})
		}
	}
	order := layerNames(c.Inputs)
	if len(order) == 0 {
		return out
	}
	at := func(t TensorFacts) int {
		if i := slices.Index(order, t.Name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(out, func(a, b TensorFacts) int { return cmp.Compare(at(a), at(b)) })
	return out
}

// layerNames reads references to layers: ["a", 0, 0], a list of such, or an
// object with names of its own for them.
func layerNames(v any) (names []string) {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			if name, ok := v[0].(string); ok {
				return []string{name}
			}
		}
		for _, e := range v {
			names = append(names, layerNames(e)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			names = append(names, layerNames(v[key])...)
		}
	}
	return names
}

func (c *kerasConfig) shape() tf.Shape {
	var dims []*int64
	raw := c.BatchShape
	if raw == nil {
		raw = c.InputShape
	}
	if json.Unmarshal(raw, &dims) != nil || dims == nil {
		return nil
	}
	shape := make(tf.Shape, len(dims))
	for i, d := range dims {
		shape[i] = -1
		if d != nil {
			shape[i] = max(*d, -1)
		}
	}
	return shape
}

func (c *kerasConfig) dtype() string {
	var name string
	if json.Unmarshal(c.DType, &name) == nil && name != "" {
		return name
	}
	var policy struct {
		Config struct {
			Name string `json:"name"`
		} `json:"config"`
	}
	_ = json.Unmarshal(c.DType, &policy)
	return firstOf(policy.Config.Name, UnknownType)
}
