package savedmodel

import (
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// addTables adds the tables, and what else is to be initialised, as objects that
// Python creates and initialises when it loads them, as it does with its own.
func (g *objectGraph) addTables() error {
	for _, t := range g.p.tables {
		id, _ := g.place(t.node, resource(t.device))
		g.ids[t.node] = id
		create := []endpoint{{TensorSpec: tf.TensorSpec{DType: tf.Resource, Shape: tf.Shape{}}, tensor: t.node + ":0"}}
		m, err := g.newFunction("create_"+t.node, nil, create, nil, t.node)
		if err != nil {
			return err
		}
		g.child(id, "_create_resource", g.callable(m, nil, specValue(create[0].TensorSpec)))
		if err := g.lifetime(id, t.node, t.init); err != nil {
			return err
		}
	}
	if len(g.p.init) == 0 {
		return nil
	}
	id := g.object(resource(""))
	g.child(0, "initializer", id)
	if err := g.dummy(id, "_create_resource", nil); err != nil {
		return err
	}
	return g.lifetime(id, "initializer", g.p.init)
}

func resource(device string) *pb.SavedObject {
	return &pb.SavedObject{Kind: &pb.SavedObject_Resource{Resource: &pb.SavedResource{Device: device}}}
}

// lifetime adds the functions that fill a resource and give it up.
func (g *objectGraph) lifetime(id int32, name string, init []string) error {
	if err := g.dummy(id, "_initialize", init); err != nil {
		return err
	}
	return g.dummy(id, "_destroy_resource", nil)
}

// dummy adds a function that runs some nodes, and gives 1 as Python's do.
func (g *objectGraph) dummy(id int32, name string, after []string) error {
	m, err := g.newFunction(strings.TrimPrefix(name, "_"), nil, nil, after, "")
	if err != nil {
		return err
	}
	m.giveOne(after)
	g.child(id, name, g.callable(m, nil, specValue(tf.TensorSpec{DType: tf.Int32, Shape: tf.Shape{}})))
	return nil
}

// giveOne makes 1 the result, once the nodes of after have run.
func (m *functionMaker) giveOne(after []string) {
	one := &tensorpb.TensorProto{Dtype: typespb.DataType_DT_INT32, TensorShape: tf.Shape{}.Proto(), IntVal: []int32{1}}
	value := &nodepb.NodeDef{Name: numbered("one", m.nodes), Op: "Const", Attr: constantAttrs(one)}
	done := &nodepb.NodeDef{Name: numbered("done", m.nodes), Op: "Identity", Input: []string{value.Name + ":output:0"}, Attr: map[string]*attrpb.AttrValue{"T": typeAttr(tf.Int32)}}
	for _, a := range after {
		done.Input = append(done.Input, "^"+a)
		m.always(a)
	}
	m.def.NodeDef = append(m.def.NodeDef, value, done)
	m.def.Ret["result"] = done.Name + ":output:0"
	m.def.Signature.OutputArg = []*opdefpb.OpDef_ArgDef{{Name: "result", Type: typespb.DataType_DT_INT32}}
}

// tensorProto is t as a constant has it.
func tensorProto(t *tf.Tensor) (*tensorpb.TensorProto, error) {
	out := &tensorpb.TensorProto{Dtype: typespb.DataType(t.DType()), TensorShape: t.Shape().Proto()}
	if t.DType() == tf.String {
		values, err := tf.Values[string](t)
		for _, v := range values {
			out.StringVal = append(out.StringVal, []byte(v))
		}
		return out, err
	}
	var err error
	out.TensorContent, err = t.Bytes()
	return out, err
}

func constantAttrs(t *tensorpb.TensorProto) map[string]*attrpb.AttrValue {
	return map[string]*attrpb.AttrValue{
		"dtype": {Value: &attrpb.AttrValue_Type{Type: t.Dtype}}, "value": {Value: &attrpb.AttrValue_Tensor{Tensor: t}},
	}
}
