package saving

import (
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// writesShape tells the classes whose JSON has the shape they were built for.
var writesShape = map[string]bool{
	"BatchNormalization": true,
	"Conv2D":             true,
	"Dense":              true,
	"Flatten":            true,
}

// newLayer is a layer of a class, to be configured; name is what an error calls
// it.
func newLayer(class, name string) (core.Layer, error) {
	l, err := layers.New(class)
	if err == nil {
		return l, nil
	}
	known := layers.Classes()
	return nil, core.Errorf(tf.NotFound, "layer %q: class %q is not supported%s (supported: %s)",
		name, class, suggest.DidYouMean(class, known), strings.Join(known, ", "))
}
