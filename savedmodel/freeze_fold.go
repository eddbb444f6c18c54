package savedmodel

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	"google.golang.org/protobuf/proto"
)

// fold makes constants of variables: where a handle was, there is the value, in
// all that the handle passes through.
type fold struct {
	op        string
	library   map[string]*functionpb.FunctionDef
	values    map[string]*tf.Tensor // of the variables, by node
	done      map[string]*foldedFunction
	functions []*functionpb.FunctionDef // the new library
}

// content is the value that a handle is replaced by.
type content struct {
	variable string
	ref      bool // a variable of TensorFlow 1, which stands for its value
	dtype    tf.DType
	shape    *shapepb.TensorShapeProto
}

// folding is the nodes of a graph, or of a function for certain arguments.
type folding struct {
	list     []*nodepb.NodeDef
	nodes    map[string]*nodepb.NodeDef
	args     map[string]*content // nil for those that are no variables
	known    map[string]*content
	function bool
}

func newFolding(nodes []*nodepb.NodeDef, args map[string]*content, function bool) *folding {
	return &folding{list: nodes, nodes: byName(nodes), args: args, known: map[string]*content{}, function: function}
}

func isVariable(op string) bool { return op == "VarHandleOp" || op == "VariableV2" || op == "Variable" }

// read gets the values of the variables among nodes.
func (f *fold) read(ctx context.Context, s *tf.Session, nodes []*nodepb.NodeDef, readOf func(string) (tf.Output, error)) error {
	var names []string
	var reads []tf.Output
	for _, n := range nodes {
		if isVariable(n.GetOp()) {
			o, err := readOf(n.GetName())
			if err != nil {
				return err
			}
			names, reads = append(names, n.GetName()), append(reads, o)
		}
	}
	if len(reads) == 0 {
		return nil
	}
	values, err := s.Run(ctx, nil, reads)
	if err != nil {
		return err
	}
	for i, v := range values {
		f.values[names[i]] = v
	}
	return nil
}

// through are operations that hand on their first input, and so a variable.
var through = map[string]bool{
	"Identity": true, "Switch": true, "Merge": true, "Enter": true, "Exit": true, "NextIteration": true, "StopGradient": true,
	"RefIdentity": true, "RefSwitch": true, "RefMerge": true, "RefEnter": true, "RefExit": true, "RefNextIteration": true,
}

// content is what an input of a node is replaced by, nil if it is no variable.
func (f *fold) content(g *folding, input string) (*content, error) {
	if strings.HasPrefix(input, "^") {
		return nil, nil
	}
	name := nodeOf(input)
	if c, ok := g.args[name]; ok {
		return c, nil
	}
	n := g.nodes[name]
	if n == nil {
		return nil, nil
	}
	key := name
	index := 0
	if at := strings.LastIndexByte(input, ':'); at >= 0 {
		index, _ = strconv.Atoi(input[at+1:])
	}
	if callAttrs(n) != nil || n.GetOp() == "IdentityN" || f.library[n.GetOp()] != nil {
		key = fmt.Sprint(name, ":", index)
	}
	if c, ok := g.known[key]; ok {
		return c, nil
	}
	g.known[key] = nil // a loop leads here again, by the input that is not first
	c, err := f.find(g, n, index)
	g.known[key] = c
	return c, err
}

// find is content, of output index of a node.
func (f *fold) find(g *folding, n *nodepb.NodeDef, index int) (*content, error) {
	switch inputs := dataInputs(n); {
	case isVariable(n.GetOp()):
		v := f.values[n.GetName()]
		if v == nil {
			return nil, errorf(f.op, tf.Unimplemented, "variable %q is made inside a function", n.GetName())
		}
		return &content{n.GetName(), n.GetOp() != "VarHandleOp", v.DType(), v.Shape().Proto()}, nil
	case n.GetOp() == "IdentityN" && index < len(inputs):
		return f.content(g, inputs[index])
	case through[n.GetOp()]:
		for _, in := range inputs {
			if c, err := f.content(g, in); err != nil || c != nil && c.passes(n) {
				return c, err
			}
		}
	case n.GetOp() == "While" || n.GetOp() == "StatelessWhile":
		if index < len(inputs) {
			return f.content(g, inputs[index])
		}
	case callAttrs(n) != nil || f.library[n.GetOp()] != nil:
		called, err := f.called(g, n)
		if err == nil && index < len(called[0].results) {
			return called[0].results[index], nil
		}
		return nil, err
	}
	return nil, nil
}

// passes reports whether n hands on the variable, not its value.
func (c *content) passes(n *nodepb.NodeDef) bool {
	return !c.ref || strings.HasPrefix(n.GetOp(), "Ref")
}

func dataInputs(n *nodepb.NodeDef) (out []string) {
	for _, in := range n.GetInput() {
		if !strings.HasPrefix(in, "^") {
			out = append(out, in)
		}
	}
	return out
}

// nodes are those of g without variables.
func (f *fold) nodes(g *folding) ([]*nodepb.NodeDef, error) {
	out, _, err := f.foldNodes(g)
	return out, err
}

