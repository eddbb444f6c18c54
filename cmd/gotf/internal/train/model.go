package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

// describe is the model of a preset's name or of a JSON file.
func describe(model string) (keras.Sequential, error) {
	if _, ok := presets[model]; ok {
		return preset(model), nil
	}
	text, err := os.ReadFile(model)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(model, `./\`) {
		return keras.Sequential{}, core.Errorf(tf.NotFound, "unknown model %q%s (%s, or a JSON file)",
			model, suggest.DidYouMean(model, PresetNames()), strings.Join(PresetNames(), ", "))
	}
	if err != nil {
		return keras.Sequential{}, err
	}
	q, err := saving.FromJSON(text)
	if err != nil {
		return q, fmt.Errorf("%s: %w", model, err)
	}
	return q, nil
}

// classes is how many classes a model tells apart, 0 where its layers do not
// say so by themselves.
func classes(q keras.Sequential) int {
	for i := len(q.Layers) - 1; i >= 0; i-- {
		switch l := q.Layers[i].(type) {
		case *layers.Dense:
			return l.Units
		case *layers.Conv2D:
			return 0
		}
	}
	return 0
}

// lossFor is sparse categorical cross-entropy on what the model ends in:
// softmax, or logits.
func lossFor(m *keras.Model) (core.Loss, error) {
	if out := m.OutputShape(); len(out) != 2 {
		return nil, core.Errorf(tf.InvalidArgument, "model %q: the output must have rank 2 (batch, classes) to tell classes apart, it has shape %v", m.Name(), out)
	}
	ls := m.Config().Layers
	for i := len(ls) - 1; i >= 0; i-- {
		var a activations.Activation
		switch l := ls[i].(type) {
		case *layers.Dense:
			a = l.Activation
		case *layers.Conv2D:
			a = l.Activation
		case *layers.Activation:
			a = l.Activation
			if a == activations.Linear || a == "" {
				continue
			}
		case *layers.Flatten, *layers.Dropout:
			continue
		}
		switch a {
		case activations.Softmax:
			return &losses.SparseCategoricalCrossentropy{}, nil
		case activations.Linear, activations.LogSoftmax, "":
			return &losses.SparseCategoricalCrossentropy{FromLogits: true}, nil
		}
		return nil, core.Errorf(tf.InvalidArgument, "model %q: layer %q ends it with activation %q; to tell classes apart it must end in softmax, or linear for logits",
			m.Name(), ls[i].Meta().Name, string(a))
	}
	return &losses.SparseCategoricalCrossentropy{FromLogits: true}, nil
}
