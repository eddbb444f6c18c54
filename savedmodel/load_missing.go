package savedmodel

import (
	"context"
	"path/filepath"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// restoreMissing gives values to the variables that signatures use and the
// model's own restore leaves out: tf.saved_model.save of a Keras model stores
// them for Python's loader only, which finds them as objects.
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
	keys, err := m.keysOf(r, missing)
	if err != nil {
		return err
	}
	var names []string
	var dtypes []tf.DType
	var handles []tf.Output
	for _, v := range missing {
		o := v.Handle.Op()
		e, err := r.Find(keys[o.Name()])
		if err != nil || e.DType != o.AttrType("dtype") || !o.AttrShape("shape").Accepts(e.Shape) {
			continue // a call says that it has no value
		}
		names, dtypes, handles = append(names, e.Name), append(dtypes, e.DType), append(handles, v.Handle)
		m.added = append(m.added, restored{node: o.Name(), key: e.Name})
	}
	if len(names) == 0 {
		return nil
	}
	s := m.session.Graph().Scope().Sub("restore")
	values := s.Begin("RestoreV2\x00").In(tf.ConstScalar(s, filepath.Join(m.dir, variablesFile))).
		In(tf.Const(s, names)).In(tf.Const(s, make([]string, len(names)))).Types("dtypes", dtypes).Outs()
	if s.Err() != nil {
		return s.Err()
	}
	assigns := make([]tf.Output, len(handles))
	for i, h := range handles {
		assigns[i] = s.Begin("AssignVariableOp\x00").In(h).In(values[i]).Type("dtype", dtypes[i]).Node()
	}
	if s.Err() != nil {
		return s.Err()
	}
	_, err = m.session.Run(ctx, nil, nil, assigns...)
	return err
}

// keysOf are the names in the checkpoint of the values of variables, by the
// operations of their handles. A variable is found as Python's loader finds it:
// the object that a function was saved with, and the object of the checkpoint to
// which the same attributes lead. Names of variables say nothing, many variables
// of a Keras model have the same one.
func (m *Model) keysOf(r *bundle.Reader, variables []Variable) (map[string]string, error) {
	objects, err := r.Objects()
	if err != nil {
		return nil, nil // values by name only: a call says what is missing
	}
	places, err := m.places(objects)
	if err != nil {
		return nil, err
	}
	bound := map[string]int32{}
	m.eachHandle(func(o tf.Op, i int, handle tf.Op) {
		if id, ok := m.boundObject(o, i); ok {
			bound[handle.Name()] = id
		}
	})
	keys := map[string]string{}
	for _, v := range variables {
		node := v.Handle.Op().Name()
		id, ok := bound[node]
		at, found := places[id]
		if !ok || !found {
			continue
		}
		for _, a := range objects[at].Attributes {
			if a.Name == "VARIABLE_VALUE" {
				keys[node] = a.Key
			}
		}
	}
	return keys, nil
}

// places are the objects of a checkpoint that the model's own are, by number:
// those to which the same attributes lead from the root.
func (m *Model) places(objects []bundle.Object) (map[int32]int, error) {
	nodes := m.meta.GetObjectGraphDef().GetNodes()
	if len(nodes) == 0 {
		return nil, nil
	}
	places, todo := map[int32]int{0: 0}, []int32{0}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		stored := map[string]int{}
		for _, c := range objects[places[id]].Children {
			stored[c.Name] = c.Object
		}
		for _, c := range nodes[id].GetChildren() {
			at, ok := stored[c.GetLocalName()]
			if to := c.GetNodeId(); !ok || to < 0 || int(to) >= len(nodes) {
				continue
			}
			was, known := places[c.GetNodeId()]
			if known && was != at {
				return nil, errorf("load "+m.dir, tf.DataLoss, "%q and %q are one object of the model and two of its checkpoint", objects[was].Path, objects[at].Path)
			}
			if !known {
				places[c.GetNodeId()] = at
				todo = append(todo, c.GetNodeId())
			}
		}
	}
	return places, nil
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
		if !has[m.variableOf(v.Handle.Op())] {
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
