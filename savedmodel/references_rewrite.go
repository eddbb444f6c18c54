package savedmodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// rewriter makes the graph with handles.
type rewriter struct {
	r       *references
	handles map[string]string // operation of a variable -> of its handle
	shared  map[*refVariable]string
	values  map[string]string // reference in a branch or loop -> the read of it
	inputs  map[use]string    // that are to be other reads
	inside  map[place]string  // operations that hand on handles into branches and loops
	out     []*nodepb.NodeDef
}

// withHandles is a model with resource variables in the place of its reference
// variables, and the names of the operations of those, by that of the handle. It
// is nil if there is nothing to replace. The given model stays as it is.
func withHandles(meta *pb.MetaGraphDef) (*pb.MetaGraphDef, map[string]string) {
	r := newReferences(meta)
	if r == nil {
		return nil, nil
	}
	r.follow()
	for _, v := range r.variables {
		if v.kept == "" {
			r.order(v)
		}
	}
	r.keepTogether()
	w := &rewriter{r, map[string]string{}, map[*refVariable]string{}, map[string]string{}, map[use]string{}, map[place]string{}, nil}
	names := w.nameHandles()
	if len(names) == 0 {
		return nil, nil
	}
	signatures := w.reads(meta.GetSignatureDef())
	for _, n := range r.list {
		w.node(n)
	}
	old := meta.GetGraphDef()
	return &pb.MetaGraphDef{
		MetaInfoDef: meta.MetaInfoDef, SaverDef: meta.SaverDef, CollectionDef: meta.CollectionDef, SignatureDef: signatures,
		AssetFileDef: meta.AssetFileDef, ObjectGraphDef: meta.ObjectGraphDef,
		GraphDef: &graphpb.GraphDef{Node: w.out, Versions: old.GetVersions(), Library: old.GetLibrary(), DebugInfo: old.GetDebugInfo()},
	}, names
}

// nameHandles names the handles of the variables that are replaced.
func (w *rewriter) nameHandles() map[string]string {
	names := map[string]string{}
	for _, v := range w.r.variables {
		for _, n := range v.ops {
			if v.kept != "" {
				continue
			}
			h := w.unused(n.GetName() + "/handle")
			w.handles[n.GetName()], names[h] = h, n.GetName()
			if w.shared[v] == "" {
				w.shared[v] = h
			}
		}
	}
	return names
}

func (w *rewriter) unused(name string) string {
	name = numbered(name, w.r.taken)
	w.r.taken[name] = true
	return name
}

// reads adds the reads that operations and signatures need of their own.
func (w *rewriter) reads(signatures map[string]*pb.SignatureDef) map[string]*pb.SignatureDef {
	out := map[string]*pb.SignatureDef{}
	for key, s := range signatures {
		out[key] = proto.CloneOf(s)
		for _, t := range out[key].GetOutputs() {
			if isRefType(t.GetDtype()) && w.r.converted(t.GetName()) != nil {
				t.Dtype -= firstRef - 1
			}
		}
	}
	for _, v := range w.r.variables {
		for _, l := range v.reads {
			if v.kept != "" {
				continue
			}
			if l.node == nil {
				w.readFor(out[l.signature], l)
				continue
			}
			name := w.read(w.unused(l.node.GetName()+"/read"), l.from, w.handleIn(l.in, l.from), l.wait)
			for _, i := range l.inputs {
				w.inputs[use{l.node, i}] = name
			}
		}
		for _, t := range v.tensors {
			w.valueOf(t)
		}
	}
	return out
}

// readFor replaces a result of a signature.
func (w *rewriter) readFor(s *pb.SignatureDef, l *lateRead) {
	name := w.read(w.unused(nodeOf(l.tensor)+"/result"), l.from, w.handle(l.from), l.wait)
	for _, t := range s.GetOutputs() {
		if t.GetName() != "" && canonical(t.GetName()) == l.tensor {
			t.Encoding = &pb.TensorInfo_Name{Name: name + ":0"}
		}
	}
}

