package savedmodel

import (
	"bytes"
	"slices"

	"github.com/gotf/gotf/tf/bundle"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// follow adds the copies of the variables that changed: those that the graph
// initializes with a variable of the same name, that had the same value and did
// not change themselves. Keras stores a model's variables twice, for its
// functions and for its lists of variables. The name alone says nothing: many
// variables of a Keras model have the same one.
func (m *Model) follow(stored *bundle.Reader, all []restored, values map[string]*bundle.Value) error {
	names, err := namesStored(stored)
	if err != nil {
		return nil // values by name only: there are no copies
	}
	keys := map[string]string{}
	for _, r := range all {
		if r.slice == "" {
			keys[r.node] = r.key
		}
	}
	copies := copiesOf(m.meta.GetGraphDef().GetNode())
	for _, r := range all {
		key := keys[copies[r.node]]
		source := values[key]
		if source == nil || values[r.key] != nil || r.slice != "" || names[r.key] != names[key] || !stored.Has(r.key) {
			continue
		}
		before, err := storedValue(stored, key)
		if err != nil {
			return err
		}
		copied, err := storedValue(stored, r.key)
		if err != nil {
			return err
		}
		if sameValue(copied, before) {
			copied.Bytes, copied.Strings, copied.Shape = source.Bytes, source.Strings, source.Shape
			values[r.key] = copied
		}
	}
	return nil
}

// namesStored are the names of the variables whose values a checkpoint holds, by
// the names of the values.
func namesStored(r *bundle.Reader) (map[string]string, error) {
	objects, err := r.Objects()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, o := range objects {
		for _, a := range o.Attributes {
			names[a.Key] = a.FullName
		}
	}
	return names, nil
}

// copiesOf are the variables that a graph gives the values of others, with the
// others.
func copiesOf(nodes []*nodepb.NodeDef) map[string]string {
	named := byName(nodes)
	source := func(input string) string {
		for range 8 { // more than there are identities
			n := named[nodeOf(input)]
			if len(n.GetInput()) == 0 {
				return ""
			}
			input = n.GetInput()[0]
			switch n.GetOp() {
			case "ReadVariableOp":
				return nodeOf(input)
			case "Identity":
			default:
				return ""
			}
		}
		return ""
	}
	out := map[string]string{}
	for _, n := range nodes {
		if in := n.GetInput(); n.GetOp() == "AssignVariableOp" && len(in) >= 2 {
			to, from := nodeOf(in[0]), source(in[1])
			if was, twice := out[to]; twice && was != from {
				from = ""
			}
			out[to] = from
		}
	}
	return out
}

func sameValue(a, b *bundle.Value) bool {
	return a.DType == b.DType && a.Shape.Equal(b.Shape) && slices.Equal(a.Strings, b.Strings) && bytes.Equal(a.Bytes, b.Bytes)
}
