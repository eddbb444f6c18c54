package listing

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

// TagSets writes the tag sets of m: saved_model_cli show --dir.
func TagSets(w io.Writer, m *pb.SavedModel) {
	var sets [][]string
	for _, g := range m.GetMetaGraphs() {
		sets = append(sets, slices.Clone(g.GetMetaInfoDef().GetTags()))
	}
	slices.SortStableFunc(sets, slices.Compare)
	fmt.Fprintln(w, "The given SavedModel contains the following tag-sets:")
	for _, tags := range sets {
		slices.Sort(tags)
		fmt.Fprintln(w, quote(strings.Join(tags, ", ")))
	}
}

// SignatureKeys writes the keys of g's signatures: show --tag_set.
func SignatureKeys(w io.Writer, g *pb.MetaGraphDef) {
	fmt.Fprintln(w, "The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:")
	for _, key := range sortedKeys(g.GetSignatureDef()) {
		printf(w, "SignatureDef key: \"%s\"\n", key)
	}
}

// Ops writes the operations of g: show --list_ops.
func Ops(w io.Writer, g *pb.MetaGraphDef) {
	printf(w, "The MetaGraph with tag set %s contains the following ops: %s\n", listText(g.GetMetaInfoDef().GetTags()), setText(OpsUsed(g, false)))
}

// Signature writes the inputs and outputs of s: show --signature_def. The text
// is indented by twice indent spaces.
func Signature(w io.Writer, s *pb.SignatureDef, indent int) {
	in := strings.Repeat("  ", indent)
	printf(w, "%sThe given SavedModel SignatureDef contains the following input(s):\n", in)
	for _, key := range sortedKeys(s.GetInputs()) {
		printf(w, "%s  inputs['%s'] tensor_info:\n", in, key)
		tensorInfo(w, s.GetInputs()[key], in)
	}
	printf(w, "%sThe given SavedModel SignatureDef contains the following output(s):\n", in)
	for _, key := range sortedKeys(s.GetOutputs()) {
		printf(w, "%s  outputs['%s'] tensor_info:\n", in, key)
		tensorInfo(w, s.GetOutputs()[key], in)
	}
	printf(w, "%sMethod name is: %s\n", in, s.GetMethodName())
}

func tensorInfo(w io.Writer, t *pb.TensorInfo, in string) {
	shape := "unknown_rank"
	if !t.GetTensorShape().GetUnknownRank() {
		var dims []string
		for _, d := range t.GetTensorShape().GetDim() {
			dims = append(dims, strconv.FormatInt(d.GetSize(), 10))
		}
		shape = "(" + strings.Join(dims, ", ") + ")"
	}
	printf(w, "%s      dtype: %s\n%s      shape: %s\n%s      name: %s\n", in, typeText(t.GetDtype()), in, shape, in, t.GetName())
}

// typeText is the name of d in types.proto.
func typeText(d types_go_proto.DataType) string {
	if _, ok := types_go_proto.DataType_name[int32(d)]; ok {
		return d.String()
	}
	return "DT_" + strings.ToUpper(tf.DType(d).String())
}

// All writes everything about m: show --all.
func All(w io.Writer, m *pb.SavedModel) {
	graphs := slices.Clone(m.GetMetaGraphs())
	slices.SortStableFunc(graphs, func(a, b *pb.MetaGraphDef) int {
		return slices.Compare(a.GetMetaInfoDef().GetTags(), b.GetMetaInfoDef().GetTags())
	})
	objects := false
	for _, g := range graphs {
		printf(w, "\nMetaGraphDef with tag-set: '%s' contains the following SignatureDefs:\n", strings.Join(g.GetMetaInfoDef().GetTags(), ", "))
		for _, key := range sortedKeys(g.GetSignatureDef()) {
			printf(w, "\nsignature_def['%s']:\n", key)
			Signature(w, g.GetSignatureDef()[key], 1)
		}
		Ops(w, g)
		objects = objects || g.GetObjectGraphDef() != nil
	}
	if objects {
		concreteFunctions(w, m)
	}
}

// concreteFunctions writes how the functions of m's root object can be called.
func concreteFunctions(w io.Writer, m *pb.SavedModel) {
	fmt.Fprint(w, "\nConcrete Functions:")
	functions, err := rootFunctions(m)
	if err != nil {
		reason := "unknown reasons"
		if errors.Is(err, errCustomOp) {
			reason = errCustomOp.Error()
		}
		printf(w, " N/A (could not be listed due to %s)\n", reason)
		return
	}
	for _, f := range functions {
		printf(w, "\n  Function Name: '%s'\n", f.name)
		for i, o := range f.options {
			writeOption(w, i+1, o)
		}
	}
}

func writeOption(w io.Writer, number int, o option) {
	if len(o.args)+len(o.plain) > 0 {
		printf(w, "    Option #%d\n      Callable with:\n", number)
	}
	for i, v := range o.args {
		printf(w, "        Argument #%d\n", i+1)
		argument(w, v)
	}
	for i, name := range o.plain {
		printf(w, "        Argument #%d\n          %s\n", i+1, name)
	}
	for i, name := range sortedKeys(o.kwargs) {
		printf(w, "        Named Argument #%d\n          %s\n", i+1, name)
	}
}

// back is what saved_model_cli prints to take the last ", " back on a terminal.
const back = "\b\b"

func argument(w io.Writer, v *pb.StructuredValue) {
	const in = "          "
	if s, ok := v.GetKind().(*pb.StructuredValue_StringValue); ok {
		fmt.Fprintln(w, in+s.StringValue)
		return
	}
	if name, ok := tensorSpecName(v); ok {
		printf(w, "%s%s: %s\n", in, name, repr(v))
		return
	}
	printf(w, "%sDType: %s\n", in, typeName(v))
	if members, ok := items(v); ok {
		fmt.Fprint(w, in+"Value: [")
		for _, m := range members {
			fmt.Fprint(w, member(m)+", ")
		}
		fmt.Fprintln(w, back+"]")
		return
	}
	if dict, ok := v.GetKind().(*pb.StructuredValue_DictValue); ok {
		fmt.Fprint(w, in+"Value: {")
		for _, key := range sortedKeys(dict.DictValue.GetFields()) {
			fmt.Fprintf(w, "'%s': %s, ", breaks.Replace(key), member(dict.DictValue.GetFields()[key]))
		}
		fmt.Fprintln(w, back+"}")
		return
	}
	fmt.Fprintf(w, "%sValue: %s\n", in, str(v)) // an array has lines
}

// member is a value inside a list or dict: a str stands in quotes, unescaped.
func member(v *pb.StructuredValue) string {
	if s, ok := v.GetKind().(*pb.StructuredValue_StringValue); ok {
		return "'" + s.StringValue + "'"
	}
	return str(v)
}

// breaks are line breaks as Python's repr has them: one in a name would begin a
// line that says what it wants. Those in arguments' values stay.
var breaks = strings.NewReplacer("\n", `\n`, "\r", `\r`)

// printf is [fmt.Fprintf], with the line breaks in strings written out.
func printf(w io.Writer, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = breaks.Replace(s)
		}
	}
	fmt.Fprintf(w, format, args...)
}
