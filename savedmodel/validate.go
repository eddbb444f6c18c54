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
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// validate looks for damage that the runtime does not answer with an error but
// with the end of the process: constants of types that do not exist, calls that
// do not fit the functions they name, functions with shapes for other inputs.
func validate(g *pb.MetaGraphDef) error {
	if err := validateCalls(g.GetGraphDef()); err != nil {
		return err
	}
	if err := validateAssets(g); err != nil {
		return err
	}
	if err := validateSizes(g.GetGraphDef()); err != nil {
		return err
	}
	if err := validateMade(g); err != nil {
		return err
	}
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
		for _, a := range slices.Concat(inputs, f.GetSignature().GetOutputArg()) {
			if !known(a.GetType()) {
				return fmt.Errorf("function %q: argument %q: there is no type %d", name, a.GetName(), a.GetType())
			}
		}
		if err := validateNodes(f.GetNodeDef(), functions); err != nil {
			return fmt.Errorf("function %q: %w", name, err)
		}
		if shapes, ok := f.GetAttr()["_input_shapes"]; ok && len(shapes.GetList().GetShape()) != len(inputs) {
			return fmt.Errorf("function %q has shapes for %d of %d inputs", name, len(shapes.GetList().GetShape()), len(inputs))
		}
	}
	for key, s := range g.GetSignatureDef() {
		if err := validateInfos(s); err != nil {
			return fmt.Errorf("signature %q: %w", key, err)
		}
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
		if err := validateConst(n); err != nil {
			return fmt.Errorf("node %q: %w", n.GetName(), err)
		}
		if f := functions[n.GetAttr()["f"].GetFunc().GetName()]; f != nil && strings.HasSuffix(n.GetOp(), "PartitionedCall") {
			if err := validateCall(n, f); err != nil {
				return fmt.Errorf("node %q: %w", n.GetName(), err)
			}
		}
	}
	return nil
}

// validateConst compares the type that a constant says it has with that of its
// value: the runtime reads the value as the former.
func validateConst(n *nodepb.NodeDef) error {
	value := n.GetAttr()["value"].GetTensor()
	if dtype := n.GetAttr()["dtype"].GetType(); n.GetOp() == "Const" && dtype != value.GetDtype() {
		return fmt.Errorf("a constant of type %v holds a value of type %v", tf.DType(dtype), tf.DType(value.GetDtype()))
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
	types, tensors, shapes := a.GetList().GetType(), a.GetList().GetTensor(), a.GetList().GetShape()
	if s := a.GetShape(); s != nil {
		shapes = []*shapepb.TensorShapeProto{s}
	}
	for _, s := range shapes {
		if err := validateShape(s); err != nil {
			return err
		}
	}
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
	for _, d := range t.GetTensorShape().GetDim() {
		if d.GetSize() < 0 {
			return fmt.Errorf("a tensor cannot have shape %v", tf.ShapeOf(t.GetTensorShape()))
		}
	}
	return validateShape(t.GetTensorShape())
}

// mostRank is the most dimensions that TensorFlow's shapes have.
const mostRank = 254

// validateShape finds a shape whose elements cannot be counted.
func validateShape(p *shapepb.TensorShapeProto) error {
	if len(p.GetDim()) > mostRank {
		return fmt.Errorf("a tensor cannot have %d dimensions", len(p.GetDim()))
	}
	n := int64(1)
	for _, d := range p.GetDim() {
		size := d.GetSize()
		if size < -1 || size > 0 && n > math.MaxInt64/16/size {
			return fmt.Errorf("a tensor cannot have shape %v", tf.ShapeOf(p))
		}
		n *= max(size, 1)
	}
	return nil
}

func known(t typespb.DataType) bool {
	_, ok := typespb.DataType_name[int32(t)]
	return ok || t >= 26 && t <= 33 // the small types that 2.21 adds
}
