package savedmodel

import (
	"fmt"
	"slices"
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// The variables of TensorFlow 1 (VariableV2) are references: the output of their
// operation is the variable itself, which other operations change, and which all
// that take a value read in the moment in which they run. A model is loaded with
// variables that are resources in their place, so that it can be trained like
// any other:
//
//	w                     reads the variable, whose handle is the new w/handle
//	Assign, ApplyAdam ... are their counterparts on handles, under NAME/write;
//	                      NAME reads the variable after that
//	an operation that an update comes before, but not before the read that it
//	                      takes, gets a read of its own
//
// So all names still stand for the same values. A variable that goes through
// operations without a counterpart stays what it is, with those that it shares
// operations with.

// references is what is known of the references of a graph.
type references struct {
	nodes      map[string]*nodepb.NodeDef
	list       []*nodepb.NodeDef
	uses       map[string][]use    // of the outputs of a node
	outputs    map[string][]string // those that are used
	after      map[string][]string
	functions  map[string]bool // in the library, that take references
	variables  []*refVariable
	tensors    map[string]*refTensor
	signatures map[string][]string // the tensors that they return, by key
	results    map[string][]string // those, by node
	fed        map[string]bool     // tensors that signatures replace
	taken      map[string]bool     // names that no new operation can have
	budget     int                 // steps left to find out what comes after what
}

// use is an input of a node.
type use struct {
	node  *nodepb.NodeDef
	input int
}

// refVariable is a variable, which several operations with one shared name may
// stand for.
type refVariable struct {
	ops     []*nodepb.NodeDef
	kept    string   // why it stays a reference; "" if it does not
	writers []string // operations that change it
	resized bool     // its shape is not always what its operation says
	tensors []*refTensor
	reads   []*lateRead // that operations need
}

// refTensor is a reference to a variable.
type refTensor struct {
	name     string
	variable *refVariable
	from     *nodepb.NodeDef
}

func (v *refVariable) keep(format string, args ...any) {
	if v.kept == "" {
		v.kept = fmt.Sprintf(format, args...)
	}
}

// newReferences is nil where there are no reference variables, or the graph is
// too odd to be changed.
func newReferences(meta *pb.MetaGraphDef) *references {
	r := &references{
		list: meta.GetGraphDef().GetNode(), uses: map[string][]use{}, after: map[string][]string{},
		functions: map[string]bool{}, tensors: map[string]*refTensor{}, signatures: map[string][]string{},
		results: map[string][]string{}, fed: map[string]bool{}, taken: map[string]bool{}, budget: 1 << 24, outputs: map[string][]string{},
	}
	if !slices.ContainsFunc(r.list, isReference) {
		return nil
	}
	if r.nodes = byName(r.list); len(r.nodes) != len(r.list) {
		return nil
	}
	seen := map[string]bool{}
	output := func(tensor string) {
		if !seen[tensor] {
			seen[tensor] = true
			r.outputs[nodeOf(tensor)] = append(r.outputs[nodeOf(tensor)], tensor)
		}
	}
	for _, n := range r.list {
		r.taken[n.GetName()] = true
		if n.GetOp() == "VarHandleOp" {
			r.taken[string(n.GetAttr()["shared_name"].GetS())] = true
		}
		for i, in := range n.GetInput() {
			from := nodeOf(in)
			r.after[from] = append(r.after[from], n.GetName())
			if !strings.HasPrefix(in, "^") {
				r.uses[from] = append(r.uses[from], use{n, i})
				output(canonical(in))
			}
		}
	}
	for _, s := range Signatures(meta) {
		for _, in := range s.Inputs {
			r.fed[canonical(in.Tensor)] = true
		}
		for _, out := range s.Outputs {
			tensor := canonical(out.Tensor)
			r.signatures[s.Key] = append(r.signatures[s.Key], tensor)
			r.results[nodeOf(tensor)] = append(r.results[nodeOf(tensor)], tensor)
			output(tensor)
		}
	}
	r.findVariables(meta)
	return r
}

func isReference(n *nodepb.NodeDef) bool { return n.GetOp() == "VariableV2" || n.GetOp() == "Variable" }

// findVariables groups the operations that stand for one variable.
func (r *references) findVariables(meta *pb.MetaGraphDef) {
	byKey := map[string]*refVariable{}
	key := func(n *nodepb.NodeDef) string {
		name := string(n.GetAttr()["shared_name"].GetS())
		if name == "" {
			name = n.GetName()
		}
		return string(n.GetAttr()["container"].GetS()) + "\x00" + name
	}
	for _, n := range r.list {
		if !isReference(n) {
			continue
		}
		v := byKey[key(n)]
		if v == nil {
			v = &refVariable{}
			byKey[key(n)] = v
			r.variables = append(r.variables, v)
		}
		v.ops = append(v.ops, n)
		if d := n.GetAttr()["dtype"].GetType(); d == 0 || isRefType(d) || d != v.ops[0].GetAttr()["dtype"].GetType() {
			v.keep("%q is of type %v", n.GetName(), d)
		}
		if len(dataInputs(n)) > 0 {
			v.keep("%q takes inputs", n.GetName())
		}
		r.add(n.GetName()+":0", v, n)
	}
	for _, f := range meta.GetGraphDef().GetLibrary().GetFunction() {
		for _, a := range f.GetSignature().GetInputArg() {
			if a.GetIsRef() {
				r.functions[f.GetSignature().GetName()] = true
			}
		}
		for _, n := range f.GetNodeDef() {
			if v := byKey[key(n)]; v != nil && isReference(n) {
				v.keep("function %q holds it too", f.GetSignature().GetName())
			}
		}
	}
}

// add notes a reference, once.
func (r *references) add(tensor string, v *refVariable, from *nodepb.NodeDef) {
	if r.tensors[tensor] == nil {
		r.tensors[tensor] = &refTensor{tensor, v, from}
		v.tensors = append(v.tensors, r.tensors[tensor])
	}
}
