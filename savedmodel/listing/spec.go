package listing

import (
	"fmt"
	"strconv"
	"strings"

	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

// specNames are the classes of TypeSpecs whose numbers TensorFlow fixes.
var specNames = map[pb.TypeSpecProto_TypeSpecClass]string{
	pb.TypeSpecProto_SPARSE_TENSOR_SPEC:  "SparseTensorSpec",
	pb.TypeSpecProto_INDEXED_SLICES_SPEC: "IndexedSlicesSpec",
	pb.TypeSpecProto_RAGGED_TENSOR_SPEC:  "RaggedTensorSpec",
	pb.TypeSpecProto_TENSOR_ARRAY_SPEC:   "TensorArraySpec",
	pb.TypeSpecProto_DATA_DATASET_SPEC:   "DatasetSpec",
	pb.TypeSpecProto_DATA_ITERATOR_SPEC:  "IteratorSpec",
	pb.TypeSpecProto_OPTIONAL_SPEC:       "OptionalSpec",
	pb.TypeSpecProto_PER_REPLICA_SPEC:    "PerReplicaSpec",
	pb.TypeSpecProto_VARIABLE_SPEC:       "VariableSpec",
	pb.TypeSpecProto_ROW_PARTITION_SPEC:  "RowPartitionSpec",
	pb.TypeSpecProto_EXTENSION_TYPE_SPEC: "AnonymousExtensionTypeSpec",
}

// registeredSpecs are the classes that TensorFlow itself registers by name.
var registeredSpecs = map[string]string{
	"tf.NoneTensorSpec": "NoneTensorSpec",
}

func specName(s *pb.TypeSpecProto) string {
	if name, ok := specNames[s.GetTypeSpecClass()]; ok {
		return name
	}
	if name, ok := registeredSpecs[s.GetTypeSpecClassName()]; ok {
		return name
	}
	return s.GetTypeSpecClassName()
}

// specDecodable finds a class that Python does not know without further imports.
func specDecodable(s *pb.TypeSpecProto) error {
	_, fixed := specNames[s.GetTypeSpecClass()]
	_, named := registeredSpecs[s.GetTypeSpecClassName()]
	if !fixed && !(s.GetTypeSpecClass() == pb.TypeSpecProto_REGISTERED_TYPE_SPEC && named) {
		return fmt.Errorf("the type %q is not registered", s.GetTypeSpecClassName())
	}
	return nil
}

// specRepr is the repr of a TypeSpec: its class and what its state is.
func specRepr(s *pb.TypeSpecProto) string {
	name, state := specName(s), s.GetTypeState()
	members, _ := items(state)
	switch s.GetTypeSpecClass() {
	case pb.TypeSpecProto_VARIABLE_SPEC:
		return variableSpecRepr(members)
	case pb.TypeSpecProto_ROW_PARTITION_SPEC:
		return rowPartitionRepr(members)
	case pb.TypeSpecProto_EXTENSION_TYPE_SPEC:
		return extensionRepr(name, members)
	}
	return name + repr(state)
}

func variableSpecRepr(state []*pb.StructuredValue) string {
	text := []string{"None", "tf.float32", "True", "None"} // the defaults of what old models lack
	for i, v := range state[:min(len(state), len(text))] {
		text[i] = repr(v)
		if i == 0 {
			text[i] = str(v)
		}
	}
	return fmt.Sprintf("VariableSpec(shape=%s, dtype=%s, trainable=%s, alias_id=%s)", text[0], text[1], text[2], text[3])
}

func rowPartitionRepr(state []*pb.StructuredValue) string {
	text := []string{"None", "None", "None", "tf.int64"}
	for i, v := range state[:min(len(state), len(text))] {
		text[i] = repr(v)
		if dims, ok := items(v); ok && len(dims) == 1 { // a size is stored as a shape
			text[i] = repr(dims[0])
		}
	}
	return fmt.Sprintf("RowPartitionSpec(nrows=%s, nvals=%s, uniform_row_length=%s, dtype=%s)", text[0], text[1], text[2], text[3])
}

// extensionRepr is of a class that only the program knows which saved the model.
func extensionRepr(name string, state []*pb.StructuredValue) string {
	var fields []string
	for _, pair := range state {
		if kv, ok := items(pair); ok && len(kv) == 2 {
			fields = append(fields, str(kv[0])+"="+repr(kv[1]))
		}
	}
	return name + "(" + strings.Join(fields, ", ") + ")"
}

// tensorSpecName is the name of a TensorSpec, as Python prints it.
func tensorSpecName(v *pb.StructuredValue) (name string, ok bool) {
	switch k := v.GetKind().(type) {
	case *pb.StructuredValue_TensorSpecValue:
		return orNone(k.TensorSpecValue.GetName(), func(s string) string { return s }), true
	case *pb.StructuredValue_BoundedTensorSpecValue:
		return orNone(k.BoundedTensorSpecValue.GetName(), func(s string) string { return s }), true
	}
	return "", false
}

func tensorSpecRepr(v *pb.StructuredValue) string {
	if b := v.GetBoundedTensorSpecValue(); b != nil {
		return fmt.Sprintf("BoundedTensorSpec(shape=%v, dtype=%s, name=%s, minimum=%s, maximum=%s)", shapeOf(b.GetShape()),
			dtypeRepr(int32(b.GetDtype())), orNone(b.GetName(), quote), arrayRepr(b.GetMinimum()), arrayRepr(b.GetMaximum()))
	}
	s := v.GetTensorSpecValue()
	return fmt.Sprintf("TensorSpec(shape=%v, dtype=%s, name=%s)", shapeOf(s.GetShape()), dtypeRepr(int32(s.GetDtype())), orNone(s.GetName(), quote))
}

func orNone(name string, text func(string) string) string {
	if name == "" {
		return "None"
	}
	return text(name)
}

func dtypeRepr(d int32) string { return "tf." + tf.DType(d).String() }

// shapeOf is the shape of p; one that is not set is a scalar's.
func shapeOf(p *shapepb.TensorShapeProto) tf.Shape {
	if p == nil {
		return tf.Shape{}
	}
	return tf.ShapeOf(p)
}

func shapeRepr(s tf.Shape) string {
	if s == nil {
		return "TensorShape(None)"
	}
	dims := make([]string, len(s))
	for i, d := range s {
		if dims[i] = "None"; d >= 0 {
			dims[i] = strconv.FormatInt(d, 10)
		}
	}
	return "TensorShape([" + strings.Join(dims, ", ") + "])"
}
