package savedmodel

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gotf/gotf/tf"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// objectGraph is the model as Python's tf.saved_model.load gives it: an object
// with variables, tables and functions as attributes. Its functions are made of
// the nodes of the part and added to its library.
//
// The root has, besides a tree of the variables and tables by their names:
//
//	variables, trainable_variables, non_trainable_variables   lists
//	signatures            by key, called with names, giving results by name
//	KEY                   each signature whose key is a name in Python, called by position or name
//	serve, __call__       the signature that is run if none is named; a single result comes by itself
//	assets, initializer   where there are any
type objectGraph struct {
	p      *part
	def    *pb.SavedObjectGraph
	values map[int32]*savedValue      // of variables
	ids    map[string]int32           // node that functions capture -> object
	inner  map[int32]map[string]int32 // object -> name -> object that only holds others
	taken  map[int32]map[string]bool  // object -> names of its children
	made   map[string]*functionMaker  // endpoints -> function
	count  int                        // of functions
	loops  *loopForm
}

// savedValue says where the checkpoint has a value.
type savedValue struct{ name, key string }

type objectReference = pb.TrackableObjectGraph_TrackableObject_ObjectReference

// addObjects builds the object graph.
func (p *part) addObjects() (*objectGraph, error) {
	g := &objectGraph{
		p: p, def: &pb.SavedObjectGraph{ConcreteFunctions: map[string]*pb.SavedConcreteFunction{}},
		values: map[int32]*savedValue{}, ids: map[string]int32{}, inner: map[int32]map[string]int32{},
		taken: map[int32]map[string]bool{}, made: map[string]*functionMaker{},
	}
	g.loops = &loopForm{g: g, names: map[string]string{}}
	if p.def.Library == nil {
		p.def.Library = &functionpb.FunctionDefLibrary{}
	}
	root := g.object(userObject("_generic_user_object"))
	for name := range reservedAttributes {
		g.names(root)[name] = true
	}
	for _, key := range p.sigKeys {
		g.names(root)[key] = true
	}
	g.addVariables()
	g.addAssets()
	g.addConstants()
	if err := g.addTables(); err != nil {
		return nil, err
	}
	if err := g.addSignatures(); err != nil {
		return nil, err
	}
	if len(p.def.Library.Function) == 0 {
		p.def.Library = nil
	}
	return g, nil
}

func userObject(identifier string) *pb.SavedObject {
	return &pb.SavedObject{Kind: &pb.SavedObject_UserObject{UserObject: &pb.SavedUserObject{
		Identifier: identifier, Version: &versionspb.VersionDef{Producer: 1, MinConsumer: 1},
	}}}
}

// object adds an object and returns its number.
func (g *objectGraph) object(o *pb.SavedObject) int32 {
	g.def.Nodes = append(g.def.Nodes, o)
	return int32(len(g.def.Nodes) - 1)
}

func (g *objectGraph) child(of int32, name string, id int32) {
	g.names(of)[name] = true
	o := g.def.Nodes[of]
	o.Children = append(o.Children, &objectReference{NodeId: id, LocalName: name})
}

func (g *objectGraph) names(of int32) map[string]bool {
	if g.taken[of] == nil {
		g.taken[of] = map[string]bool{}
	}
	return g.taken[of]
}

// place adds an object under a name such as "dense/kernel", with objects for
// what leads to it, and returns where it is.
func (g *objectGraph) place(name string, o *pb.SavedObject) (id int32, path []string) {
	at, parts := int32(0), attributes(name)
	for _, part := range parts[:len(parts)-1] {
		next, ok := g.inner[at][part]
		if !ok {
			next = g.object(userObject("_generic_user_object"))
			if g.inner[at] == nil {
				g.inner[at] = map[string]int32{}
			}
			g.inner[at][part] = next
			g.child(at, numbered(part, g.names(at)), next)
		}
		path, at = append(path, g.nameOf(at, next)), next
	}
	id = g.object(o)
	last := numbered(parts[len(parts)-1], g.names(at))
	g.child(at, last, id)
	return id, append(path, last)
}

func (g *objectGraph) nameOf(of, id int32) string {
	children := g.def.Nodes[of].Children
	return children[slices.IndexFunc(children, func(c *objectReference) bool { return c.NodeId == id })].LocalName
}

// list adds a list of objects to the root.
func (g *objectGraph) list(name string, ids []int32) {
	l := g.object(userObject("trackable_list_wrapper"))
	g.child(0, name, l)
	for i, id := range ids {
		g.child(l, strconv.Itoa(i), id)
	}
}

