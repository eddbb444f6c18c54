package savedmodel

import (
	"strings"

	"github.com/gotf/gotf/tf"
	variablepb "github.com/wamuir/graft/tensorflow/core/framework/variable_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Variables are the variables that the signatures read, in the order in which
// they take them, with the names that Python has for them where the object graph
// tells. Their handles are of the graph of [Model.Session], to differentiate the
// outputs of a signature, to assign to, or for [Export].
//
// A variable of TensorFlow 1 that the file has as a reference (VariableV2) is one
// of them: Load puts a resource in its place. The exceptions are those that go
// through operations for which there is none on resources, such as RefMerge.
// They are left out: the output of their operation is the variable.
func (m *Model) Variables() []Variable {
	known, named := variablesOf(m.meta), m.objectVariables()
	var out []Variable
	seen := map[tf.Op]bool{}
	add := func(o tf.Op, bound *pb.SavedVariable) {
		seen[o] = true
		v := Variable{Name: o.AttrString("shared_name"), Handle: o.Output(0)}
		if v.Name == "" {
			v.Name = o.Name()
		}
		if bound == nil {
			bound = named[o.Name()]
		}
		if old := m.handles[o.Name()]; old != "" {
			v.Name = old
		}
		if bound != nil {
			v.Name, v.Frozen = bound.GetName(), !bound.GetTrainable()
		} else if trainable, ok := known[m.variableOf(o)]; ok {
			v.Frozen = !trainable
		}
		out = append(out, v)
	}
	m.eachHandle(func(o tf.Op, i int, handle tf.Op) {
		if !seen[handle] {
			add(handle, m.bound(o, i))
		}
	})
	return out
}

// eachHandle visits the operations that the signatures need and that take a
// variable, as input i.
func (m *Model) eachHandle(visit func(o tf.Op, i int, handle tf.Op)) {
	visited := map[tf.Op]bool{}
	for _, sign := range m.signs {
		for _, o := range m.functions[sign.Key].outputs {
			walk(visited, o.Op(), func(o tf.Op) {
				for i, in := range o.Inputs() {
					if h := in.Op(); h.Type() == "VarHandleOp" {
						visit(o, i, h)
					}
				}
			})
		}
	}
}

// variableOf is the name in the file of the variable with a handle.
func (m *Model) variableOf(handle tf.Op) string {
	if old := m.handles[handle.Name()]; old != "" {
		return old
	}
	return handle.Name()
}

// walk visits the operations that o needs, in the order of their inputs, and o
// itself after them.
func walk(visited map[tf.Op]bool, o tf.Op, visit func(tf.Op)) {
	if o.IsNil() || visited[o] {
		return
	}
	visited[o] = true
	for _, in := range o.Inputs() {
		walk(visited, in.Op(), visit)
	}
	for _, c := range o.ControlInputs() {
		walk(visited, c, visit)
	}
	visit(o)
}

// bound is what the object graph knows of the variable that is input i of o. Nil
// is nothing.
func (m *Model) bound(o tf.Op, i int) *pb.SavedVariable {
	if id, ok := m.boundObject(o, i); ok {
		return m.meta.GetObjectGraphDef().Nodes[id].GetVariable()
	}
	return nil
}

// boundObject is the object that is input i of o: the last inputs of a call are
// what the function was saved with.
func (m *Model) boundObject(o tf.Op, i int) (id int32, ok bool) {
	objects := m.meta.GetObjectGraphDef()
	ids := objects.GetConcreteFunctions()[o.AttrFunc("f")].GetBoundInputs()
	if i -= o.NumInputs() - len(ids); i < 0 || ids[i] < 0 || int(ids[i]) >= len(objects.Nodes) {
		return 0, false
	}
	return ids[i], true
}

// objectVariables are what the object graph knows of the variables, by the names
// of their operations in the graph: the keys that the model restores them from
// are the attributes that lead to them.
func (m *Model) objectVariables() map[string]*pb.SavedVariable {
	objects := m.meta.GetObjectGraphDef().GetNodes()
	all, err := m.restored()
	if err != nil || len(objects) == 0 {
		return nil // the collections tell the names
	}
	children := make([]map[string]int32, len(objects))
	for i, o := range objects {
		children[i] = make(map[string]int32, len(o.Children))
		for _, c := range o.Children {
			children[i][c.LocalName] = c.NodeId
		}
	}
	out := map[string]*pb.SavedVariable{}
	for _, r := range all {
		path, ok := strings.CutSuffix(r.key, "/.ATTRIBUTES/VARIABLE_VALUE")
		at := int32(0)
		for _, part := range strings.Split(path, "/") {
			next, found := children[at][unescaped.Replace(part)]
			if ok = ok && found && next >= 0 && int(next) < len(objects); !ok {
				break
			}
			at = next
		}
		if v := objects[at].GetVariable(); ok && v.GetName() != "" {
			out[r.node] = v
		}
	}
	return out
}

// unescaped undoes what [checkpointKey] does to a name.
var unescaped = strings.NewReplacer("..", ".", ".S", "/")

// variablesOf is what the collections of a MetaGraph say of its variables, by
// the names of their operations: whether they are to be trained. Programs before
// TensorFlow 1.11 say that only by the list that a variable is in.
func variablesOf(meta *pb.MetaGraphDef) map[string]bool {
	out := map[string]bool{}
	for _, name := range []string{"variables", "trainable_variables"} {
		for _, raw := range meta.GetCollectionDef()[name].GetBytesList().GetValue() {
			def := &variablepb.VariableDef{}
			if proto.Unmarshal(raw, def) == nil {
				node := strings.TrimSuffix(def.GetVariableName(), ":0")
				out[node] = out[node] || def.GetTrainable() || name == "trainable_variables"
			}
		}
	}
	return out
}

// Endpoints are the inputs and outputs of a signature in the graph of
// [Model.Session], by name: to put a loss on an output and differentiate it by
// [Model.Variables], to feed an input, or for [Export]. Those that are no plain
// tensors are left out.
func (m *Model) Endpoints(signature string) (Endpoints, error) {
	f := m.functions[signature]
	if f == nil {
		return Endpoints{}, NoSignature("find signature", signature, m.signs)
	}
	m.lent.Store(true)
	return f.endpoints(), nil
}

func (f *function) endpoints() Endpoints {
	named := func(infos []TensorInfo, outputs []tf.Output) map[string]tf.Output {
		out := map[string]tf.Output{}
		for i, o := range outputs {
			if !o.IsNil() {
				out[infos[i].Name] = o
			}
		}
		return out
	}
	return Endpoints{Inputs: named(f.Inputs, f.inputs), Outputs: named(f.Outputs, f.outputs), Method: f.Method}
}
