package core

import "encoding/json"

// Object is how Keras writes a thing with a class and a configuration.
type Object struct {
	Module     string  `json:"module"` // "keras.layers"
	Class      string  `json:"class_name"`
	Config     any     `json:"config"`
	Registered *string `json:"registered_name"` // null for Keras's own classes
}

// RawObject is an Object as read. Files of Keras 2 have no module.
type RawObject struct {
	Module string          `json:"module"`
	Class  string          `json:"class_name"`
	Config json.RawMessage `json:"config"`
}
