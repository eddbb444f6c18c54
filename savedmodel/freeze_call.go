package savedmodel

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// foldedFunction is a function for arguments some of which are values of
// variables, where it took their handles.
type foldedFunction struct {
	name    string
	results []*content
	busy    bool
}

// callAttrs are the attributes of an operation that name the functions it calls
// with its inputs.
func callAttrs(n *nodepb.NodeDef) []string {
	switch n.GetOp() {
	case "PartitionedCall", "StatefulPartitionedCall":
		return []string{"f"}
	case "If", "StatelessIf":
		return []string{"then_branch", "else_branch"}
	case "While", "StatelessWhile":
		return []string{"body", "cond"}
	case "Case", "StatelessCase":
		return []string{"branches"}
	}
	return nil
}

// choice is 1 for operations whose first input chooses what to call.
func choice(n *nodepb.NodeDef) int {
	if op := n.GetOp(); strings.HasSuffix(op, "If") || strings.HasSuffix(op, "Case") {
		return 1
	}
	return 0
}

// names are the functions that an attribute names.
func attrNames(a *attrpb.AttrValue) []*attrpb.NameAttrList {
	if one := a.GetFunc(); one != nil {
		return []*attrpb.NameAttrList{one}
	}
	return a.GetList().GetFunc()
}

// called are the functions that n calls, made for its inputs, in the order of
// its attributes.
func (f *fold) called(g *folding, n *nodepb.NodeDef) (out []*foldedFunction, err error) {
	var args []*content
	for _, in := range dataInputs(n)[choice(n):] {
		c, err := f.content(g, in)
		if err != nil {
			return nil, err
		}
		args = append(args, c)
	}
	var names []string
	for _, attr := range callAttrs(n) {
		for _, fn := range attrNames(n.GetAttr()[attr]) {
			names = append(names, fn.GetName())
		}
	}
	if f.library[n.GetOp()] != nil {
		names = []string{n.GetOp()}
	}
	for _, name := range names {
		fn, err := f.function(name, args)
		if err != nil {
			return nil, err
		}
		out = append(out, fn)
	}
	if len(out) == 0 {
		return nil, errorf(f.op, tf.DataLoss, "%q (%s) calls no function", n.GetName(), n.GetOp())
	}
	return out, nil
}

// call has n call functions that take values.
func (f *fold) call(g *folding, n *nodepb.NodeDef) error {
	called, err := f.called(g, n)
	if err != nil {
		return err
	}
	if f.library[n.GetOp()] != nil {
		n.Op = called[0].name
		return nil
	}
	at := 0
	for _, attr := range callAttrs(n) {
		a := proto.CloneOf(n.GetAttr()[attr])
		for _, fn := range attrNames(a) {
			fn.Name = called[at].name
			at++
		}
		n.Attr[attr] = a
	}
	delete(n.Attr, "_output_shapes")
	if strings.HasSuffix(n.GetOp(), "While") {
		return f.loop(g, n)
	}
	if err := f.types(g, n, "Tin", choice(n)); err != nil {
		return err
	}
	out := proto.CloneOf(n.GetAttr()["Tout"])
	for i, c := range called[0].results {
		if c != nil && i < len(out.GetList().GetType()) {
			out.GetList().Type[i] = typeAttr(c.dtype).GetType()
			delete(n.Attr, "output_shapes")
		}
	}
	n.Attr["Tout"] = out
	return nil
}

// loop sets the types and shapes of a loop's variables.
func (f *fold) loop(g *folding, n *nodepb.NodeDef) error {
	if err := f.types(g, n, "T", 0); err != nil {
		return err
	}
	shapes := proto.CloneOf(n.GetAttr()["output_shapes"])
	for i, in := range dataInputs(n) {
		c, err := f.content(g, in)
		if err != nil {
			return err
		}
		if c != nil && i < len(shapes.GetList().GetShape()) {
			shapes.GetList().Shape[i] = c.shape
		}
	}
	if shapes != nil {
		n.Attr["output_shapes"] = shapes
	}
	return nil
}

// function is the named one for arguments; nil ones stay as they are.
func (f *fold) function(name string, args []*content) (*foldedFunction, error) {
	def := f.library[name]
	if def == nil {
		return nil, errorf(f.op, tf.DataLoss, "the graph has no function %q", name)
	}
	key, changed := name, false
	for _, c := range args {
		if c == nil {
			key += " -"
			continue
		}
		key += fmt.Sprint(" ", int(c.dtype))
		changed = true
	}
	if done := f.done[key]; done != nil {
		if done.busy {
			return nil, errorf(f.op, tf.DataLoss, "function %q calls itself", name)
		}
		return done, nil
	}
	def = proto.CloneOf(def)
	out := &foldedFunction{name: name, busy: true}
	if f.done[key] = out; changed {
		out.name = f.unused(name + "_frozen")
		f.library[out.name] = def
	}
	inner := map[string]*content{}
	for i, a := range def.GetSignature().GetInputArg() {
		if inner[a.GetName()] = nil; i < len(args) && args[i] != nil {
			inner[a.GetName()] = args[i]
			a.Type = typeAttr(args[i].dtype).GetType()
			a.HandleData = nil
			delete(def.ArgAttr, uint32(i))
		}
	}
	if err := f.body(def, inner, out); err != nil {
		return nil, err
	}
	if changed {
		delete(def.Attr, "_input_shapes")
		def.ResourceArgUniqueId = nil
	}
	def.Signature.Name, out.busy = out.name, false
	f.functions = append(f.functions, def)
	return out, nil
}

// body folds the nodes of a function.
func (f *fold) body(def *functionpb.FunctionDef, args map[string]*content, out *foldedFunction) error {
	g := newFolding(def.GetNodeDef(), args, true)
	for _, a := range def.GetSignature().GetOutputArg() {
		c, err := f.content(g, def.GetRet()[a.GetName()])
		if err != nil {
			return err
		}
		if c != nil {
			a.Type, a.HandleData = typeAttr(c.dtype).GetType(), nil
		}
		out.results = append(out.results, c)
	}
	nodes, renamed, err := f.foldNodes(g)
	if err != nil {
		return err
	}
	for name, from := range def.GetRet() {
		def.Ret[name] = renamedOutput(from, renamed)
	}
	def.NodeDef = nodes
	return nil
}

// unused is a name that no function has.
func (f *fold) unused(name string) string {
	free := name
	for i := 1; f.library[free] != nil; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	return free
}
