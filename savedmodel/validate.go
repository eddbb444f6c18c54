package savedmodel

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// validate looks for damage that the runtime does not answer with an error but
// with the end of the process: constants of types that do not exist, calls that
// do not fit the functions they name, functions with shapes for other inputs.
func validate(g *pb.MetaGraphDef) error {
	library := g.GetGraphDef().GetLibrary().GetFunction()
	functions := map[string]*opdefpb.OpDef{}
	for _, f := range library {
		functions[f.GetSignature().GetName()] = f.GetSignature()
	}
	if err := validateNodes(g.GetGraphDef().GetNode(), functions); err != nil {
		return err
	}
	for _, f := range library {
		name, inputs := f.GetSignature().GetName(), f.GetSignature().GetInputArg()
		if err := validateNodes(f.GetNodeDef(), functions); err != nil {
			return fmt.Errorf("function %q: %w", name, err)
		}
		if shapes, ok := f.GetAttr()["_input_shapes"]; ok && len(shapes.GetList().GetShape()) != len(inputs) {
			return fmt.Errorf("function %q has shapes for %d of %d inputs", name, len(shapes.GetList().GetShape()), len(inputs))
		}
	}
	for key, s := range g.GetSignatureDef() {
		for name, t := range s.GetDefaults() {
			if err := validateTensor(t); err != nil {
				return fmt.Errorf("signature %q: default of %q: %w", key, name, err)
			}
		}
	}
	return nil
}

func validateNodes(nodes []*nodepb.NodeDef, functions map[string]*opdefpb.OpDef) error {
	for _, n := range nodes {
		for name, a := range n.GetAttr() {
			if err := validateAttr(a); err != nil {
				return fmt.Errorf("node %q: attribute %q: %w", n.GetName(), name, err)
			}
		}
		if f := functions[n.GetAttr()["f"].GetFunc().GetName()]; f != nil && strings.HasSuffix(n.GetOp(), "PartitionedCall") {
			if err := validateCall(n, f); err != nil {
				return fmt.Errorf("node %q: %w", n.GetName(), err)
			}
		}
	}
	return nil
}

// validateCall compares the types that a call passes and returns with those of
// the function.
func validateCall(n *nodepb.NodeDef, f *opdefpb.OpDef) error {
	for attr, args := range map[string][]*opdefpb.OpDef_ArgDef{"Tin": f.GetInputArg(), "Tout": f.GetOutputArg()} {
		types := n.GetAttr()[attr].GetList().GetType()
		if slices.ContainsFunc(args, func(a *opdefpb.OpDef_ArgDef) bool { return a.GetType() == 0 || a.GetNumberAttr() != "" }) {
			continue // the types depend on attributes
		}
		fits := func(t typespb.DataType, a *opdefpb.OpDef_ArgDef) bool { return t == a.GetType() }
		if !slices.EqualFunc(types, args, fits) {
			return fmt.Errorf("its %s does not fit function %q", attr, f.GetName())
		}
	}
	return nil
}

func validateAttr(a *attrpb.AttrValue) error {
	types, tensors := a.GetList().GetType(), a.GetList().GetTensor()
	if v, ok := a.GetValue().(*attrpb.AttrValue_Type); ok {
		types = []typespb.DataType{v.Type}
	}
	if t := a.GetTensor(); t != nil {
		tensors = []*tensorpb.TensorProto{t}
	}
	for _, t := range types {
		if !known(t) {
			return fmt.Errorf("there is no type %d", t)
		}
	}
	for _, t := range tensors {
		if err := validateTensor(t); err != nil {
			return err
		}
	}
	return nil
}

func validateTensor(t *tensorpb.TensorProto) error {
	if !known(t.GetDtype()) {
		return fmt.Errorf("there is no type %d", t.GetDtype())
	}
	n := int64(1)
	for _, d := range t.GetTensorShape().GetDim() {
		if d.Size < 0 || d.Size > 0 && n > math.MaxInt64/16/d.Size {
			return fmt.Errorf("a tensor cannot have shape %v", tf.ShapeOf(t.GetTensorShape()))
		}
		n *= d.Size
	}
	return nil
}

func known(t typespb.DataType) bool {
	_, ok := typespb.DataType_name[int32(t)]
	return ok || t >= 26 && t <= 33 // the small types that 2.21 adds
}
