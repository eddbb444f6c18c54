package savedmodel

import (
	"strings"

	"github.com/gotf/gotf/tf"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// The functions below make the values in which Python keeps what it calls a
// function with, tensorflow.StructuredValue.

func noneValue() *pb.StructuredValue {
	return &pb.StructuredValue{Kind: &pb.StructuredValue_NoneValue{NoneValue: &pb.NoneValue{}}}
}

func tupleValue(values ...*pb.StructuredValue) *pb.StructuredValue {
	return &pb.StructuredValue{Kind: &pb.StructuredValue_TupleValue{TupleValue: &pb.TupleValue{Values: values}}}
}

func dictValue(fields map[string]*pb.StructuredValue) *pb.StructuredValue {
	return &pb.StructuredValue{Kind: &pb.StructuredValue_DictValue{DictValue: &pb.DictValue{Fields: fields}}}
}

func stringsValue(values []string) *pb.StructuredValue {
	l := &pb.ListValue{}
	for _, v := range values {
		l.Values = append(l.Values, &pb.StructuredValue{Kind: &pb.StructuredValue_StringValue{StringValue: v}})
	}
	return &pb.StructuredValue{Kind: &pb.StructuredValue_ListValue{ListValue: l}}
}

func specValue(s tf.TensorSpec) *pb.StructuredValue {
	return &pb.StructuredValue{Kind: &pb.StructuredValue_TensorSpecValue{TensorSpecValue: &pb.TensorSpecProto{
		Name: s.Name, Dtype: typespb.DataType(s.DType), Shape: s.Shape.Proto(),
	}}}
}

// dictOf is {name: spec}.
func dictOf(specs []tf.TensorSpec) *pb.StructuredValue {
	fields := map[string]*pb.StructuredValue{}
	for _, s := range specs {
		fields[s.Name] = specValue(s)
	}
	return dictValue(fields)
}

func tupleOf(specs []tf.TensorSpec) *pb.StructuredValue {
	values := make([]*pb.StructuredValue, len(specs))
	for i, s := range specs {
		values[i] = specValue(s)
	}
	return tupleValue(values...)
}

// functionSpec is how Python takes the arguments of a function: args by position
// or name, keywords by name.
func functionSpec(args, keywords []string, signature *pb.StructuredValue) *pb.FunctionSpec {
	full := &pb.NamedTupleValue{Name: "FullArgSpec"}
	for _, v := range []struct {
		key   string
		value *pb.StructuredValue
	}{
		{"args", stringsValue(args)}, {"varargs", noneValue()}, {"varkw", noneValue()}, {"defaults", noneValue()},
		{"kwonlyargs", stringsValue(keywords)}, {"kwonlydefaults", noneValue()}, {"annotations", dictValue(nil)},
	} {
		full.Values = append(full.Values, &pb.PairValue{Key: v.key, Value: v.value})
	}
	return &pb.FunctionSpec{
		Fullargspec:    &pb.StructuredValue{Kind: &pb.StructuredValue_NamedTupleValue{NamedTupleValue: full}},
		InputSignature: signature,
	}
}

// pythonKeywords cannot be names of arguments and attributes.
var pythonKeywords = wordSet(`False None True and as assert async await break class continue def del elif else
	except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// identifier reports whether Python takes s for the name of an argument.
func identifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && !pythonKeywords[s]
}

// identifiers makes names of arguments in Python, each its own.
func identifiers(names []string) []string {
	taken := map[string]bool{}
	out := make([]string, len(names))
	for i, name := range names {
		if !identifier(name) {
			name = strings.Map(func(r rune) rune {
				if r < 0x80 && identifier("a"+string(r)) {
					return r
				}
				return '_'
			}, name)
			if !identifier(name) {
				name = "arg_" + name
			}
		}
		out[i] = numbered(name, taken)
	}
	return out
}

// argumentNames makes names of a function's arguments or results: lower case,
// beginning with a letter, each its own.
func argumentNames(names []string, taken map[string]bool) []string {
	out := make([]string, len(names))
	for i, name := range names {
		name = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return '_'
		}, strings.ToLower(name))
		if name == "" || name[0] < 'a' {
			name = "arg" + name
		}
		out[i] = numbered(name, taken)
	}
	return out
}
