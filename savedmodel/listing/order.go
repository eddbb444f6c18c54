package listing

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// errCustomOp is the one reason that saved_model_cli tells apart.
var errCustomOp = errors.New("the existence of custom ops in the SavedModel")

// restoredNames maps each function of g to the name that Python's loader gives
// it, by which saved_model_cli sorts the options of a function. A name ends in
// the number of tensors and graphs made so far: the loader is followed in its
// order, from a function to those that call it.
func restoredNames(g *pb.MetaGraphDef) (map[string]string, error) {
	lib := g.GetGraphDef().GetLibrary()
	order, err := loadOrder(lib)
	if err != nil {
		return nil, err
	}
	signatures := g.GetObjectGraphDef().GetConcreteFunctions()
	results := map[string]int{}
	names := make(map[string]string, len(order))
	id := int64(1)
	for _, gradient := range lib.GetRegisteredGradients() {
		if gradient.GetRegisteredOpType() != "" {
			id++
		}
	}
	for _, f := range order {
		name := f.GetSignature().GetName()
		if s := signatures[name]; s != nil {
			for _, v := range []*pb.StructuredValue{s.GetCanonicalizedInputSignature(), s.GetOutputSignature()} {
				if err := decodable(v); err != nil {
					return nil, err
				}
			}
		}
		made, err := made(f, results)
		if err != nil {
			return nil, err
		}
		id += 2 + made
		names[name] = fmt.Sprintf("__inference_%s_%d", cleanName(name), id)
		results[name] = len(f.GetSignature().GetOutputArg())
	}
	return names, nil
}

// made counts what the loader numbers while it builds the graph of f; functions
// holds how many results those loaded before have.
func made(f *function_go_proto.FunctionDef, functions map[string]int) (int64, error) {
	n := int64(len(f.GetSignature().GetInputArg()))
	for _, node := range f.GetNodeDef() {
		if results, ok := functions[node.GetOp()]; ok {
			n += int64(results)
			continue
		}
		op, ok := knownOps()[node.GetOp()]
		if !ok {
			return 0, errCustomOp
		}
		n += op.count(node)
		if node.GetOp() == "HashTableV2" && !node.GetAttr()["use_node_name_sharing"].GetB() {
			n++ // gets a shared name of its own
		}
	}
	return n, nil
}

var wrapped = regexp.MustCompile(`^__inference_(.*)_\d+$`)

func cleanName(name string) string {
	if m := wrapped.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

// loadOrder sorts functions so that each stands after those that it needs.
func loadOrder(lib *function_go_proto.FunctionDefLibrary) ([]*function_go_proto.FunctionDef, error) {
	byName := map[string]*function_go_proto.FunctionDef{}
	gradients := map[string]string{}
	for _, f := range lib.GetFunction() {
		byName[f.GetSignature().GetName()] = f
	}
	for _, g := range lib.GetRegisteredGradients() {
		if g.GetRegisteredOpType() != "" {
			gradients[g.GetRegisteredOpType()] = g.GetGradientFunc()
		}
	}
	callers, missing := map[string][]string{}, map[string]int{}
	for _, f := range lib.GetFunction() {
		name := f.GetSignature().GetName()
		for dep := range dependencies(f, byName, gradients) {
			callers[dep] = append(callers[dep], name)
			missing[name]++
		}
	}
	var ready []string
	for _, f := range lib.GetFunction() {
		if name := f.GetSignature().GetName(); missing[name] == 0 {
			ready = append(ready, name)
		}
	}
	var order []*function_go_proto.FunctionDef
	for len(ready) > 0 {
		name := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		order = append(order, byName[name])
		for _, caller := range callers[name] {
			if missing[caller]--; missing[caller] == 0 {
				ready = append(ready, caller)
			}
		}
	}
	if len(order) != len(lib.GetFunction()) {
		return nil, errors.New("functions that call each other, or one that is not there")
	}
	return order, nil
}

// dependencies are the functions that f needs.
func dependencies(f *function_go_proto.FunctionDef, functions map[string]*function_go_proto.FunctionDef, gradients map[string]string) map[string]bool {
	deps := map[string]bool{}
	for _, n := range f.GetNodeDef() {
		if functions[n.GetOp()] != nil {
			deps[n.GetOp()] = true
		} else if g, ok := gradients[gradientOp(n)]; ok {
			deps[g] = true
		} else {
			for _, v := range n.GetAttr() {
				if v.GetFunc() != nil {
					deps[v.GetFunc().GetName()] = true
				}
				for _, fn := range v.GetList().GetFunc() {
					deps[fn.GetName()] = true
				}
			}
		}
	}
	return deps
}

// gradientOp is the type under which the gradient of n is registered, or "".
func gradientOp(n *nodepb.NodeDef) string {
	if n.GetOp() == "PartitionedCall" || n.GetOp() == "StatefulPartitionedCall" {
		return ""
	}
	return string(n.GetAttr()["_gradient_op_type"].GetS())
}
