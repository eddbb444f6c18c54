package saving

import (
	"bytes"
	"encoding/json"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// written is an object as Keras writes it.
type written struct {
	Module     string  `json:"module"`
	Class      string  `json:"class_name"`
	Config     any     `json:"config"`
	Registered *string `json:"registered_name"`
	Build      *built  `json:"build_config,omitempty"`
	Compile    any     `json:"compile_config,omitempty"`
}

type built struct {
	InputShape shape `json:"input_shape"`
}

// writtenOptions are the options of a Sequential in Keras's order.
type writtenOptions struct {
	Name       string      `json:"name"`
	Trainable  core.Not    `json:"trainable"`
	Policy     core.Policy `json:"dtype"`
	Layers     []written   `json:"layers"`
	InputShape shape       `json:"build_input_shape"`
}

// ToJSON writes a model as Keras's model.to_json() does, which
// keras.models.model_from_json reads.
func ToJSON(m *keras.Model) ([]byte, error) {
	q := m.Config()
	c := writtenOptions{Name: q.Name, Trainable: q.Frozen, Policy: q.Policy, InputShape: shape(m.InputShape())}
	for _, l := range q.Layers {
		class := core.ClassOf(l)
		w := written{Module: "keras.layers", Class: class, Config: l}
		if in, _ := m.Shapes(l); writesShape[class] {
			w.Build = &built{shape(in)}
		}
		c.Layers = append(c.Layers, w)
	}
	o := written{Module: "keras", Class: "Sequential", Config: c, Build: &built{c.InputShape}, Compile: struct{}{}}
	text, err := json.Marshal(o)
	if err != nil {
		return nil, core.Errorf(tf.Internal, "model %q: %v", q.Name, err)
	}
	return spaced(text), nil
}

// shape is a shape whose open dimensions are null.
type shape tf.Shape

// MarshalJSON writes a list.
func (s shape) MarshalJSON() ([]byte, error) {
	dims := make([]*int64, len(s))
	for i := range s {
		if s[i] >= 0 {
			dims[i] = &s[i]
		}
	}
	return json.Marshal(dims)
}

// spaced puts a space after each comma and colon, as Python does.
func spaced(text []byte) []byte {
	var b bytes.Buffer
	quoted := false
	for i, c := range text {
		b.WriteByte(c)
		switch {
		case c == '"' && !escaped(text, i):
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.Bytes()
}

// escaped reports whether an odd number of backslashes stands before i.
func escaped(text []byte, i int) bool {
	n := 0
	for i--; i >= 0 && text[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}
