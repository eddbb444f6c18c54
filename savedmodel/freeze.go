package savedmodel

import (
	"context"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// textEnding is that of a GraphDef as text.
const textEnding = ".pbtxt"

// Freeze writes a signature as a frozen graph, a file with one GraphDef in which
// variables are constants, also where functions and loops use them. Its inputs
// are placeholders with the names of the signature's inputs and its outputs
// nodes with the names of the outputs; a name that another node has gets "_1".
// A path that ends in ".pbtxt" is written as text. Folders that lead to it are
// made.
//
// A signature that changes variables, uses tables or reads an asset file cannot
// be frozen; the error is Unimplemented and names the operation or file.
func (m *Model) Freeze(ctx context.Context, path, signature string) error {
	if err := m.ready(ctx, "freeze "+path); err != nil {
		return err
	}
	f := m.functions[signature]
	if f == nil {
		return NoSignature("freeze "+path, signature, m.signs)
	}
	e := f.endpoints()
	if len(e.Inputs) < len(f.Inputs) || len(e.Outputs) < len(f.Outputs) {
		return errorf("freeze "+path, tf.Unimplemented, "signature %q has inputs or outputs that are sparse or composite tensors", signature)
	}
	return m.FreezeEndpoints(ctx, path, e)
}

// FreezeEndpoints is [Model.Freeze] for another part of the graph of
// [Model.Session], such as several signatures together.
func (m *Model) FreezeEndpoints(ctx context.Context, path string, e Endpoints) error {
	if err := m.ready(ctx, "freeze "+path); err != nil {
		return err
	}
	return freezeGraph(ctx, path, m.session, e, m.readOf, assetNodes(m.meta))
}

// Freeze writes a part of a session's graph as a frozen graph, as [Model.Freeze]
// does. Reads of variables are added to the graph.
func Freeze(ctx context.Context, path string, s *tf.Session, e Endpoints) error {
	if s == nil {
		return errorf("freeze "+path, tf.InvalidArgument, "the session is nil")
	}
	return freezeGraph(ctx, path, s, e, func(node string) (tf.Output, error) { return readVariable(s.Graph(), node) }, nil)
}

// freezeGraph is Freeze; readOf gives the value of a variable, assets are the
// nodes that give the paths of files.
func freezeGraph(ctx context.Context, path string, s *tf.Session, e Endpoints, readOf func(node string) (tf.Output, error), assets map[string]string) error {
	op := "freeze " + path
	if len(e.Outputs) == 0 {
		return errorf(op, tf.InvalidArgument, "there are no outputs")
	}
	for _, named := range []map[string]tf.Output{e.Inputs, e.Outputs} {
		for name, o := range named {
			if o.IsNil() || !in(s.Graph(), o) {
				return errorf(op, tf.InvalidArgument, "%q is no tensor of the session's graph", name)
			}
		}
	}
	def, err := s.Graph().Def()
	if err != nil {
		return err
	}
	c := &cut{nodes: byName(def.GetNode()), inputs: map[string]string{}}
	c.take(e)
	if err := c.refuseAssets(op, assets); err != nil {
		return err
	}
	f := &fold{op: op, library: map[string]*functionpb.FunctionDef{}, values: map[string]*tf.Tensor{}, done: map[string]*foldedFunction{}}
	defer func() { closeAll(slices.Collect(maps.Values(f.values))) }()
	for _, fn := range def.GetLibrary().GetFunction() {
		f.library[fn.GetSignature().GetName()] = fn
	}
	if err := f.read(ctx, s, c.def, readOf); err != nil {
		return err
	}
	nodes, err := f.nodes(newFolding(c.def, nil, false))
	if err != nil {
		return err
	}
	out := &graphpb.GraphDef{Node: nodes, Versions: def.GetVersions(), Library: &functionpb.FunctionDefLibrary{Function: f.functions}}
	return writeGraph(op, path, out)
}

// writeGraph writes the file whole.
func writeGraph(op, path string, def *graphpb.GraphDef) error {
	if n := proto.Size(def); n > math.MaxInt32 {
		return errorf(op, tf.ResourceExhausted, "the graph with its constants has %d bytes; the most that such a file can hold are 2 GiB", n)
	}
	marshal := proto.MarshalOptions{Deterministic: true}.Marshal
	if filepath.Ext(path) == textEnding {
		marshal = prototext.MarshalOptions{Multiline: true}.Marshal
	}
	raw, err := marshal(def)
	if err != nil {
		return errorf(op, tf.InvalidArgument, "%v", err)
	}
	undo, err := atomicfile.MkdirAll(filepath.Dir(path))
	if err != nil {
		return fileError(op, err)
	}
	err = atomicfile.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		undo()
		return fileError(op, err)
	}
	return nil
}

