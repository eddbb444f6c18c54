package metrics

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

var classes = map[string]func() core.Metric{
	"Accuracy":                  func() core.Metric { return &Accuracy{} },
	"Mean":                      func() core.Metric { return &Mean{} },
	"SparseCategoricalAccuracy": func() core.Metric { return &SparseCategoricalAccuracy{} },
}

// New is a metric of a class ("SparseCategoricalAccuracy") or name
// ("sparse_categorical_accuracy"), to be configured.
func New(name string) (core.Metric, error) {
	for class, make := range classes {
		if name == class || name == core.SnakeCase(class) {
			return make(), nil
		}
	}
	return nil, unknown(name)
}

// For is the metric that Keras takes when a model is compiled with a name and a
// loss: "accuracy" and "acc" stand for the accuracy that fits the loss.
func For(name string, l core.Loss) (core.Metric, error) {
	if name != "accuracy" && name != "acc" {
		return New(name)
	}
	switch loss := core.ClassOf(l); loss {
	case "SparseCategoricalCrossentropy":
		return &SparseCategoricalAccuracy{Name: name}, nil
	default:
		return nil, core.Errorf(tf.InvalidArgument, "metric %q: no accuracy is known for loss %s, name the metric", name, loss)
	}
}

func unknown(name string) error {
	known := []string{"acc"}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		known = append(known, core.SnakeCase(class), class)
	}
	return core.Errorf(tf.NotFound, "unknown metric %q%s", name, suggest.DidYouMean(name, known))
}
