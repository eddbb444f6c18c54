package savedmodel

import (
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// restored says where a variable gets its value from when the model is loaded.
type restored struct {
	node       string // of the graph: the variable's handle or, in TensorFlow 1, itself
	key, slice string // in the checkpoint; the slice is "" for all of the value
}

// restored reads the program that restores the model's variables.
func (m *Model) restored() ([]restored, error) {
	name, _, _ := strings.Cut(m.meta.GetSaverDef().GetRestoreOpName(), ":")
	if name == "" {
		return m.added, nil
	}
	t := &tracer{library: map[string]*functionpb.FunctionDef{}, seen: map[restored]bool{}}
	for _, f := range m.meta.GetGraphDef().GetLibrary().GetFunction() {
		t.library[f.GetSignature().GetName()] = f
	}
	main := newFrame(m.meta.GetGraphDef().GetNode(), nil)
	if main.nodes[name] == nil {
		return nil, errorf("read the saver", tf.DataLoss, "the graph has no operation %q", name)
	}
	t.reach(main, name)
	return append(t.found, m.added...), nil
}

// tracer follows values through a graph and the functions it calls.
type tracer struct {
	library map[string]*functionpb.FunctionDef
	found   []restored
	seen    map[restored]bool
	depth   int
}

// frame is a graph, or a call of a function with its arguments.
type frame struct {
	nodes   map[string]*nodepb.NodeDef
	args    map[string]traced
	reached map[string]bool
}

// traced is what is known of a value: that it is a variable, or was read from a
// checkpoint.
type traced struct {
	variable   string
	key, slice string
}

func newFrame(nodes []*nodepb.NodeDef, args map[string]traced) *frame {
	return &frame{nodes: byName(nodes), args: args, reached: map[string]bool{}}
}

// mostCalls bounds calls within calls.
const mostCalls = 32

// reach visits the operations that name needs, and notes the assignments.
func (t *tracer) reach(f *frame, name string) {
	todo := []string{name}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		n := f.nodes[name]
		if n == nil || f.reached[name] {
			continue
		}
		f.reached[name] = true
		for _, in := range n.GetInput() {
			todo = append(todo, nodeOf(in))
		}
		switch n.GetOp() {
		case "AssignVariableOp", "Assign":
			if len(n.GetInput()) >= 2 {
				t.assign(t.value(f, n.GetInput()[0], 0), t.value(f, n.GetInput()[1], 0))
			}
		case "PartitionedCall", "StatefulPartitionedCall":
			t.call(f, n)
		}
	}
}

func (t *tracer) assign(to, value traced) {
	r := restored{to.variable, value.key, value.slice}
	if r.node != "" && r.key != "" && !t.seen[r] {
		t.seen[r] = true
		t.found = append(t.found, r)
	}
}

// call visits all of the function that n calls.
func (t *tracer) call(f *frame, n *nodepb.NodeDef) {
	callee := t.library[n.GetAttr()["f"].GetFunc().GetName()]
	if callee == nil || t.depth >= mostCalls {
		return
	}
	t.depth++
	defer func() { t.depth-- }()
	args := map[string]traced{}
	for i, a := range callee.GetSignature().GetInputArg() {
		if i < len(n.GetInput()) {
			args[a.GetName()] = t.value(f, n.GetInput()[i], 0)
		}
	}
	inner := newFrame(callee.GetNodeDef(), args)
	for _, n := range callee.GetNodeDef() {
		t.reach(inner, n.GetName())
	}
}

// value finds out what an input of a node is.
func (t *tracer) value(f *frame, input string, hops int) traced {
	name := nodeOf(input)
	if v, ok := f.args[name]; ok {
		return v
	}
	n := f.nodes[name]
	if n == nil || hops > 1000 {
		return traced{}
	}
	switch n.GetOp() {
	case "VarHandleOp", "VariableV2", "Variable":
		return traced{variable: name}
	case "Identity", "Reshape", "EnsureShape":
		if len(n.GetInput()) > 0 {
			return t.value(f, n.GetInput()[0], hops+1)
		}
	case "RestoreV2":
		return f.read(n, input)
	}
	return traced{}
}

// read is output i of a RestoreV2.
func (f *frame) read(n *nodepb.NodeDef, output string) traced {
	i := 0
	if at := strings.LastIndexByte(output, ':'); at >= 0 {
		i, _ = strconv.Atoi(output[at+1:])
	}
	if len(n.GetInput()) < 3 {
		return traced{}
	}
	keys, slices := f.strings(n.GetInput()[1]), f.strings(n.GetInput()[2])
	if i < 0 || i >= len(keys) || i >= len(slices) {
		return traced{}
	}
	return traced{key: keys[i], slice: slices[i]}
}

// strings are the values of a constant.
func (f *frame) strings(input string) []string {
	n := f.nodes[nodeOf(input)]
	if n.GetOp() != "Const" {
		return nil
	}
	p := n.GetAttr()["value"].GetTensor()
	size := int64(1)
	for _, d := range p.GetTensorShape().GetDim() {
		size *= d.GetSize()
	}
	var out []string
	for _, s := range p.GetStringVal() {
		out = append(out, string(s))
	}
	for len(out) > 0 && int64(len(out)) < min(size, 1<<20) {
		out = append(out, out[len(out)-1]) // the last stands for those that are left out
	}
	return out
}
