package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	"github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	"github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// typeName is a dtype's name as package tf prints it.
func typeName(d types_go_proto.DataType) string {
	switch d {
	case types_go_proto.DataType_DT_FLOAT:
		return "float32"
	case types_go_proto.DataType_DT_DOUBLE:
		return "float64"
	case types_go_proto.DataType_DT_HALF:
		return "float16"
	}
	return strings.ToLower(strings.TrimPrefix(d.String(), "DT_"))
}

// text is a value in Go's notation, or in words.
func text(v *attr_value_go_proto.AttrValue) string {
	switch x := v.Value.(type) {
	case *attr_value_go_proto.AttrValue_I:
		return strconv.FormatInt(x.I, 10)
	case *attr_value_go_proto.AttrValue_F:
		return float(x.F)
	case *attr_value_go_proto.AttrValue_B:
		return strconv.FormatBool(x.B)
	case *attr_value_go_proto.AttrValue_S:
		return strconv.Quote(string(x.S))
	case *attr_value_go_proto.AttrValue_Type:
		return typeName(x.Type)
	case *attr_value_go_proto.AttrValue_Shape:
		return shape(x.Shape)
	case *attr_value_go_proto.AttrValue_List:
		return "[" + strings.Join(elements(v), ", ") + "]"
	case *attr_value_go_proto.AttrValue_Tensor:
		return fmt.Sprintf("a tensor of %s %s", typeName(x.Tensor.Dtype), shape(x.Tensor.TensorShape))
	case *attr_value_go_proto.AttrValue_Func:
		return "no function"
	}
	return "none"
}

// elements are the values of a list.
func elements(v *attr_value_go_proto.AttrValue) (out []string) {
	l := v.GetList()
	for _, x := range l.GetI() {
		out = append(out, strconv.FormatInt(x, 10))
	}
	for _, x := range l.GetF() {
		out = append(out, float(x))
	}
	for _, x := range l.GetB() {
		out = append(out, strconv.FormatBool(x))
	}
	for _, x := range l.GetS() {
		out = append(out, strconv.Quote(string(x)))
	}
	for _, x := range l.GetType() {
		out = append(out, typeName(x))
	}
	for _, x := range l.GetShape() {
		out = append(out, shape(x))
	}
	return out
}

func float(f float32) string {
	switch {
	case math.IsInf(float64(f), 1):
		return "+Inf"
	case math.IsInf(float64(f), -1):
		return "-Inf"
	}
	return strconv.FormatFloat(float64(f), 'g', -1, 32)
}

// shape is a shape as package tf prints it.
func shape(s *tensor_shape_go_proto.TensorShapeProto) string {
	if s.GetUnknownRank() {
		return "unknown"
	}
	var d []string
	for _, x := range s.GetDim() {
		d = append(d, strconv.FormatInt(x.Size, 10))
	}
	if len(d) == 1 {
		return "(" + d[0] + ",)"
	}
	return "(" + strings.Join(d, ", ") + ")"
}
