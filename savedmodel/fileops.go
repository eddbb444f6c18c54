package savedmodel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// A FileWrite is an operation of a model that writes, replaces or deletes files
// when it runs.
type FileWrite struct {
	Op       string // such as "WriteFile"
	Node     string // its name
	Function string // that the node is in; "" is the graph itself
}

func (w FileWrite) String() string {
	if w.Function == "" {
		return fmt.Sprintf("%s (node %q)", w.Op, w.Node)
	}
	return fmt.Sprintf("%s (node %q of function %q)", w.Op, w.Node, w.Function)
}

// FileWrites are the operations that write files when the signature s of g is
// called, also those in functions, branches and loops. It needs no library.
//
// What only some inputs lead to counts, and so does an operation whose kind of
// output the model does not tell beforehand. Operations that are no part of
// TensorFlow, which a program has loaded, are not known.
func FileWrites(g *pb.MetaGraphDef, s Signature) []FileWrite {
	var roots []string
	for _, o := range s.Outputs {
		roots = append(roots, nodeOf(o.Tensor))
	}
	return newFileSearch(g).from(roots)
}

// LoadFileWrites are the operations that write files when g is only loaded: those
// of its initialization, of the restore of its variables, and behind the handles
// of variables and tables. [Load] refuses a model that has any. It needs no
// library.
func LoadFileWrites(g *pb.MetaGraphDef) []FileWrite {
	return newFileSearch(g).from(loadRoots(g))
}

// A FileWriteError refuses a model that writes files when it is only loaded. It
// is a PermissionDenied.
type FileWriteError struct {
	Write FileWrite // the first of them
	op    string
}

func (e *FileWriteError) Error() string {
	return errorf(e.op, tf.PermissionDenied, "the model writes files when it is only loaded, by %v", e.Write).Error()
}

// Unwrap is the code.
func (e *FileWriteError) Unwrap() error { return tf.PermissionDenied }

func refuseFileWrites(op string, writes []FileWrite) error {
	if len(writes) == 0 {
		return nil
	}
	return &FileWriteError{writes[0], op}
}

// frozenFileWrites are the operations that write files when the variables and
// tables are read that a frozen graph should not have.
func frozenFileWrites(g *pb.MetaGraphDef) []FileWrite {
	roots := loadRoots(g)
	for _, n := range g.GetGraphDef().GetNode() {
		if op := n.GetOp(); op == "ReadVariableOp" || strings.HasPrefix(op, "LookupTableExport") {
			roots = append(roots, n.GetName())
		}
	}
	return newFileSearch(g).from(roots)
}

// loadRoots are the operations that a session's loader, the converter and this
// package run unasked.
func loadRoots(g *pb.MetaGraphDef) (roots []string) {
	for _, t := range g.GetSignatureDef()[initSignature].GetOutputs() {
		roots = append(roots, nodeOf(t.GetName()))
	}
	for _, c := range []string{"saved_model_main_op", "legacy_init_op"} {
		for _, name := range g.GetCollectionDef()[c].GetNodeList().GetValue() {
			roots = append(roots, nodeOf(name))
		}
	}
	roots = append(roots, nodeOf(g.GetSaverDef().GetRestoreOpName()))
	handles := func(nodes []*nodepb.NodeDef, inGraph bool) {
		for _, n := range nodes {
			switch op := n.GetOp(); {
			case op == "VarHandleOp", op == "VariableV2", op == "Variable", strings.Contains(op, "HashTable"):
				if inGraph {
					roots = append(roots, n.GetName())
				}
				// The converter fetches a variable by this name.
				roots = append(roots, nodeOf(string(n.GetAttr()["shared_name"].GetS())))
			}
		}
	}
	handles(g.GetGraphDef().GetNode(), true)
	for _, f := range g.GetGraphDef().GetLibrary().GetFunction() {
		handles(f.GetNodeDef(), false)
	}
	return roots
}

// fileSearch follows what operations need, and the functions that they call.
type fileSearch struct {
	nodes     map[string]*nodepb.NodeDef
	library   map[string]*functionpb.FunctionDef
	instead   map[string][]string // functions that the runtime may call in the place of one
	functions map[string]bool     // seen
	todo      []string            // functions
	found     []FileWrite
}

func newFileSearch(g *pb.MetaGraphDef) *fileSearch {
	s := &fileSearch{
		nodes: byName(g.GetGraphDef().GetNode()), library: map[string]*functionpb.FunctionDef{},
		instead: map[string][]string{}, functions: map[string]bool{},
	}
	alike := map[string][]string{}
	lib := g.GetGraphDef().GetLibrary()
	for _, f := range lib.GetFunction() {
		name := f.GetSignature().GetName()
		s.library[name] = f
		if api := string(f.GetAttr()["api_implements"].GetS()); api != "" {
			alike[api] = append(alike[api], name)
		}
	}
	for _, names := range alike {
		for i, name := range names {
			s.instead[name] = names[(i+1)%len(names):][:1] // which leads to the next
		}
	}
	for _, d := range lib.GetGradient() {
		s.instead[d.GetFunctionName()] = append(slices.Clone(s.instead[d.GetFunctionName()]), d.GetGradientFunc())
	}
	return s
}

// from finds what runs for the sake of the operations with these names.
func (s *fileSearch) from(roots []string) []FileWrite {
	reached := map[string]bool{}
	for len(roots) > 0 {
		n := s.nodes[roots[len(roots)-1]]
		roots = roots[:len(roots)-1]
		if n == nil || reached[n.GetName()] {
			continue
		}
		reached[n.GetName()] = true
		s.node("", n, s.nodes)
		for _, in := range n.GetInput() {
			roots = append(roots, nodeOf(in))
		}
	}
	for len(s.todo) > 0 {
		f := s.library[s.todo[len(s.todo)-1]]
		s.todo = s.todo[:len(s.todo)-1]
		s.body(f)
	}
	slices.SortFunc(s.found, func(a, b FileWrite) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Node, b.Node))
	})
	return s.found
}

// body visits all of a function: a call also runs what its results do not need.
func (s *fileSearch) body(f *functionpb.FunctionDef) {
	nodes := byName(f.GetNodeDef())
	for _, n := range nodes {
		s.node(f.GetSignature().GetName(), n, nodes)
	}
	for _, a := range f.GetSignature().GetAttr() {
		eachFunction(a.GetDefaultValue(), s.call)
	}
	for _, name := range s.instead[f.GetSignature().GetName()] {
		s.call(name)
	}
}

func (s *fileSearch) node(function string, n *nodepb.NodeDef, around map[string]*nodepb.NodeDef) {
	if writesFiles(n, around) {
		s.found = append(s.found, FileWrite{n.GetOp(), n.GetName(), function})
	}
	s.call(n.GetOp())
	for _, a := range n.GetAttr() {
		eachFunction(a, s.call)
	}
}

func (s *fileSearch) call(name string) {
	if s.library[name] != nil && !s.functions[name] {
		s.functions[name] = true
		s.todo = append(s.todo, name)
	}
}
