package inspect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/tf"
)

// drawGraphDef makes a drawing of a graph and of each of its functions, those
// that the graph's ends call first. ends says which nodes are inputs and outputs;
// if there are any, the graph is drawn without what they do not need.
func drawGraphDef(g *graphpb.GraphDef, ends map[string]string) []*drawing.Graph {
	nodes := neededNodes(g.GetNode(), ends)
	main := newNodesDrawing("main graph")
	main.nodes(nodes, ends)
	out := []*drawing.Graph{main.finish()}
	for _, f := range callOrder(nodes, g.GetLibrary().GetFunction()) {
		out = append(out, drawFunction(f))
	}
	return out
}

func drawFunction(f *functionpb.FunctionDef) *drawing.Graph {
	s := f.GetSignature()
	d := newNodesDrawing("function " + terminal.Printable(s.GetName()))
	for _, a := range s.GetInputArg() {
		if tf.DType(a.GetType()) == tf.Resource {
			d.resources[a.GetName()] = true
			d.constants[a.GetName()] = "variable"
			continue
		}
		d.place[a.GetName()] = d.add(drawing.Node{Label: terminal.Printable(a.GetName()), Note: typeText(tf.DType(a.GetType())), Class: drawing.Input})
	}
	d.nodes(f.GetNodeDef(), nil)
	for _, a := range s.GetOutputArg() {
		at := d.add(drawing.Node{Label: terminal.Printable(a.GetName()), Note: typeText(tf.DType(a.GetType())), Class: drawing.Output})
		d.edge(f.GetRet()[a.GetName()], at)
	}
	return d.finish()
}

// neededNodes are those that lead to the outputs among ends; all if there are
// none.
func neededNodes(nodes []*nodepb.NodeDef, ends map[string]string) []*nodepb.NodeDef {
	byName, need := map[string]*nodepb.NodeDef{}, map[string]bool{}
	for _, n := range nodes {
		byName[n.GetName()] = n
	}
	for todo := slices.Sorted(maps.Keys(ends)); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n := byName[name]; n != nil && !need[name] {
			need[name] = true
			for _, in := range n.GetInput() {
				todo = append(todo, tensorNode(in))
			}
		}
	}
	if len(need) == 0 {
		return nodes
	}
	return slices.DeleteFunc(slices.Clone(nodes), func(n *nodepb.NodeDef) bool { return !need[n.GetName()] })
}

// callOrder sorts functions: those that nodes call, what these call, and so on,
// then the others, those with most operators first.
func callOrder(nodes []*nodepb.NodeDef, functions []*functionpb.FunctionDef) []*functionpb.FunctionDef {
	out := called(nodes, functions)
	seen := map[*functionpb.FunctionDef]bool{}
	for _, f := range out {
		seen[f] = true
	}
	for _, f := range sortedBy(functions, func(f *functionpb.FunctionDef) int64 { return -int64(len(f.GetNodeDef())) }) {
		if !seen[f] {
			out = append(out, f)
		}
	}
	return out
}

// called are the functions that nodes call, what these call, and so on.
func called(nodes []*nodepb.NodeDef, functions []*functionpb.FunctionDef) (out []*functionpb.FunctionDef) {
	byName := map[string]*functionpb.FunctionDef{}
	for _, f := range functions {
		byName[f.GetSignature().GetName()] = f
	}
	take := func(name string) {
		if f := byName[name]; f != nil {
			delete(byName, name)
			out = append(out, f)
		}
	}
	calls := func(nodes []*nodepb.NodeDef) {
		for _, n := range nodes {
			take(n.GetOp())
			for _, name := range slices.Sorted(maps.Keys(n.GetAttr())) {
				take(n.GetAttr()[name].GetFunc().GetName())
				for _, f := range n.GetAttr()[name].GetList().GetFunc() {
					take(f.GetName())
				}
			}
		}
	}
	calls(nodes)
	for i := 0; i < len(out); i++ {
		calls(out[i].GetNodeDef())
	}
	return out
}

// nodesDrawing draws the nodes of a graph or function. Constants, and variables
// that are read, stand in the tips of what uses them.
type nodesDrawing struct {
	out       *drawing.Graph
	place     map[string]int
	constants map[string]string // by name: what it is
	resources map[string]bool   // variables
}

func newNodesDrawing(title string) *nodesDrawing {
	return &nodesDrawing{&drawing.Graph{Title: title}, map[string]int{}, map[string]string{}, map[string]bool{}}
}

func (d *nodesDrawing) add(n drawing.Node) int {
	d.out.Nodes = append(d.out.Nodes, n)
	return len(d.out.Nodes) - 1
}

func (d *nodesDrawing) edge(tensor string, to int) {
	if from, ok := d.place[tensorNode(tensor)]; ok {
		d.out.Edges = append(d.out.Edges, drawing.Edge{From: from, To: to, Tip: clipLine(terminal.Printable(tensor))})
	}
}

// constant is what a node that is not drawn stands for, or "".
func (d *nodesDrawing) constant(n *nodepb.NodeDef) string {
	switch in := n.GetInput(); {
	case n.GetOp() == "Const":
		t := n.GetAttr()["value"].GetTensor()
		return fmt.Sprintf("constant %v %s", tf.DType(t.GetDtype()), shapeDims(tf.ShapeOf(t.GetTensorShape())))
	case n.GetOp() == "VarHandleOp":
		d.resources[n.GetName()] = true
		a := n.GetAttr()
		return fmt.Sprintf("variable %v %s", tf.DType(a["dtype"].GetType()), shapeDims(tf.ShapeOf(a["shape"].GetShape())))
	case n.GetOp() == "ReadVariableOp" && len(in) > 0 && d.resources[tensorNode(in[0])]:
		return "variable " + clipLine(terminal.Printable(tensorNode(in[0])))
	case n.GetOp() == "Identity" && len(in) > 0:
		return d.constants[tensorNode(in[0])]
	case simpleOp[n.GetOp()] && d.fromConstants(in):
		return n.GetOp() + " of " + d.constants[tensorNode(in[0])]
	}
	return ""
}