// cut is the part of a graph between inputs and outputs.
type cut struct {
	nodes  map[string]*nodepb.NodeDef
	inputs map[string]string // names of placeholders, by the tensors they stand for
	names  map[string]bool   // of the nodes of the part
	def    []*nodepb.NodeDef
}

// take collects the nodes, with placeholders for the inputs and nodes with the
// names of the outputs.
func (c *cut) take(e Endpoints) {
	for _, o := range e.Inputs {
		c.inputs[o.Name()] = ""
	}
	var todo []string
	follow := func(input string) {
		if _, ok := c.inputs[canonical(input)]; !ok {
			todo = append(todo, nodeOf(input))
		}
	}
	for _, o := range e.Outputs {
		follow(o.Name())
	}
	c.names = map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n := c.nodes[name]; n != nil && !c.names[name] && !c.isInput(n) {
			c.names[name] = true
			c.def = append(c.def, n)
			for _, in := range n.GetInput() {
				follow(in)
			}
		}
	}
	slices.SortFunc(c.def, func(a, b *nodepb.NodeDef) int { return strings.Compare(a.GetName(), b.GetName()) })
	for _, name := range sortedKeys(e.Inputs) {
		o := e.Inputs[name]
		c.inputs[o.Name()] = c.add(name, "Placeholder", nil, map[string]*attrpb.AttrValue{
			"dtype": typeAttr(o.DType()), "shape": {Value: &attrpb.AttrValue_Shape{Shape: o.Shape().Proto()}},
		})
	}
	for _, n := range c.def {
		dropColocation(n, c.names)
		for i, input := range n.GetInput() {
			n.Input[i] = c.renamed(input)
		}
	}
	for _, name := range sortedKeys(e.Outputs) {
		o := e.Outputs[name]
		if o.Name() == name+":0" && c.names[name] && c.inputs[o.Name()] == "" {
			continue // the node has that name
		}
		c.add(name, "Identity", []string{c.renamed(o.Name())}, map[string]*attrpb.AttrValue{"T": typeAttr(o.DType())})
	}
}

// isInput is whether a placeholder is only reached to wait for it.
func (c *cut) isInput(n *nodepb.NodeDef) bool {
	_, ok := c.inputs[n.GetName()+":0"]
	return ok && n.GetOp() == "Placeholder"
}

// renamed is an input of a node, or the placeholder that stands for it.
func (c *cut) renamed(input string) string {
	if wait, ok := strings.CutPrefix(input, "^"); ok {
		if n := c.nodes[wait]; n != nil && c.isInput(n) {
			return "^" + c.inputs[wait+":0"]
		}
		return input
	}
	if to := c.inputs[canonical(input)]; to != "" {
		return to
	}
	return input
}

func (c *cut) add(name, op string, inputs []string, attrs map[string]*attrpb.AttrValue) string {
	name = numbered(nodeName(name), c.names)
	c.def = append(c.def, &nodepb.NodeDef{Name: name, Op: op, Input: inputs, Attr: attrs})
	return name
}
