package layers

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

var classes = map[string]func() core.Layer{
	"Activation":         func() core.Layer { return &Activation{} },
	"AveragePooling2D":   func() core.Layer { return &AveragePooling2D{} },
	"BatchNormalization": func() core.Layer { return &BatchNormalization{} },
	"Conv2D":             func() core.Layer { return &Conv2D{} },
	"Dense":              func() core.Layer { return &Dense{} },
	"Dropout":            func() core.Layer { return &Dropout{} },
	"Flatten":            func() core.Layer { return &Flatten{} },
	"InputLayer":         func() core.Layer { return &Input{} },
	"MaxPooling2D":       func() core.Layer { return &MaxPooling2D{} },
}

// Classes are Keras's names of the layers of this package.
func Classes() []string { return slices.Sorted(maps.Keys(classes)) }

// New is a layer of a class, by Keras's name, to be configured.
func New(class string) (core.Layer, error) {
	make, ok := classes[class]
	if !ok {
		return nil, core.Errorf(tf.NotFound, "unknown layer %q%s", class, suggest.DidYouMean(class, Classes()))
	}
	return make(), nil
}
