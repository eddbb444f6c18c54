package savedmodel

import (
	"fmt"

	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// mostMade is the most bytes of one value that is made while the model runs, of
// a shape that constants say.
const mostMade = 4 << 30

// mostFixed is the most bytes of all values together that constants alone make,
// each of at most mostRepeated: the converter stores them all, the runtime frees
// one after the other.
const mostFixed = 1 << 30

// mostCallers is how many calls of a function are looked at: each may pass other
// shapes.
const mostCallers = 8

// sizes finds values whose shapes the graph itself makes far larger than the
// file: TensorFlow's converter computes those that need no input, and the runtime
// all of them.
type sizes struct {
	library map[string]*functionpb.FunctionDef
	bodies  map[string]map[string]*nodepb.NodeDef
	callers map[string]int
	fixed   map[*nodepb.NodeDef]float64 // bytes of values that constants alone make
	total   float64                     // the sum of fixed
}

// validateMade finds such values in what the signatures and the loader run: what
// nobody runs, such as the initial values of variables that have been trained,
// may be of any size.
func validateMade(g *pb.MetaGraphDef) error {
	def := g.GetGraphDef()
	s := &sizes{
		library: map[string]*functionpb.FunctionDef{}, bodies: map[string]map[string]*nodepb.NodeDef{},
		callers: map[string]int{}, fixed: map[*nodepb.NodeDef]float64{},
	}
	for _, f := range def.GetLibrary().GetFunction() {
		s.library[f.GetSignature().GetName()] = f
	}
	in := newSizeScope(byName(def.GetNode()))
	for _, n := range runs(g, in.nodes) {
		if err := s.node(in, n); err != nil {
			return err
		}
	}
	return nil
}

// runs are the nodes of the graph that signatures and the loader run; all, where
// there are no signatures.
func runs(g *pb.MetaGraphDef, nodes map[string]*nodepb.NodeDef) (list []*nodepb.NodeDef) {
	roots := loadRoots(g)
	if len(g.GetSignatureDef()) == 0 {
		roots = nodeNames(g.GetGraphDef().GetNode())
	}
	for _, s := range g.GetSignatureDef() {
		for _, o := range s.GetOutputs() {
			for _, t := range componentNames(o) {
				roots = append(roots, nodeOf(t))
			}
		}
	}
	return inOrder(nodes, roots)
}

// inOrder are the nodes that those named need, and they: each after its inputs.
func inOrder(nodes map[string]*nodepb.NodeDef, todo []string) (list []*nodepb.NodeDef) {
	opened, done := map[string]bool{}, map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		n := nodes[name]
		if n == nil || opened[name] {
			if todo = todo[:len(todo)-1]; n != nil && !done[name] {
				done[name] = true
				list = append(list, n)
			}
			continue
		}
		opened[name] = true
		for _, in := range n.GetInput() {
			if in = nodeOf(in); !opened[in] {
				todo = append(todo, in)
			}
		}
	}
	return list
}

// componentNames are the tensors of an output: those of a sparse or composite
// one are several.
func componentNames(t *pb.TensorInfo) []string {
	names := []string{t.GetName()}
	if s := t.GetCooSparse(); s != nil {
		names = append(names, s.GetValuesTensorName(), s.GetIndicesTensorName(), s.GetDenseShapeTensorName())
	}
	for _, c := range t.GetCompositeTensor().GetComponents() {
		names = append(names, c.GetName())
	}
	return names
}

// node checks what n makes, and the functions that it calls.
func (s *sizes) node(in *sizeScope, n *nodepb.NodeDef) (err error) {
	if made := in.made(n); made.ranked {
		err = s.add(n, made)
		if err != nil && in.function != "" {
			err = fmt.Errorf("function %q: %w", in.function, err)
		}
	}
	call := func(name string) {
		if f := s.library[name]; err == nil && f != nil && s.callers[name] < mostCallers {
			s.callers[name]++
			err = s.function(in, n, f)
		}
	}
	call(n.GetOp())
	for _, a := range n.GetAttr() {
		eachFunction(a, call)
	}
	return err
}

// add counts a value that n makes.
func (s *sizes) add(n *nodepb.NodeDef, v sized) error {
	bytes := v.elements() * v.width
	more := bytes - s.fixed[n]
	if v.fixed && more > 0 {
		s.fixed[n] = bytes
		s.total += more
	}
	switch {
	case v.fixed && bytes > mostRepeated:
		return fmt.Errorf("node %q (%s): a value takes more than %d MiB, which is the limit for one that constants make: it has shape %v", n.GetName(), n.GetOp(), mostRepeated>>20, v)
	case s.total > mostFixed:
		return fmt.Errorf("node %q (%s): the values that constants make take more than %d MiB together, which is the limit: this one has shape %v", n.GetName(), n.GetOp(), mostFixed>>20, v)
	case bytes > mostMade:
		return fmt.Errorf("node %q (%s): a value takes more than %d MiB, which is the limit: constants give it shape %v", n.GetName(), n.GetOp(), int64(mostMade)>>20, v)
	}
	return nil
}

// function checks a call of f, with what the call passes.
func (s *sizes) function(caller *sizeScope, n *nodepb.NodeDef, f *functionpb.FunctionDef) error {
	name := f.GetSignature().GetName()
	if s.bodies[name] == nil {
		s.bodies[name] = byName(f.GetNodeDef())
	}
	in := newSizeScope(s.bodies[name])
	if callAttrs(n) != nil || n.GetOp() == name {
		inputs := dataInputs(n)
		inputs = inputs[min(choice(n), len(inputs)):]
		for i, a := range f.GetSignature().GetInputArg() {
			if i < len(inputs) {
				in.known[a.GetName()] = caller.value(inputs[i])
			}
		}
	}
	in.function = name
	for _, n := range inOrder(in.nodes, nodeNames(f.GetNodeDef())) {
		if err := s.node(in, n); err != nil {
			return err
		}
	}
	return nil
}

func nodeNames(nodes []*nodepb.NodeDef) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.GetName()
	}
	return names
}
