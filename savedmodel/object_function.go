package savedmodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	resourcepb "github.com/wamuir/graft/tensorflow/core/framework/resource_handle_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// endpoint is an argument or a result of a function: a tensor of the part, and
// what it is called.
type endpoint struct {
	tf.TensorSpec
	tensor   string
	argument string // its name in Python
}

// functionMaker makes a function of nodes of the part: what Python calls where a
// session runs the nodes themselves. Variables, tables, assets and large
// constants become arguments behind the others, to be bound to objects.
type functionMaker struct {
	p        *part
	inline   string // the node that is not to become an argument, or ""
	def      *functionpb.FunctionDef
	args     map[string]string // tensor -> argument
	captures []string          // nodes
	nodes    map[string]bool   // of the body
}

// function makes a function that gives outs from ins, once the nodes of after
// have run.
func (p *part) function(name string, ins, outs []endpoint, after []string, inline string) (*functionMaker, error) {
	m := &functionMaker{p: p, inline: inline, args: map[string]string{}, nodes: map[string]bool{}, def: &functionpb.FunctionDef{
		Signature: &opdefpb.OpDef{Name: name}, Ret: map[string]string{}, ArgAttr: map[uint32]*functionpb.FunctionDef_ArgAttrs{},
	}}
	for _, in := range ins {
		m.args[canonical(in.tensor)] = ""
	}
	m.collect(outs, after)
	m.declare(ins)
	for _, n := range p.def.Node {
		if m.nodes[n.Name] {
			if err := m.add(n); err != nil {
				return nil, err
			}
		}
	}
	taken := map[string]bool{}
	for i, o := range argumentNames(endpointNames(outs), taken) {
		value, err := m.value(outs[i].tensor)
		if err != nil {
			return nil, err
		}
		m.def.Ret[o] = value
		m.def.Signature.OutputArg = append(m.def.Signature.OutputArg, &opdefpb.OpDef_ArgDef{Name: o, Type: typespb.DataType(outs[i].DType)})
	}
	return m, nil
}

func endpointNames(es []endpoint) []string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = e.Name
	}
	return out
}

// collect finds the nodes of the body and what it captures.
func (m *functionMaker) collect(outs []endpoint, after []string) {
	todo := slices.Clone(after)
	need := func(input string) {
		name := nodeOf(input)
		if strings.HasPrefix(input, "^") && m.p.isFiller(name) {
			return // the table's own function runs it
		}
		if _, arg := m.args[canonical(input)]; arg || m.nodes[name] || strings.HasPrefix(input, "^") && m.isArgument(name) {
			return
		}
		if m.p.captured(name) && name != m.inline {
			if !slices.Contains(m.captures, name) {
				m.captures = append(m.captures, name)
			}
			return
		}
		todo = append(todo, name)
	}
	for _, o := range outs {
		need(o.tensor)
	}
	for len(todo) > 0 {
		n := m.p.nodes[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		if n == nil || m.nodes[n.Name] {
			continue
		}
		m.nodes[n.Name] = true
		for _, input := range n.Input {
			need(input)
		}
	}
	m.captures = m.p.inOrder(m.captures)
}

// isArgument reports whether the node is an input of the function.
func (m *functionMaker) isArgument(node string) bool {
	_, ok := m.args[node+":0"]
	return ok
}

// declare adds the arguments.
func (m *functionMaker) declare(ins []endpoint) {
	taken := map[string]bool{}
	for name := range m.nodes {
		taken[name] = true
	}
	shapes := &attrpb.AttrValue_ListValue{}
	for i, name := range argumentNames(endpointNames(ins), taken) {
		m.args[canonical(ins[i].tensor)] = name
		shape := ins[i].Shape.Proto()
		m.def.Signature.InputArg = append(m.def.Signature.InputArg, &opdefpb.OpDef_ArgDef{Name: name, Type: typespb.DataType(ins[i].DType)})
		m.def.ArgAttr[uint32(i)] = &functionpb.FunctionDef_ArgAttrs{Attr: map[string]*attrpb.AttrValue{
			"_output_shapes":       {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{Shape: append(shapes.Shape[:0:0], shape)}}},
			"_user_specified_name": {Value: &attrpb.AttrValue_S{S: []byte(ins[i].Name)}},
		}}
		shapes.Shape = append(shapes.Shape, shape)
	}
	bases := make([]string, len(m.captures))
	for i, c := range m.captures {
		bases[i] = "captured_" + c
	}
	for i, name := range argumentNames(bases, taken) {
		n := m.p.nodes[m.captures[i]]
		m.args[n.Name+":0"] = name
		arg := &opdefpb.OpDef_ArgDef{Name: name, Type: typespb.DataType_DT_RESOURCE}
		shape := tf.Shape{}.Proto()
		switch n.Op {
		case "VarHandleOp":
			arg.HandleData = []*resourcepb.ResourceHandleProto_DtypeAndShape{{Dtype: n.Attr["dtype"].GetType(), Shape: n.Attr["shape"].GetShape()}}
			m.def.Signature.IsStateful = true
		case "ReadVariableOp", "Placeholder": // the path of an asset
			arg.Type = typespb.DataType_DT_STRING
		case "Const":
			arg.Type, shape = n.Attr["dtype"].GetType(), n.Attr["value"].GetTensor().GetTensorShape()
		default:
			m.def.Signature.IsStateful = true
		}
		m.def.Signature.InputArg = append(m.def.Signature.InputArg, arg)
		shapes.Shape = append(shapes.Shape, shape)
	}
	m.def.Attr = map[string]*attrpb.AttrValue{"_input_shapes": {Value: &attrpb.AttrValue_List{List: shapes}}}
}

