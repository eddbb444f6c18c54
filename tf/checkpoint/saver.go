package checkpoint

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
)

// Saver saves and restores variables of a graph, in any of its sessions.
// https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/Saver
type Saver struct {
	keys           []string
	vars           []*tf.Variable
	reads, values  []tf.Output
	assigns        []tf.Output
	objectsAreKeys bool
}

// NewSaver adds to s what saving and restoring vars takes. Their keys in the
// checkpoint are names, as Python's tf.compat.v1.train.Saver has them, or made
// by [Key] of the paths that tf.train.Checkpoint of Python has: then the
// checkpoint gets the graph of the objects too.
func NewSaver(s *tf.Scope, vars map[string]*tf.Variable) (*Saver, error) {
	if len(vars) == 0 {
		return nil, tf.Errorf("new saver", tf.InvalidArgument, "there are no variables to save")
	}
	sv := &Saver{keys: slices.Sorted(maps.Keys(vars))}
	s = s.Sub("saver")
	for _, key := range sv.keys {
		v := vars[key]
		value := tf.Placeholder(s, v.DType(), v.Shape())
		sv.vars = append(sv.vars, v)
		sv.reads = append(sv.reads, v.Read(s))
		sv.values = append(sv.values, value)
		sv.assigns = append(sv.assigns, v.Assign(s, value))
		sv.objectsAreKeys = sv.objectsAreKeys || strings.HasSuffix(key, attribute)
	}
	return sv, s.Err()
}

// Entries reads the variables, for [Write] or [Manager.Save]. The caller closes
// the values.
func (sv *Saver) Entries(ctx context.Context, session *tf.Session) ([]Entry, error) {
	values, err := session.Run(ctx, nil, sv.reads)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for i, v := range values {
		out = append(out, Entry{sv.keys[i], v})
	}
	if !sv.objectsAreKeys {
		return out, nil
	}
	keys, names := slices.Clone(sv.keys), map[string]string{}
	for i, key := range keys {
		names[key] = sv.vars[i].Name()
	}
	if counter := Key("save_counter"); !slices.Contains(keys, counter) { // Python's Checkpoint has one
		one, err := tf.NewScalar(int64(1))
		if err != nil {
			closeEntries(out)
			return nil, err
		}
		keys, out = append(keys, counter), append(out, Entry{counter, one})
	}
	graph, err := NamedObjectGraph(names, keys...)
	if err != nil {
		closeEntries(out)
		return nil, err
	}
	return append(out, graph), nil
}

func closeEntries(entries []Entry) {
	for _, e := range entries {
		e.Value.Close()
	}
}

// Save writes the variables as the checkpoint with the given prefix.
func (sv *Saver) Save(ctx context.Context, session *tf.Session, prefix string) error {
	entries, err := sv.Entries(ctx, session)
	if err != nil {
		return err
	}
	defer closeEntries(entries)
	return Write(ctx, prefix, entries)
}

// Restore gives the variables the values of a checkpoint, all or none. A key
// that is a variable's name is found in an object-based checkpoint too, where
// one variable has that name.
func (sv *Saver) Restore(ctx context.Context, session *tf.Session, prefix string) error {
	want := make([]tf.TensorSpec, len(sv.keys))
	for i, key := range sv.keys {
		want[i] = tf.TensorSpec{Name: key, DType: sv.vars[i].DType(), Shape: sv.vars[i].Shape()}
	}
	values, err := Read(ctx, prefix, want...)
	if err != nil {
		return err
	}
	feeds := make([]tf.Feed, len(values))
	for i, v := range values {
		defer v.Close()
		feeds[i] = tf.Feed{Output: sv.values[i], Tensor: v}
	}
	_, err = session.Run(ctx, feeds, nil, sv.assigns...)
	return err
}
