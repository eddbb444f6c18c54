package listing

import (
	"fmt"
	"strconv"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

// A StructuredValue stands for a Python value: a number, a list, a TensorSpec.
// The functions below give its type's name, str and repr as Python would.

// typeName is type(v).__name__.
func typeName(v *pb.StructuredValue) string {
	switch k := v.GetKind().(type) {
	case *pb.StructuredValue_NoneValue:
		return "NoneType"
	case *pb.StructuredValue_Float64Value:
		return "float"
	case *pb.StructuredValue_Int64Value:
		return "int"
	case *pb.StructuredValue_StringValue:
		return "str"
	case *pb.StructuredValue_BoolValue:
		return "bool"
	case *pb.StructuredValue_TensorShapeValue:
		return "TensorShape"
	case *pb.StructuredValue_TensorDtypeValue:
		return "DType"
	case *pb.StructuredValue_TensorSpecValue:
		return "TensorSpec"
	case *pb.StructuredValue_BoundedTensorSpecValue:
		return "BoundedTensorSpec"
	case *pb.StructuredValue_TypeSpecValue:
		return specName(k.TypeSpecValue)
	case *pb.StructuredValue_ListValue:
		return "list"
	case *pb.StructuredValue_TupleValue:
		return "tuple"
	case *pb.StructuredValue_DictValue:
		return "dict"
	case *pb.StructuredValue_NamedTupleValue:
		return k.NamedTupleValue.GetName()
	}
	return "ndarray"
}

// str is str(v).
func str(v *pb.StructuredValue) string {
	switch k := v.GetKind().(type) {
	case *pb.StructuredValue_StringValue:
		return k.StringValue
	case *pb.StructuredValue_TensorShapeValue:
		return tf.ShapeOf(k.TensorShapeValue).String()
	case *pb.StructuredValue_TensorDtypeValue:
		return "<dtype: " + quote(tf.DType(k.TensorDtypeValue).String()) + ">"
	}
	return repr(v)
}

// repr is repr(v).
func repr(v *pb.StructuredValue) string {
	switch k := v.GetKind().(type) {
	case *pb.StructuredValue_NoneValue:
		return "None"
	case *pb.StructuredValue_Float64Value:
		return floatText(k.Float64Value)
	case *pb.StructuredValue_Int64Value:
		return strconv.FormatInt(k.Int64Value, 10)
	case *pb.StructuredValue_StringValue:
		return quote(k.StringValue)
	case *pb.StructuredValue_BoolValue:
		return boolText(k.BoolValue)
	case *pb.StructuredValue_TensorShapeValue:
		return shapeRepr(tf.ShapeOf(k.TensorShapeValue))
	case *pb.StructuredValue_TensorDtypeValue:
		return dtypeRepr(int32(k.TensorDtypeValue))
	case *pb.StructuredValue_TensorSpecValue, *pb.StructuredValue_BoundedTensorSpecValue:
		return tensorSpecRepr(v)
	case *pb.StructuredValue_TypeSpecValue:
		return specRepr(k.TypeSpecValue)
	case *pb.StructuredValue_ListValue:
		return "[" + strings.Join(reprs(k.ListValue.GetValues()), ", ") + "]"
	case *pb.StructuredValue_TupleValue:
		return tuple(reprs(k.TupleValue.GetValues()))
	case *pb.StructuredValue_DictValue:
		fields := k.DictValue.GetFields()
		var parts []string
		for _, key := range sortedKeys(fields) {
			parts = append(parts, quote(key)+": "+repr(fields[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *pb.StructuredValue_NamedTupleValue:
		var parts []string
		for _, p := range k.NamedTupleValue.GetValues() {
			parts = append(parts, breaks.Replace(p.GetKey())+"="+repr(p.GetValue()))
		}
		return breaks.Replace(k.NamedTupleValue.GetName()) + "(" + strings.Join(parts, ", ") + ")"
	case *pb.StructuredValue_TensorValue:
		return arrayRepr(k.TensorValue)
	case *pb.StructuredValue_NumpyValue:
		return arrayRepr(k.NumpyValue)
	}
	return "None"
}

func reprs(values []*pb.StructuredValue) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = repr(v)
	}
	return out
}

// items is what iterating over v gives, and whether v is an iterable that is no
// dict.
func items(v *pb.StructuredValue) (values []*pb.StructuredValue, ok bool) {
	switch k := v.GetKind().(type) {
	case *pb.StructuredValue_ListValue:
		return k.ListValue.GetValues(), true
	case *pb.StructuredValue_TupleValue:
		return k.TupleValue.GetValues(), true
	case *pb.StructuredValue_NamedTupleValue:
		for _, p := range k.NamedTupleValue.GetValues() {
			values = append(values, p.GetValue())
		}
		return values, true
	case *pb.StructuredValue_TensorShapeValue:
		for _, d := range tf.ShapeOf(k.TensorShapeValue) {
			values = append(values, dimension(d))
		}
		return values, true
	}
	return nil, false
}

func dimension(d int64) *pb.StructuredValue {
	if d < 0 {
		return &pb.StructuredValue{Kind: &pb.StructuredValue_NoneValue{NoneValue: &pb.NoneValue{}}}
	}
	return &pb.StructuredValue{Kind: &pb.StructuredValue_Int64Value{Int64Value: d}}
}

// decodable finds what Python's loader refuses in v.
func decodable(v *pb.StructuredValue) error {
	if v.GetKind() == nil {
		return fmt.Errorf("a value without a kind")
	}
	if d, ok := v.GetKind().(*pb.StructuredValue_DictValue); ok {
		for _, f := range d.DictValue.GetFields() {
			if err := decodable(f); err != nil {
				return err
			}
		}
		return nil
	}
	if s, ok := v.GetKind().(*pb.StructuredValue_TypeSpecValue); ok {
		if err := specDecodable(s.TypeSpecValue); err != nil {
			return err
		}
		return decodable(s.TypeSpecValue.GetTypeState())
	}
	members, _ := items(v)
	for _, m := range members {
		if err := decodable(m); err != nil {
			return err
		}
	}
	return nil
}
