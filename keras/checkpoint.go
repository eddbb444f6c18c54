package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

// Checkpoint gives the weights and, once the model is compiled, the optimizer's
// state, under the keys that tf.train.Checkpoint(model=..., optimizer=...) of
// Python reads. The caller closes the values.
func (m *Model) Checkpoint(ctx context.Context) ([]checkpoint.Entry, error) {
	if err := m.open(); err != nil {
		return nil, err
	}
	vars, keys := m.saved()
	values, err := m.run.get(ctx, vars)
	if err != nil {
		return nil, err
	}
	var entries []checkpoint.Entry
	names := map[string]string{}
	for i, key := range keys {
		names[key] = vars[i].Path
		entries = append(entries, checkpoint.Entry{Key: key, Value: values[i]})
	}
	counter, err := tf.NewScalar(int64(1))
	if err != nil {
		closeAll(values)
		return nil, err
	}
	entries = append(entries, checkpoint.Entry{Key: checkpoint.Key("save_counter"), Value: counter})
	for _, e := range entries[len(keys):] {
		keys = append(keys, e.Key)
	}
	graph, err := checkpoint.NamedObjectGraph(names, keys...)
	if err != nil {
		closeAll(append(values, counter))
		return nil, err
	}
	return append(entries, graph), nil
}

// Save writes a checkpoint, PREFIX.index and PREFIX.data-00000-of-00001, and
// makes the folders that lead to it.
func (m *Model) Save(ctx context.Context, prefix string) error {
	entries, err := m.Checkpoint(ctx)
	if err != nil {
		return err
	}
	defer closeEntries(entries)
	return checkpoint.Write(ctx, prefix, entries)
}

// Checkpoints is a callback that writes a checkpoint at the end of each epoch,
// numbered by it from 1.
func Checkpoints(to *checkpoint.Manager) Callback {
	return Callback{OnEpochEnd: func(ctx context.Context, m *Model, e Epoch) error {
		entries, err := m.Checkpoint(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		defer closeEntries(entries)
		_, err = to.Save(context.WithoutCancel(ctx), e.Number+1, entries)
		return err
	}}
}

func closeEntries(entries []checkpoint.Entry) {
	for _, e := range entries {
		e.Value.Close()
	}
}

// Restore loads what Checkpoint saved: the weights and, once the model is
// compiled with an optimizer, its state, so that training goes on as if it had
// not stopped.
func (m *Model) Restore(ctx context.Context, prefix string) error {
	if err := m.open(); err != nil {
		return err
	}
	vars, keys := m.saved()
	want := make([]tf.TensorSpec, len(vars))
	for i, v := range vars {
		want[i] = tf.TensorSpec{Name: keys[i], DType: v.DType(), Shape: v.Shape()}
	}
	values, err := checkpoint.Read(ctx, prefix, want...)
	if err != nil {
		return fmt.Errorf("model %q: restore: %w", m.config.Name, err)
	}
	defer closeAll(values)
	return m.run.set(ctx, vars, values)
}

// saved are the variables of a checkpoint with their keys.
func (m *Model) saved() (vars []*core.Variable, keys []string) {
	for i, l := range m.config.Layers {
		for _, v := range m.owned[i] {
			vars = append(vars, v)
			keys = append(keys, checkpoint.Key(fmt.Sprintf("model/_functional/_operations/%d/%s", i, attribute(l, v.Weight.Name))))
		}
	}
	if m.compiled != nil {
		for i, v := range m.compiled.optimizer {
			vars = append(vars, v)
			keys = append(keys, checkpoint.Key(fmt.Sprintf("optimizer/_variables/%d", i)))
		}
	}
	return vars, keys
}

// attribute is Keras's Python name of a layer's weight.
func attribute(l core.Layer, weight string) string {
	switch core.ClassOf(l) {
	case "Dense", "Conv2D":
		if weight == "kernel" {
			return "_kernel"
		}
	}
	return weight
}
