package listing

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// function is one that the root object of a model has.
type function struct {
	name    string
	options []option
}

// option is one way to call a function: the positional and the named arguments.
type option struct {
	args   []*pb.StructuredValue
	kwargs map[string]*pb.StructuredValue
	plain  []string // names of arguments, where nothing else is known
}

// rootFunctions lists the functions that Python's tf.saved_model.load would put
// on the object that it returns, or says why it would fail.
func rootFunctions(m *pb.SavedModel) ([]function, error) {
	if len(m.GetMetaGraphs()) != 1 {
		return nil, errors.New("several MetaGraphs")
	}
	g := m.GetMetaGraphs()[0]
	restored, err := restoredNames(g)
	if err != nil {
		return nil, err
	}
	objects := g.GetObjectGraphDef().GetNodes()
	for i, o := range objects {
		if err := checkObject(g, o, restored); err != nil {
			return nil, fmt.Errorf("object %d: %w", i, err)
		}
	}
	if len(objects) == 0 {
		return nil, errors.New("no objects")
	}
	found := map[string]function{}
	for _, c := range objects[0].GetChildren() {
		f := function{name: c.GetLocalName()}
		var names []string
		switch child := objects[c.GetNodeId()]; {
		case child.GetFunction() != nil:
			names = slices.Clone(child.GetFunction().GetConcreteFunctions())
			slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(restored[a], restored[b]) })
			for _, name := range names {
				f.options = append(f.options, optionOf(g, name, nil))
			}
		case child.GetBareConcreteFunction() != nil:
			bare := child.GetBareConcreteFunction()
			f.options = []option{optionOf(g, bare.GetConcreteFunctionName(), bare.GetArgumentKeywords())}
		default:
			continue
		}
		found[f.name] = f
	}
	return slices.SortedFunc(maps.Values(found), func(a, b function) int { return strings.Compare(a.name, b.name) }), nil
}

func optionOf(g *pb.MetaGraphDef, name string, keywords []string) option {
	s := g.GetObjectGraphDef().GetConcreteFunctions()[name]
	if s == nil {
		return option{plain: keywords}
	}
	var o option
	if both, _ := items(s.GetCanonicalizedInputSignature()); len(both) == 2 {
		o.args, _ = items(both[0])
		o.kwargs = both[1].GetDictValue().GetFields()
	}
	return o
}

// checkObject finds what makes Python's loader fail on o.
func checkObject(g *pb.MetaGraphDef, o *pb.SavedObject, functions map[string]string) error {
	objects := g.GetObjectGraphDef()
	for _, c := range o.GetChildren() {
		if c.GetNodeId() < 0 || int(c.GetNodeId()) >= len(objects.GetNodes()) {
			return fmt.Errorf("no object %d", c.GetNodeId())
		}
	}
	if len(o.GetSlotVariables()) > 0 {
		return errors.New("slot variables need Keras's optimizers")
	}
	var names []string
	spec := o.GetFunction().GetFunctionSpec()
	switch {
	case o.GetKind() == nil:
		return errors.New("an object without a kind")
	case o.GetFunction() != nil:
		names = o.GetFunction().GetConcreteFunctions()
		if err := decodable(spec.GetFullargspec()); err != nil {
			return err
		}
	case o.GetBareConcreteFunction() != nil:
		names = []string{o.GetBareConcreteFunction().GetConcreteFunctionName()}
		spec = o.GetBareConcreteFunction().GetFunctionSpec()
	}
	for _, name := range names {
		if _, ok := functions[name]; !ok {
			return fmt.Errorf("no function %q", name)
		}
		if spec != nil && objects.GetConcreteFunctions()[name] == nil {
			return fmt.Errorf("no signature of function %q", name)
		}
		for _, id := range objects.GetConcreteFunctions()[name].GetBoundInputs() {
			if id < 0 || int(id) >= len(objects.GetNodes()) {
				return fmt.Errorf("no object %d", id)
			}
		}
	}
	return nil
}
