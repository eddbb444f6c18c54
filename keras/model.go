package keras

import (
	"context"
	"fmt"
	"slices"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// Model is a built model. [Sequential.Build] makes one, Close frees it.
type Model struct {
	config   Sequential
	shapes   []tf.Shape // shapes[i] is what layer i gives; the first is the input's
	run      runner
	weights  []*core.Variable   // in the layers' order
	owned    [][]*core.Variable // the same, by layer
	compiled *compiled
	fitting  bool // Fit is under way: a callback may evaluate and predict, not train
}

// Name is the model's name.
func (m *Model) Name() string { return m.config.Name }

// Seed is the seed that the model was built with, drawn if none was set.
func (m *Model) Seed() int64 { return m.config.Seed }

// Config describes the model, with the names and the seed that it has. Its
// layers are the model's own.
func (m *Model) Config() Sequential {
	q := m.config
	q.Layers = slices.Clone(q.Layers)
	return q
}

// InputShape is the shape of the model's input, with the batch dimension, -1.
func (m *Model) InputShape() tf.Shape { return slices.Clone(m.shapes[0]) }

// OutputShape is the shape of the model's output, with the batch dimension, -1.
func (m *Model) OutputShape() tf.Shape { return slices.Clone(m.shapes[len(m.shapes)-1]) }

// Shapes are what a layer of the model takes and gives, with the batch
// dimension; nil if the layer is not in the model.
func (m *Model) Shapes(l core.Layer) (in, out tf.Shape) {
	i := slices.Index(m.config.Layers, l)
	if i < 0 {
		return nil, nil
	}
	return slices.Clone(m.shapes[max(i-1, 0)]), slices.Clone(m.shapes[i])
}

// inputType is the type of the model's input.
func (m *Model) inputType() tf.DType {
	if d := m.config.Input().DType; d != 0 {
		return d
	}
	return tf.Float32
}

// Weights are the model's variables in the order of its layers. Compile
// replaces them when it changes between eager and compiled; their values stay.
func (m *Model) Weights() []*core.Variable { return slices.Clone(m.weights) }

// Weight is the variable with a path, such as "sequential/dense/kernel", or nil.
func (m *Model) Weight(path string) *core.Variable {
	for _, v := range m.weights {
		if v.Path == path {
			return v
		}
	}
	return nil
}

// Values copies the weights out, in the order of Weights. The caller closes
// them.
func (m *Model) Values(ctx context.Context) ([]*tf.Tensor, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	return m.run.get(ctx, m.weights)
}

// SetValues sets the weights, in the order of Weights.
func (m *Model) SetValues(ctx context.Context, values []*tf.Tensor) error {
	if err := m.open(); err != nil {
		return err
	}
	if len(values) != len(m.weights) {
		return m.config.bad("the model has %d weights, got %d values", len(m.weights), len(values))
	}
	return m.run.set(ctx, m.weights, values)
}

// Close frees the model's memory: its variables, graph and session.
func (m *Model) Close() error {
	if m == nil || m.run == nil {
		return nil
	}
	m.run.close()
	m.run, m.compiled = nil, nil
	return nil
}

func (m *Model) open() error {
	if m.run == nil {
		return core.Errorf(tf.FailedPrecondition, "model %q: the model is closed", m.config.Name)
	}
	return nil
}

// buildOn makes the layers' variables on r, which becomes the model's runner.
func (m *Model) buildOn(r runner) error {
	var shape tf.Shape
	shapes := make([]tf.Shape, len(m.config.Layers))
	owned := make([][]*core.Variable, len(m.config.Layers))
	for i, l := range m.config.Layers {
		b := &core.Builder{
			Scope:  r.scope(),
			Path:   m.config.Name + "/" + l.Meta().Name,
			Policy: m.policy(l),
			Frozen: bool(l.Meta().Frozen || m.config.Frozen),
			Add:    func(v *core.Variable) { owned[i] = append(owned[i], v) },
		}
		if _, ok := l.(*layers.Input); !ok {
			if err := l.Build(b, shape); err != nil {
				return fmt.Errorf("model %q: %w", m.config.Name, err)
			}
			if err := b.Scope.Err(); err != nil {
				return fmt.Errorf("model %q: layer %q: %w", m.config.Name, l.Meta().Name, err)
			}
		}
		in := shape
		if shape = l.OutputShape(in); shape == nil {
			return m.config.bad("layer %q takes no input of shape %v", l.Meta().Name, in)
		}
		shapes[i] = shape
	}
	weights := slices.Concat(owned...)
	if err := r.declare(weights, m.config.Seed); err != nil {
		return err
	}
	m.run, m.weights, m.owned, m.shapes = r, weights, owned, shapes
	return nil
}

func (m *Model) policy(l core.Layer) core.Policy {
	if p := l.Meta().Policy; p != "" {
		return p
	}
	return m.config.Policy
}

// call adds the layers' computation on x.
func (m *Model) call(c *core.Context, x tf.Output) tf.Output {
	c = c.In(m.config.Name)
	for _, l := range m.config.Layers {
		lc := c.In(l.Meta().Name)
		lc.Policy = m.policy(l)
		if d := lc.Policy.ComputeDType(); x.DType() != d && x.DType().IsFloating() {
			x = lc.Scope.Begin("Cast").In(x).Type("DstT", d).One()
		}
		if x = l.Call(lc, x); lc.Scope.Err() != nil {
			return tf.Output{}
		}
	}
	return x
}

// trainable are the variables that training changes.
func (m *Model) trainable() (out []*core.Variable) {
	for _, v := range m.weights {
		if v.Trainable {
			out = append(out, v)
		}
	}
	return out
}

// closeAll closes tensors.
func closeAll(ts []*tf.Tensor) {
	for _, t := range ts {
		t.Close()
	}
}