// valueOf adds the read of a reference in a branch or loop, where one is needed:
// such an operation hands on a handle, and its name cannot stand for the value.
func (w *rewriter) valueOf(t *refTensor) {
	if t.variable.kept != "" || t.from.GetOp() != "RefSwitch" && t.from.GetOp() != "RefEnter" {
		return
	}
	for _, u := range w.r.uses[t.from.GetName()] {
		if canonical(u.node.GetInput()[u.input]) == t.name && u.input >= refInputs(u.node) && w.inputs[u] == "" {
			if w.values[t.name] == "" {
				w.values[t.name] = w.read(w.unused(t.from.GetName()+"/value"), t, w.handle(t), nil)
			}
			w.inputs[u] = w.values[t.name]
		}
	}
}

// handleIn is the handle for a reference in a place where only values of it are.
func (w *rewriter) handleIn(in *place, t *refTensor) string {
	if in == nil {
		return w.handle(t)
	}
	key := *in
	key.index = 0
	if w.inside[key] == "" {
		inputs := append([]string{w.handleIn(in.outer, t)}, in.node.GetInput()[1:]...)
		for i, input := range inputs {
			if strings.HasPrefix(input, "^") {
				inputs[i] = w.control(input[1:])
			}
		}
		attrs := map[string]*attrpb.AttrValue{}
		maps.Copy(attrs, in.node.GetAttr())
		delete(attrs, "_output_shapes")
		attrs["T"] = typeAttr(tf.Resource)
		w.inside[key] = w.unused(in.node.GetName() + "/handle")
		w.add(t.from, w.inside[key], in.node.GetOp(), inputs, attrs)
	}
	return fmt.Sprintf("%s:%d", w.inside[key], in.index)
}

// read adds a read of a variable.
func (w *rewriter) read(name string, t *refTensor, handle string, wait []string) string {
	inputs := []string{handle}
	for _, n := range wait {
		inputs = append(inputs, w.control(n))
	}
	w.add(t.from, name, "ReadVariableOp", inputs, map[string]*attrpb.AttrValue{"dtype": t.dtype()})
	return name
}

// add adds a node where another one is.
func (w *rewriter) add(at *nodepb.NodeDef, name, op string, inputs []string, attrs map[string]*attrpb.AttrValue) {
	for key, a := range at.GetAttr() {
		if strings.HasPrefix(key, "_") && key != "_output_shapes" {
			attrs[key] = a
		}
	}
	w.out = append(w.out, &nodepb.NodeDef{Name: name, Op: op, Input: inputs, Attr: attrs, Device: at.GetDevice(),
		ExperimentalDebugInfo: at.GetExperimentalDebugInfo()})
}

func (t *refTensor) dtype() *attrpb.AttrValue { return t.variable.ops[0].GetAttr()["dtype"] }

// control is the control input that waits for an operation of the old graph.
func (w *rewriter) control(node string) string {
	if h := w.handles[node]; h != "" {
		return "^" + h // the variable may have no value yet
	}
	return "^" + node
}

// handle is the tensor with the handle for a reference.
func (w *rewriter) handle(t *refTensor) string {
	for {
		switch n := t.from; {
		case w.handles[n.GetName()] != "":
			return w.handles[n.GetName()]
		case n.GetOp() == "RefSwitch", n.GetOp() == "RefEnter":
			return t.name
		default: // returns what it takes
			t = w.r.converted(n.GetInput()[0])
		}
	}
}

// node adds what stands for a node of the old graph.
func (w *rewriter) node(n *nodepb.NodeDef) {
	if h := w.handles[n.GetName()]; h != "" {
		w.variable(n, h)
		return
	}
	inputs, wait := slices.Clone(n.GetInput()), []string{}
	for i, in := range inputs {
		if strings.HasPrefix(in, "^") {
			inputs[i] = w.control(in[1:])
		} else if to := w.inputs[use{n, i}]; to != "" {
			inputs[i] = to
		}
	}
	first := (*refTensor)(nil)
	for i := range min(refInputs(n), len(inputs)) {
		t := w.r.converted(inputs[i])
		if t == nil {
			break // it is kept, with all of them
		}
		if i == 0 {
			first = t
		}
		inputs[i] = w.handle(t)
		if from := t.from.GetName(); w.handles[from] == "" && !slices.Contains(wait, "^"+from) && nodeOf(inputs[i]) != from {
			wait = append(wait, "^"+from)
		}
	}
	if inputs = append(inputs, wait...); first != nil {
		w.reference(n, first, inputs)
		return
	}
	w.out = append(w.out, &nodepb.NodeDef{Name: n.GetName(), Op: n.GetOp(), Input: inputs, Attr: n.GetAttr(), Device: n.GetDevice(),
		ExperimentalDebugInfo: n.GetExperimentalDebugInfo()})
}