func (g *objectGraph) addVariables() {
	var all, trainable, other []int32
	for i := range g.p.variables {
		v := &g.p.variables[i]
		handle := v.Handle.Op()
		d := handle.AttrType("dtype")
		saved := &pb.SavedVariable{
			Name: nodeName(v.Name), Dtype: typespb.DataType(d), Shape: handle.AttrShape("shape").Proto(), Trainable: !v.Frozen,
		}
		id, path := g.place(v.Name, &pb.SavedObject{Kind: &pb.SavedObject_Variable{Variable: saved}})
		v.key = checkpointKey(path, "VARIABLE_VALUE")
		g.values[id], g.ids[v.node] = &savedValue{v.Name, v.key}, id
		all = append(all, id)
		if v.Frozen {
			other = append(other, id)
		} else {
			trainable = append(trainable, id)
		}
	}
	g.list("variables", all)
	g.list("trainable_variables", trainable)
	g.list("non_trainable_variables", other)
}

// addConstants adds what functions share with the graph instead of having a copy
// of their own.
func (g *objectGraph) addConstants() {
	for _, n := range g.p.def.Node {
		if largeConstant(n) {
			g.ids[n.Name] = g.object(&pb.SavedObject{Kind: &pb.SavedObject_Constant{Constant: &pb.SavedConstant{Operation: n.Name}}})
		}
	}
}

// newFunction makes a function of the part's nodes under a name like those of
// Python's functions, of which the loader shows only the middle.
func (g *objectGraph) newFunction(name string, ins, outs []endpoint, after []string, inline string) (*functionMaker, error) {
	m, err := g.p.function(g.functionName(name), ins, outs, after, inline)
	if err == nil {
		g.loops.rewrite(m.def)
		g.addFunction(m.def)
	}
	return m, err
}

func (g *objectGraph) functionName(name string) string {
	for {
		full := fmt.Sprintf("__inference_%s_%d", identifiers([]string{name})[0], g.count)
		g.count++
		if g.p.libraryFunction(full) == nil {
			return full
		}
	}
}

// wrapped adds a function that calls m.
func (g *objectGraph) wrapped(m *functionMaker, name string) *functionMaker {
	w := m.wrap(g.functionName(name))
	g.addFunction(w.def)
	return w
}

func (g *objectGraph) addFunction(def *functionpb.FunctionDef) {
	g.p.def.Library.Function = append(g.p.def.Library.Function, def)
}

// concrete says what m takes, is bound to and gives.
func (g *objectGraph) concrete(m *functionMaker, in, out *pb.StructuredValue) string {
	c := &pb.SavedConcreteFunction{CanonicalizedInputSignature: in, OutputSignature: out}
	for _, node := range m.captures {
		c.BoundInputs = append(c.BoundInputs, g.ids[node])
	}
	name := m.def.Signature.Name
	g.def.ConcreteFunctions[name] = c
	return name
}

// callable adds an object that Python calls by position or name.
func (g *objectGraph) callable(m *functionMaker, ins []tf.TensorSpec, out *pb.StructuredValue) int32 {
	args := make([]string, len(ins))
	for i, in := range ins {
		args[i] = in.Name
	}
	name := g.concrete(m, tupleValue(tupleOf(ins), dictValue(nil)), out)
	return g.object(&pb.SavedObject{Kind: &pb.SavedObject_Function{Function: &pb.SavedFunction{
		ConcreteFunctions: []string{name}, FunctionSpec: functionSpec(args, nil, tupleOf(ins)),
	}}})
}

// objectGraphKey is the checkpoint's key for the object graph.
const objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH"

// savedObjects is an object graph as checkpoints hold it.
type savedObjects []byte

func (o savedObjects) tensor() (*tf.Tensor, error) { return tf.NewScalar(string(o)) }

// trackable is what the checkpoint is to say of the objects: which value is
// whose.
func (g *objectGraph) trackable() (savedObjects, error) {
	t := &pb.TrackableObjectGraph{}
	for i, o := range g.def.Nodes {
		n := &pb.TrackableObjectGraph_TrackableObject{HasCheckpointValues: wrapperspb.Bool(true)}
		if v := g.values[int32(i)]; v != nil {
			n.Attributes = []*pb.TrackableObjectGraph_TrackableObject_SerializedTensor{
				{Name: "VARIABLE_VALUE", FullName: v.name, CheckpointKey: v.key},
			}
		}
		for _, c := range o.Children {
			if !callable(g.def.Nodes[c.NodeId]) {
				n.Children = append(n.Children, c)
			}
		}
		t.Nodes = append(t.Nodes, n)
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(t)
}

func callable(o *pb.SavedObject) bool {
	return o.GetFunction() != nil || o.GetBareConcreteFunction() != nil
}

// stringScalar is a constant's value.
func stringScalar(value []byte) *tensorpb.TensorProto {
	return &tensorpb.TensorProto{Dtype: typespb.DataType_DT_STRING, TensorShape: tf.Shape{}.Proto(), StringVal: [][]byte{value}}
}
