package savedmodel

import (
	"context"
	"path/filepath"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// restoreMissing gives values to the variables that signatures use and the
// model's own restore leaves out: tf.saved_model.save of a Keras model stores
// them for Python's loader only, by their names in the graph of objects.
func (m *Model) restoreMissing(ctx context.Context) error {
	missing, err := m.missing(ctx)
	if err != nil || len(missing) == 0 {
		return err
	}
	r, err := bundle.Open(filepath.Join(m.dir, variablesFile))
	if err != nil {
		return saveFailed("load "+m.dir, err)
	}
	defer r.Close()
	objects, err := r.Objects()
	if err != nil {
		return nil // values by name only: a call says what is missing
	}
	keys := map[string]string{}
	for _, o := range objects {
		for _, a := range o.Attributes {
			keys[a.FullName] = a.Key
		}
	}
	s := m.session.Graph().Scope().Sub("restore")
	var feeds []tf.Feed
	var assigns []tf.Output
	defer func() {
		for _, f := range feeds {
			f.Tensor.Close()
		}
	}()
	for _, v := range missing {
		e, err := r.Find(keys[v.Name])
		dtype := v.Handle.Op().AttrType("dtype")
		if err != nil || e.DType != dtype || dtype == tf.String || !v.Handle.Op().AttrShape("shape").Accepts(e.Shape) {
			continue
		}
		raw, err := r.Bytes(e.Name)
		if err != nil {
			return saveFailed("load "+m.dir, err)
		}
		value, err := tf.NewRaw(e.DType, e.Shape, raw)
		if err != nil {
			return err
		}
		to := tf.Placeholder(s, e.DType, e.Shape)
		feeds = append(feeds, tf.Feed{Output: to, Tensor: value})
		assigns = append(assigns, s.Begin("AssignVariableOp\x00").In(v.Handle).In(to).Type("dtype", dtype).Node())
		m.added = append(m.added, restored{node: v.Handle.Op().Name(), key: e.Name})
	}
	if s.Err() != nil || len(assigns) == 0 {
		return s.Err()
	}
	_, err = m.session.Run(ctx, feeds, nil, assigns...)
	return err
}

// missing are the variables without a value.
func (m *Model) missing(ctx context.Context) ([]Variable, error) {
	all, err := m.restored()
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, r := range all {
		has[r.node] = true
	}
	var unset []Variable
	var tests []tf.Output
	s := m.session.Graph().Scope().Sub("restore")
	for _, v := range m.Variables() {
		if !has[v.Handle.Op().Name()] {
			unset = append(unset, v)
			tests = append(tests, s.Begin("VarIsInitializedOp\x00").In(v.Handle).One())
		}
	}
	if s.Err() != nil || len(unset) == 0 {
		return nil, s.Err()
	}
	results, err := m.session.Run(ctx, nil, tests)
	if err != nil {
		return nil, err
	}
	defer closeAll(results)
	var out []Variable
	for i, t := range results {
		set, err := tf.Values[bool](t)
		if err != nil {
			return nil, err
		}
		if !set[0] {
			out = append(out, unset[i])
		}
	}
	return out, nil
}