// variable adds a handle and the read of the variable.
func (w *rewriter) variable(n *nodepb.NodeDef, handle string) {
	v := w.r.tensors[n.GetName()+":0"].variable
	shape := n.GetAttr()["shape"]
	if v.resized || n.GetOp() == "Variable" && len(shape.GetShape().GetDim()) == 0 {
		shape = &attrpb.AttrValue{Value: &attrpb.AttrValue_Shape{Shape: tf.Shape(nil).Proto()}}
	}
	text := func(s string) *attrpb.AttrValue { return &attrpb.AttrValue{Value: &attrpb.AttrValue_S{S: []byte(s)}} }
	var wait []string
	for _, in := range n.GetInput() {
		wait = append(wait, w.control(nodeOf(in)))
	}
	w.add(n, handle, "VarHandleOp", wait, map[string]*attrpb.AttrValue{
		"dtype": n.GetAttr()["dtype"], "shape": shape, "shared_name": text(w.shared[v]),
		"container": text(string(n.GetAttr()["container"].GetS())),
	})
	w.add(n, n.GetName(), "ReadVariableOp", []string{handle}, map[string]*attrpb.AttrValue{"dtype": n.GetAttr()["dtype"]})
}

// reference adds the counterpart of an operation on references.
func (w *rewriter) reference(n *nodepb.NodeDef, first *refTensor, inputs []string) {
	attrs := map[string]*attrpb.AttrValue{}
	resource := typeAttr(tf.Resource)
	switch op := n.GetOp(); op {
	case "IsVariableInitialized":
		w.add(n, n.GetName(), onHandles[op], inputs, attrs)
	case "CountUpTo":
		maps.Copy(attrs, n.GetAttr())
		delete(attrs, "_output_shapes")
		w.add(n, n.GetName(), onHandles[op], inputs, attrs)
	case "RefIdentity":
		attrs["dtype"] = first.dtype()
		w.add(n, n.GetName(), "ReadVariableOp", inputs, attrs)
	case "RefSwitch", "RefEnter":
		maps.Copy(attrs, n.GetAttr())
		delete(attrs, "_output_shapes")
		attrs["T"] = resource
		w.add(n, n.GetName(), strings.TrimPrefix(op, "Ref"), inputs, attrs)
	default:
		write := w.unused(n.GetName() + "/write")
		to, _ := writeOpOf(op)
		w.add(n, write, to.resource, inputs, writeAttrs(n, first.dtype()))
		w.add(n, n.GetName(), "ReadVariableOp", []string{inputs[0], "^" + write}, map[string]*attrpb.AttrValue{"dtype": first.dtype()})
	}
}

// writeAttrs are the attributes of the counterpart of n.
func writeAttrs(n *nodepb.NodeDef, dtype *attrpb.AttrValue) map[string]*attrpb.AttrValue {
	attrs, op := map[string]*attrpb.AttrValue{}, n.GetOp()
	maps.Copy(attrs, n.GetAttr())
	delete(attrs, "_output_shapes")
	if !strings.HasPrefix(op, "Assign") && !strings.HasPrefix(op, "Scatter") || strings.HasPrefix(op, "ScatterNd") {
		return attrs
	}
	attrs["dtype"] = dtype
	delete(attrs, "T")
	delete(attrs, "use_locking")
	if _, ok := attrs["validate_shape"]; op == "Assign" && !ok {
		attrs["validate_shape"] = &attrpb.AttrValue{Value: &attrpb.AttrValue_B{B: true}} // its default
	}
	return attrs
}
