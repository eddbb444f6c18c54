package losses

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

var classes = map[string]func() core.Loss{
	"MeanSquaredError":              func() core.Loss { return &MeanSquaredError{} },
	"SparseCategoricalCrossentropy": func() core.Loss { return &SparseCategoricalCrossentropy{} },
}

var short = map[string]string{"mse": "MeanSquaredError"}

// New is a loss of a class ("MeanSquaredError") or name ("mean_squared_error",
// "mse"), to be configured.
func New(name string) (core.Loss, error) {
	for class, make := range classes {
		if name == class || name == core.SnakeCase(class) || short[name] == class {
			return make(), nil
		}
	}
	known := slices.Collect(maps.Keys(classes))
	for _, class := range known {
		known = append(known, core.SnakeCase(class))
	}
	return nil, core.Errorf(tf.NotFound, "unknown loss %q%s", name, suggest.DidYouMean(name, slices.Sorted(slices.Values(known))))
}