// add adds a node, with its inputs in the form that functions have.
func (m *functionMaker) add(n *nodepb.NodeDef) error {
	def, err := m.p.opDef(n.Op)
	if err != nil {
		return err
	}
	if def.GetIsStateful() {
		m.def.Signature.IsStateful = true
	}
	c := proto.Clone(n).(*nodepb.NodeDef)
	c.Input = nil
	for _, input := range n.Input {
		if control, ok := strings.CutPrefix(input, "^"); ok {
			if m.nodes[control] {
				c.Input = append(c.Input, input)
			}
			continue
		}
		value, err := m.value(input)
		if err != nil {
			return err
		}
		c.Input = append(c.Input, value)
	}
	if (def.GetIsStateful() && n.Op != "ReadVariableOp" || len(def.OutputArg) == 0) && !m.p.runsSometimes(n.Name) {
		m.always(n.Name)
	}
	dropColocation(c, m.nodes)
	m.def.NodeDef = append(m.def.NodeDef, c)
	return nil
}

// always has a node run even where nobody takes the results.
func (m *functionMaker) always(node string) {
	if m.def.ControlRet == nil {
		m.def.ControlRet = map[string]string{}
	}
	if m.def.ControlRet[node] == "" {
		m.def.ControlRet[node] = node
		m.def.Signature.ControlOutput = append(m.def.Signature.ControlOutput, node)
	}
}

// value is what a function calls a tensor: "argument", or "node:result:1".
func (m *functionMaker) value(tensor string) (string, error) {
	if arg := m.args[canonical(tensor)]; arg != "" {
		return arg, nil
	}
	name, index, _ := strings.Cut(canonical(tensor), ":")
	i, err := strconv.Atoi(index)
	n := m.p.nodes[name]
	if err != nil || n == nil {
		return "", errorf(m.p.op, tf.Internal, "the graph has no tensor %q", tensor)
	}
	def, err := m.p.opDef(n.Op)
	if err != nil {
		return "", err
	}
	for _, o := range def.OutputArg {
		k := argSize(o, n)
		if i < k {
			return fmt.Sprintf("%s:%s:%d", name, o.Name, i), nil
		}
		i -= k
	}
	return "", errorf(m.p.op, tf.Internal, "the graph has no tensor %q", tensor)
}

// argSize is how many tensors an argument of n stands for.
func argSize(a *opdefpb.OpDef_ArgDef, n *nodepb.NodeDef) int {
	switch {
	case a.NumberAttr != "":
		return int(n.Attr[a.NumberAttr].GetI())
	case a.TypeListAttr != "":
		return len(n.Attr[a.TypeListAttr].GetList().GetType())
	}
	return 1
}

// opDef is the definition of an operation, or the signature of a function.
func (p *part) opDef(typ string) (*opdefpb.OpDef, error) {
	if def := p.opDefs[typ]; def != nil {
		return def, nil
	}
	def := &opdefpb.OpDef{}
	if f := p.libraryFunction(typ); f != nil {
		def = f.Signature
	} else {
		g := ctf.NewGraph()
		defer ctf.DeleteGraph(g)
		raw, st := ctf.OpDef(g, typ)
		if err := proto.Unmarshal(raw, def); st.Code != 0 || err != nil {
			return nil, errorf(p.op, tf.NotFound, "there is no operation %q", typ)
		}
	}
	p.opDefs[typ] = def
	return def, nil
}

func (p *part) libraryFunction(name string) *functionpb.FunctionDef {
	for _, f := range p.def.GetLibrary().GetFunction() {
		if f.GetSignature().GetName() == name {
			return f
		}
	}
	return nil
}

// wrap makes a function that calls another, of the same arguments and results,
// under a name of its own.
func (m *functionMaker) wrap(name string) *functionMaker {
	w := &functionMaker{p: m.p, captures: m.captures, def: proto.Clone(&functionpb.FunctionDef{
		Signature: m.def.Signature, Attr: m.def.Attr, ArgAttr: m.def.ArgAttr,
	}).(*functionpb.FunctionDef)}
	w.def.Signature.Name, w.def.Ret = name, map[string]string{}
	types := func(args []*opdefpb.OpDef_ArgDef) *attrpb.AttrValue {
		l := &attrpb.AttrValue_ListValue{}
		for _, a := range args {
			l.Type = append(l.Type, a.Type)
		}
		return &attrpb.AttrValue{Value: &attrpb.AttrValue_List{List: l}}
	}
	sig := w.def.Signature
	call := &nodepb.NodeDef{Name: "StatefulPartitionedCall", Op: "StatefulPartitionedCall", Attr: map[string]*attrpb.AttrValue{
		"f":      {Value: &attrpb.AttrValue_Func{Func: &attrpb.NameAttrList{Name: m.def.Signature.Name}}},
		"Tin":    types(sig.InputArg),
		"Tout":   types(sig.OutputArg),
		"config": stringAttr(""), "config_proto": stringAttr(""), "executor_type": stringAttr(""),
	}}
	for _, a := range sig.InputArg {
		call.Input = append(call.Input, a.Name)
	}
	for i, o := range sig.OutputArg {
		w.def.Ret[o.Name] = fmt.Sprintf("%s:output:%d", call.Name, i)
	}
	sig.IsStateful, sig.ControlOutput = true, nil
	w.always(call.Name)
	w.def.NodeDef = []*nodepb.NodeDef{call}
	return w
}

func stringAttr(s string) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_S{S: []byte(s)}}
}