// foldNodes is nodes, and the new names of outputs in functions.
func (f *fold) foldNodes(g *folding) (out []*nodepb.NodeDef, renamed map[string]string, err error) {
	renamed = map[string]string{}
	for _, n := range g.list { // before anything changes
		for _, in := range dataInputs(n) {
			if _, err := f.content(g, in); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, n := range g.list {
		made, err := f.node(g, n, renamed)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, made...)
	}
	if g.function {
		for _, n := range out {
			renameInputs(n, renamed)
		}
	}
	return out, renamed, nil
}

func renameInputs(n *nodepb.NodeDef, renamed map[string]string) {
	for i, in := range n.GetInput() {
		n.Input[i] = renamedOutput(in, renamed)
	}
}

// renamedOutput is "read:output:0" for "read:value:0" where renamed says so.
func renamedOutput(in string, renamed map[string]string) string {
	parts := strings.Split(in, ":")
	if to := renamed[parts[0]]; to != "" && len(parts) == 3 {
		return parts[0] + ":" + to + ":" + parts[2]
	}
	return in
}

// tables are operations on what a graph alone cannot hold.
var tables = regexp.MustCompile(`HashTable|^Lookup|^InitializeTable|Iterator|Queue|^Barrier|BoostedTrees|^TensorForest`)

// node is n without variables, and what it needs beside it.
func (f *fold) node(g *folding, n *nodepb.NodeDef, renamed map[string]string) ([]*nodepb.NodeDef, error) {
	var first *content
	for _, in := range dataInputs(n) {
		c, err := f.content(g, in)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = c
		}
	}
	one := []*nodepb.NodeDef{n}
	switch op := n.GetOp(); {
	case isVariable(op):
		return one, f.constant(g, n, renamed)
	case tables.MatchString(op):
		return nil, errorf(f.op, tf.Unimplemented, "%q (%s) uses a table or queue, which a frozen graph cannot hold", n.GetName(), op)
	case callAttrs(n) != nil || f.library[op] != nil:
		return one, f.call(g, n)
	case first == nil, through[op] && !first.passes(n):
		return one, nil
	case through[op]:
		n.Op = strings.TrimPrefix(op, "Ref")
		n.Attr["T"] = typeAttr(first.dtype)
		delete(n.Attr, "_output_shapes")
		return one, nil
	case op == "IdentityN":
		return one, f.types(g, n, "T", 0)
	}
	return f.use(g, n, first, renamed)
}

// constant makes a constant of a variable.
func (f *fold) constant(g *folding, n *nodepb.NodeDef, renamed map[string]string) error {
	c, err := f.content(g, n.GetName())
	if err != nil {
		return err
	}
	value, err := tensorProto(f.values[c.variable])
	if err != nil {
		return err
	}
	n.Op, n.Attr = "Const", constantAttrs(value)
	renamed[n.GetName()] = "output"
	return nil
}

// use replaces an operation on a variable by the one on its value.
func (f *fold) use(g *folding, n *nodepb.NodeDef, c *content, renamed map[string]string) ([]*nodepb.NodeDef, error) {
	old := n.GetAttr()
	dtype, out := typeAttr(c.dtype), []*nodepb.NodeDef{n}
	switch n.GetOp() {
	case "ReadVariableOp":
		n.Op, n.Attr = "Identity", map[string]*attrpb.AttrValue{"T": dtype}
		renamed[n.GetName()] = "output"
	case "VariableShape":
		n.Op, n.Attr = "Shape", map[string]*attrpb.AttrValue{"T": dtype, "out_type": old["out_type"]}
	case "ResourceGatherNd":
		n.Op, n.Attr = "GatherNd", map[string]*attrpb.AttrValue{"Tparams": dtype, "Tindices": old["Tindices"]}
	case "ResourceGather":
		axis, err := tf.NewScalar(int32(old["batch_dims"].GetI()))
		if err != nil {
			return nil, err
		}
		defer axis.Close()
		value, err := tensorProto(axis)
		if err != nil {
			return nil, err
		}
		at := n.GetName() + "/axis"
		for g.nodes[at] != nil {
			at += "_1"
		}
		k := &nodepb.NodeDef{Name: at, Op: "Const", Attr: constantAttrs(value), Device: n.GetDevice()}
		out = append(out, k)
		if g.function {
			at += ":output:0"
		}
		n.Input = slices.Insert(n.Input, 2, at)
		n.Op, n.Attr = "GatherV2", map[string]*attrpb.AttrValue{"Tparams": dtype, "Tindices": old["Tindices"],
			"Taxis": typeAttr(tf.Int32), "batch_dims": {Value: &attrpb.AttrValue_I{I: old["batch_dims"].GetI()}}}
	default:
		if plainInput(n, c) {
			return out, nil
		}
		return nil, errorf(f.op, tf.Unimplemented, "%q (%s) does more with variable %q than read it", n.GetName(), n.GetOp(), c.variable)
	}
	return out, nil
}

// plainInput reports whether an operation takes the value of a variable of
// TensorFlow 1 without changing it: such a variable stands for its value.
func plainInput(n *nodepb.NodeDef, c *content) bool {
	op := n.GetOp()
	writes := strings.HasPrefix(op, "Assign") || strings.HasPrefix(op, "Scatter") || strings.HasPrefix(op, "Apply") ||
		strings.HasPrefix(op, "SparseApply") || strings.HasPrefix(op, "CountUpTo") || strings.HasPrefix(op, "Resource") ||
		strings.Contains(op, "VariableOp") || op == "IsVariableInitialized"
	return c.ref && !writes
}

// types sets the types of a list of inputs, from the given one on.
func (f *fold) types(g *folding, n *nodepb.NodeDef, attr string, from int) error {
	a := proto.CloneOf(n.GetAttr()[attr])
	list := a.GetList().GetType()
	for i, in := range dataInputs(n) {
		c, err := f.content(g, in)
		if err != nil {
			return err
		}
		if at := i - from; c != nil && at >= 0 && at < len(list) {
			list[at] = typeAttr(c.dtype).GetType()
		}
	}
	n.Attr[attr] = a
	return nil
}
