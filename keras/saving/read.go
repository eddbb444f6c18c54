package saving

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// object is a class with its configuration, as it stands in the text.
type object struct {
	Class      string          `json:"class_name"`
	Config     json.RawMessage `json:"config"`
	Registered *string         `json:"registered_name"`
	Name       string          `json:"name"` // Keras 2 and functional models have it here too
}

// FromJSON reads the text of Keras's model.to_json() of a Sequential, or of a
// functional model whose layers form a chain. Build makes the model of it; where
// the text has no input layer, put one first.
// https://keras.io/api/models/model_saving_apis/model_config_serialization/
func FromJSON(text []byte) (keras.Sequential, error) {
	var none keras.Sequential
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return none, core.Errorf(tf.InvalidArgument, "model: expected the text of Keras's model.to_json(): %s", whereJSON(text, err))
	}
	read := sequential
	switch {
	case o.Class == "Sequential":
	case o.Class == "Functional" || o.Class == "Model":
		read = functional
	case o.Class == "":
		return none, core.Errorf(tf.InvalidArgument, "model: expected the text of Keras's model.to_json(), which has a \"class_name\"")
	default:
		return none, core.Errorf(tf.NotFound, "model: class %q is not supported%s, only Sequential", o.Class, suggest.DidYouMean(o.Class, []string{"Sequential"}))
	}
	q, err := read(o.Config)
	if err != nil {
		return none, fmt.Errorf("model: %w", err)
	}
	return q, nil
}

// options are what the configuration of a Sequential holds.
type options struct {
	Name      string          `json:"name"`
	Trainable core.Not        `json:"trainable"`
	Policy    core.Policy     `json:"dtype"`
	Layers    []object        `json:"layers"`
	Built     json.RawMessage `json:"build_input_shape"` // the layers say the same
}

func sequential(config json.RawMessage) (q keras.Sequential, err error) {
	var c options
	if len(config) > 0 && config[0] == '[' { // Keras before 2.3: the layers alone
		err = json.Unmarshal(config, &c.Layers)
	} else {
		if err = knownOptions(config, "name", "trainable", "dtype", "layers", "build_input_shape"); err == nil {
			err = json.Unmarshal(config, &c)
		}
	}
	if err != nil {
		return q, wrong("Sequential", err)
	}
	if len(c.Layers) == 0 {
		return q, core.Errorf(tf.InvalidArgument, "Sequential %q: the model has no layers", c.Name)
	}
	q = keras.Sequential{Name: c.Name, Frozen: c.Trainable, Policy: c.Policy}
	for i, o := range c.Layers {
		add, err := layer(o, i)
		if err != nil {
			return q, err
		}
		q.Layers = append(q.Layers, add...)
	}
	return q, nil
}

// layer reads one layer; Keras 2 writes the input into the first one.
func layer(o object, i int) ([]core.Layer, error) {
	var base struct {
		Name string `json:"name"`
	}
	if len(o.Config) == 0 || json.Unmarshal(o.Config, &base) != nil {
		return nil, core.Errorf(tf.InvalidArgument, "layer %d (%s): the configuration is not a JSON object", i, o.Class)
	}
	if o.Registered != nil && strings.Contains(*o.Registered, ">") {
		return nil, core.Errorf(tf.NotFound, "layer %q: class %q is not Keras's own; such layers are not supported", base.Name, *o.Registered)
	}
	l, err := newLayer(o.Class, base.Name)
	if err != nil {
		return nil, err
	}
	config, input, err := splitInput(o.Config, o.Class)
	if err != nil {
		return nil, wrong(fmt.Sprintf("%s %q", o.Class, base.Name), err)
	}
	if err := core.Decode(o.Class, config, l); err != nil {
		return nil, err
	}
	if input == nil || i > 0 {
		return []core.Layer{l}, nil
	}
	in := &layers.Input{}
	if err := core.Decode("InputLayer", input, in); err != nil {
		return nil, err
	}
	return []core.Layer{in, l}, nil
}

// splitInput takes Keras 2's "batch_input_shape" out of a configuration: an
// InputLayer calls it "batch_shape" now, of other layers it makes an input.
func splitInput(config json.RawMessage, class string) (rest, input json.RawMessage, err error) {
	var c map[string]json.RawMessage
	if err := json.Unmarshal(config, &c); err != nil {
		return nil, nil, err
	}
	shape, ok := c["batch_input_shape"]
	if !ok {
		return config, nil, nil
	}
	delete(c, "batch_input_shape")
	if class == "InputLayer" {
		c["batch_shape"] = shape
		rest, err = json.Marshal(c)
		return rest, nil, err
	}
	if rest, err = json.Marshal(c); err != nil {
		return nil, nil, err
	}
	input, err = json.Marshal(map[string]any{"batch_shape": shape, "dtype": "float32", "name": "input_layer"})
	return rest, input, err
}

// knownOptions fails on an option that is set and not among names.
func knownOptions(config json.RawMessage, names ...string) error {
	var c map[string]json.RawMessage
	if err := json.Unmarshal(config, &c); err != nil {
		return err
	}
	for option, value := range c {
		if !slices.Contains(names, option) && !bytes.Equal(value, []byte("null")) {
			return core.Errorf(tf.InvalidArgument, "unknown option %q%s", option, suggest.DidYouMean(option, names))
		}
	}
	return nil
}

// wrong is what is wrong with the configuration of who.
func wrong(who string, err error) error {
	var e *json.UnmarshalTypeError
	switch {
	case errors.As(err, &e):
		return core.Errorf(tf.InvalidArgument, "%s: option %q is a JSON %s, which it must not be", who, e.Field, e.Value)
	case errors.Is(err, tf.InvalidArgument):
		return fmt.Errorf("%s: %w", who, err)
	}
	return core.Errorf(tf.InvalidArgument, "%s: %v", who, err)
}

// whereJSON adds the line to an error of syntax.
func whereJSON(text []byte, err error) string {
	var e *json.SyntaxError
	if errors.As(err, &e) {
		line := 1 + bytes.Count(text[:min(int(e.Offset), len(text))], []byte("\n"))
		return fmt.Sprintf("line %d: %v", line, err)
	}
	return err.Error()
}