// simpleOp are operators that stand between a variable and its use, as in batch
// normalization.
var simpleOp = map[string]bool{
	"Reshape": true, "Cast": true, "AddV2": true, "Sub": true, "Mul": true, "Neg": true, "Rsqrt": true, "Sqrt": true,
	"RealDiv": true, "ExpandDims": true, "Squeeze": true, "Transpose": true, "Pack": true, "ConcatV2": true, "StridedSlice": true,
}

func (d *nodesDrawing) fromConstants(inputs []string) bool {
	return len(inputs) > 0 && !slices.ContainsFunc(inputs, func(in string) bool {
		return !strings.HasPrefix(in, "^") && d.constants[tensorNode(in)] == ""
	})
}

// mostFolds is how often fold looks again: what it does not find by then is drawn.
const mostFolds = 16

// fold notes what is not drawn. Nodes may come before their inputs, so that
// several rounds are needed.
func (d *nodesDrawing) fold(nodes []*nodepb.NodeDef, ends map[string]string) {
	more := true
	for round := 0; more && round < mostFolds; round++ {
		more = false
		for _, n := range nodes {
			if ends[n.GetName()] != "" || d.constants[n.GetName()] != "" {
				continue
			}
			if text := d.constant(n); text != "" {
				d.constants[n.GetName()] = clipLine(text)
				more = true
			}
		}
	}
}

func (d *nodesDrawing) nodes(nodes []*nodepb.NodeDef, ends map[string]string) {
	d.fold(nodes, ends)
	for _, n := range nodes {
		if d.constants[n.GetName()] != "" {
			continue
		}
		d.place[n.GetName()] = d.add(drawing.Node{Label: terminal.Printable(n.GetOp()), Note: lastParts(n.GetName()), Class: nodeClass(n, ends), Scope: n.GetName()})
	}
	for _, n := range nodes {
		at, ok := d.place[n.GetName()]
		if !ok {
			continue
		}
		lines := []string{n.GetOp() + " " + clipLine(terminal.Printable(n.GetName()))}
		if end := ends[n.GetName()]; end != "" {
			lines = append(lines, end)
		}
		for _, in := range n.GetInput() {
			if strings.HasPrefix(in, "^") { // an order only: too many lines
				lines = append(lines, "after "+clipLine(terminal.Printable(in[1:])))
				continue
			}
			d.edge(in, at)
			if text, ok := d.constants[tensorNode(in)]; ok {
				lines = append(lines, clipLine(terminal.Printable(tensorNode(in)))+": "+text)
			}
		}
		d.out.Nodes[at].Tip = tipText(append(lines, attrLines(n.GetAttr())...))
	}
}

// finish leaves out the NoOps that wait for nothing that is drawn.
func (d *nodesDrawing) finish() *drawing.Graph {
	return d.out.Without(func(i int) bool { return d.out.Nodes[i].Label == "NoOp" })
}

func nodeClass(n *nodepb.NodeDef, ends map[string]string) drawing.Class {
	switch end := ends[n.GetName()]; {
	case strings.HasPrefix(end, "input"):
		return drawing.Input
	case end != "":
		return drawing.Output
	case n.GetOp() == "Placeholder":
		return drawing.Input
	case strings.HasPrefix(n.GetOp(), "Variable"):
		return drawing.Constant
	}
	return drawing.Op
}

// lastParts is the end of a name in scopes.
func lastParts(name string) string {
	at := strings.LastIndexByte(name, '/')
	return terminal.Printable(name[strings.LastIndexByte(name[:max(at, 0)], '/')+1:])
}

func typeText(d tf.DType) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// attrLines are the attributes that say most, one a line.
func attrLines(attrs map[string]*attrpb.AttrValue) (lines []string) {
	for name, a := range attrs {
		if text := attrText(a); text != "" && !strings.HasPrefix(name, "_") || name == "_output_shapes" {
			lines = append(lines, clipLine(terminal.Printable(name)+" = "+cmp.Or(text, "?")))
		}
	}
	slices.Sort(lines)
	return lines
}

func attrText(a *attrpb.AttrValue) string {
	switch v := a.GetValue().(type) {
	case *attrpb.AttrValue_S:
		return bytesSample(v.S)
	case *attrpb.AttrValue_I:
		return fmt.Sprint(v.I)
	case *attrpb.AttrValue_F:
		return Real(v.F).String()
	case *attrpb.AttrValue_B:
		return fmt.Sprint(v.B)
	case *attrpb.AttrValue_Type:
		return tf.DType(v.Type).String()
	case *attrpb.AttrValue_Shape:
		return tf.ShapeOf(v.Shape).String()
	case *attrpb.AttrValue_Func:
		return terminal.Printable(v.Func.GetName())
	case *attrpb.AttrValue_List:
		return attrList(v.List)
	}
	return ""
}

func attrList(l *attrpb.AttrValue_ListValue) string {
	var parts []string
	for _, i := range l.GetI() {
		parts = append(parts, fmt.Sprint(i))
	}
	for _, s := range l.GetShape() {
		parts = append(parts, tf.ShapeOf(s).String())
	}
	if len(parts) > 8 {
		parts = append(parts[:8], "...")
	}
	return strings.Join(parts, ", ")
}
