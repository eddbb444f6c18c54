package initializers

import (
	"encoding/json"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// scalingConfig is what Keras stores of a scaling initializer.
type scalingConfig struct {
	Seed       core.Seed `json:"seed"`
	InputAxes  core.Null `json:"input_axes"`
	OutputAxes core.Null `json:"output_axes"`
}

// MarshalJSON writes the object that Keras writes; null for the zero
// Initializer.
func (i Initializer) MarshalJSON() ([]byte, error) {
	var config any
	switch r := i.rule.(type) {
	case nil:
		return []byte("null"), nil
	case constant:
		config = struct{}{}
	case scaling:
		config = scalingConfig{Seed: r.seed}
	case json.Marshaler:
		return r.MarshalJSON()
	default:
		return nil, core.Errorf(tf.Unimplemented, "initializer of type %T: it has no MarshalJSON, so it cannot be stored", i.rule)
	}
	return json.Marshal(core.Object{Module: "keras.initializers", Class: i.class(), Config: config})
}

// UnmarshalJSON reads an object of Keras, a name ("glorot_uniform",
// "GlorotUniform"), or null.
func (i *Initializer) UnmarshalJSON(b []byte) error {
	*i = Initializer{}
	if string(b) == "null" {
		return nil
	}
	var o core.RawObject
	if json.Unmarshal(b, &o.Class) != nil {
		if err := json.Unmarshal(b, &o); err != nil || o.Class == "" {
			return core.Errorf(tf.InvalidArgument, "an initializer must be a name or an object with a class_name, got %.60s", b)
		}
	}
	found, err := Get(o.Class)
	if err != nil || len(o.Config) == 0 {
		*i = found
		return err
	}
	var config scalingConfig
	if _, ok := found.rule.(scaling); ok {
		if err := core.Decode("initializer "+found.class(), o.Config, &config); err != nil {
			return err
		}
	}
	*i = found.Seeded(config.Seed)
	return nil
}

// Get is the initializer of a name that Keras knows it by: "glorot_uniform" or
// "GlorotUniform".
func Get(name string) (Initializer, error) {
	var names []string
	for _, i := range all {
		snake := core.SnakeCase(i.class())
		if name == i.class() || name == snake {
			return i, nil
		}
		names = append(names, i.class(), snake)
	}
	return Initializer{}, core.Errorf(tf.InvalidArgument, "unknown initializer %q%s", name, suggest.DidYouMean(name, names))
}
