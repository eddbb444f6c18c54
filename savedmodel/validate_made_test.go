package savedmodel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// madeInts is a constant of int64, a scalar if there is one.
func madeInts(name string, values ...int64) *nodepb.NodeDef {
	shape := &shapepb.TensorShapeProto{}
	if len(values) > 1 {
		shape.Dim = []*shapepb.TensorShapeProto_Dim{{Size: int64(len(values))}}
	}
	t := &tensorpb.TensorProto{Dtype: typespb.DataType_DT_INT64, Int64Val: values, TensorShape: shape}
	return &nodepb.NodeDef{Name: name, Op: "Const", Attr: map[string]*attrpb.AttrValue{
		"dtype": madeType(typespb.DataType_DT_INT64), "value": {Value: &attrpb.AttrValue_Tensor{Tensor: t}}}}
}

func madeType(t typespb.DataType) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_Type{Type: t}}
}

func madeNode(name, op string, inputs ...string) *nodepb.NodeDef {
	return &nodepb.NodeDef{Name: name, Op: op, Input: inputs, Attr: map[string]*attrpb.AttrValue{"T": madeType(typespb.DataType_DT_INT64)}}
}

// madeSlice is one element.
func madeSlice(name, of, at string) *nodepb.NodeDef {
	n := madeNode(name, "StridedSlice", of, at)
	n.Attr["shrink_axis_mask"] = &attrpb.AttrValue{Value: &attrpb.AttrValue_I{I: 1}}
	return n
}

func madeFunction(m *pb.SavedModel, name, arg string, nodes ...*nodepb.NodeDef) {
	f := &functionpb.FunctionDef{Signature: &opdefpb.OpDef{Name: name}, NodeDef: nodes}
	if arg != "" {
		f.Signature.InputArg = []*opdefpb.OpDef_ArgDef{{Name: arg, Type: typespb.DataType_DT_INT64}}
	}
	lib := m.MetaGraphs[0].GraphDef.Library
	lib.Function = append(lib.Function, f)
}

func madeCall(op, attr, function string, inputs ...string) *nodepb.NodeDef {
	n := madeNode("out", op, inputs...)
	in := make([]typespb.DataType, len(inputs))
	for i := range in {
		in[i] = typespb.DataType_DT_INT64
	}
	n.Attr["Tin"] = &attrpb.AttrValue{Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{Type: in}}}
	n.Attr["Tout"] = &attrpb.AttrValue{Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}}
	n.Attr[attr] = &attrpb.AttrValue{Value: &attrpb.AttrValue_Func{Func: &attrpb.NameAttrList{Name: function}}}
	return n
}

// TestMadeSizes reads models whose constants ask for values far larger than the
// file, in all the ways that a graph can say so, and some that are fine.
func TestMadeSizes(t *testing.T) {
	one, dims, huge := madeInts("one", 1), madeInts("dims", 1<<17, 1<<17), madeInts("huge", 1<<40)
	fill := madeNode("big", "Fill", "dims", "one")
	for _, tc := range []struct {
		name  string
		nodes []*nodepb.NodeDef // the output is out:0
		want  string            // "" if it is to be read
	}{
		{"fill", []*nodepb.NodeDef{one, dims, madeNode("out", "Fill", "dims", "one")}, `node "out" (Fill): a value takes more than 512 MiB, which is the limit for one that constants make: it has shape (131072, 131072)`},
		{"fill by pieces", []*nodepb.NodeDef{one, huge, madeNode("i", "Identity", "huge"), madeNode("p", "Pack", "i", "one"), madeNode("out", "Fill", "p", "one")}, "(1099511627776, 1)"},
		{"fill by a product", []*nodepb.NodeDef{one, dims, madeNode("p", "Mul", "dims", "dims"), madeNode("out", "Fill", "p", "one")}, "(17179869184, 17179869184)"},
		{"fill by an element", []*nodepb.NodeDef{one, madeInts("zero", -1), dims, madeSlice("d", "dims", "zero"), madeNode("p", "Pack", "d", "d", "d"), madeNode("out", "Fill", "p", "one")}, "(131072, 131072, 131072)"},
		{"beyond counting", []*nodepb.NodeDef{one, madeInts("dims", 1<<62, 1<<62, 1<<62), madeNode("out", "Fill", "dims", "one")}, "a value takes more"},
		{"broadcast", []*nodepb.NodeDef{madeNode("x", "Placeholder"), dims, madeNode("out", "BroadcastTo", "x", "dims")}, `node "out" (BroadcastTo): a value takes more than 4096 MiB`},
		{"tile", []*nodepb.NodeDef{madeNode("x", "Placeholder"), dims, madeNode("out", "Tile", "x", "dims")}, "(Tile): a value takes"},
		{"range", []*nodepb.NodeDef{one, huge, madeNode("out", "Range", "one", "huge", "one")}, "(Range): a value takes more than 512 MiB"},
		{"linspace", []*nodepb.NodeDef{one, huge, madeNode("out", "LinSpace", "one", "one", "huge")}, "(LinSpace): a value takes more than 512 MiB"},
		{"pad", []*nodepb.NodeDef{one, dims, madeInts("by", 0, 1<<20, 0, 1<<20), madeNode("out", "Pad", "dims", "by")}, "(Pad): a value takes more than 512 MiB"},
		{"one hot", []*nodepb.NodeDef{madeNode("x", "Placeholder"), huge, one, madeNode("out", "OneHot", "x", "huge", "one", "one")}, "(OneHot): a value"},
		{"random", []*nodepb.NodeDef{dims, madeNode("out", "RandomUniform", "dims")}, "(RandomUniform): a value"},
		{"a diagonal", []*nodepb.NodeDef{one, madeInts("n", 1<<20), madeNode("x", "Fill", "n1", "one"), madeNode("n1", "Pack", "n"), madeNode("out", "MatrixDiag", "x")}, "(MatrixDiag): a value takes more than 512 MiB"},
		{"a list", []*nodepb.NodeDef{one, huge, madeNode("out", "TensorListReserve", "one", "huge")}, "(TensorListReserve): a value"},
		{"a picture", []*nodepb.NodeDef{madeNode("x", "Placeholder"), dims, madeNode("out", "ResizeBilinear", "x", "dims")}, "(ResizeBilinear): a value"},
		{"a product of matrices", []*nodepb.NodeDef{one, madeInts("d", 1<<17, 1), madeInts("e", 1, 1<<17), madeNode("a", "Fill", "d", "one"), madeNode("b", "Fill", "e", "one"), madeNode("out", "MatMul", "a", "b")}, "(MatMul): a value"},
		{"a pack", []*nodepb.NodeDef{one, madeInts("d", 1<<12, 1<<12), madeNode("a", "Fill", "d", "one"), madeNode("out", "Pack", "a", "a", "a", "a", "a")}, "(Pack): a value takes more than 512"},
		{"a row", []*nodepb.NodeDef{one, madeInts("d", 1<<12, 1<<12), madeNode("a", "Fill", "d", "one"), madeNode("out", "ConcatV2", "a", "a", "a", "a", "a", "one")}, "it has shape (4096, 20480)"},
		{"a row of nothing", []*nodepb.NodeDef{one, madeNode("x", "Placeholder"), madeNode("out", "ConcatV2", "one", "x", "one")}, ""},
		{"many", []*nodepb.NodeDef{one, madeInts("d", 1<<12, 1<<13), madeNode("a", "Fill", "d", "one"), madeNode("b", "Fill", "d", "one"), madeNode("c", "Fill", "d", "one"), madeNode("e", "ZerosLike", "a"), madeNode("f", "Add", "a", "b"), madeNode("out", "Merge", "a", "b", "c", "e", "f")}, "the values that constants make take more than 1024 MiB together"},
		{"in a function", []*nodepb.NodeDef{madeCall("StatefulPartitionedCall", "f", "made")}, `function "made": node "big"`},
		{"in a branch", []*nodepb.NodeDef{one, madeCall("If", "then_branch", "made", "one")}, `function "made": node "big"`},
		{"in a loop", []*nodepb.NodeDef{madeCall("While", "body", "made")}, `function "made": node "big"`},
		{"by an argument", []*nodepb.NodeDef{dims, madeCall("PartitionedCall", "f", "passed", "dims")}, `function "passed": node "y"`},
		{"by an argument of a branch", []*nodepb.NodeDef{one, dims, madeCall("StatelessIf", "then_branch", "passed", "one", "dims")}, `function "passed": node "y"`},
		{"a circle", []*nodepb.NodeDef{one, madeNode("a", "Pack", "b"), madeNode("b", "Identity", "a"), madeNode("out", "Fill", "a", "one")}, ""},
		{"without end", []*nodepb.NodeDef{one, dims, madeInts("zero", 0), madeNode("inf", "RealDiv", "one", "zero"), madeNode("nan", "Sub", "inf", "inf"), madeNode("a", "ExpandDims", "dims", "inf"),
			madeSlice("b", "dims", "inf"), madeSlice("c", "dims", "nan"), madeNode("d", "ExpandDims", "dims", "nan"), madeNode("e", "Range", "inf", "nan", "inf"), madeNode("out", "Pack", "a", "b", "c", "d", "e")}, ""},
		{"a scalar of another shape", []*nodepb.NodeDef{one, madeNode("shape", "Shape", "one"), madeNode("a", "Fill", "shape", "one"), madeNode("b", "MatrixDiag", "a"), madeSlice("c", "shape", "one"), madeNode("out", "Tile", "b", "c")}, ""},
		{"of nobody's interest", []*nodepb.NodeDef{one, dims, fill, madeNode("out", "Identity", "one")}, ""},
		{"small", []*nodepb.NodeDef{one, madeInts("d", 1<<10, 1<<10), madeNode("out", "Fill", "d", "one")}, ""},
		{"negative", []*nodepb.NodeDef{one, madeInts("d", -5, -7), madeNode("out", "Fill", "d", "one")}, ""},
		{"passed something small", []*nodepb.NodeDef{one, madeInts("d", 2, 3), madeCall("PartitionedCall", "f", "passed", "d")}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
			m, err := savedmodel.Read(dir)
			must(t, err)
			g := m.MetaGraphs[0]
			g.GraphDef.Node = append(g.GraphDef.Node, tc.nodes...)
			madeFunction(m, "made", "", one, dims, madeNode("big", "Fill", "dims:output:0", "one:output:0"))
			madeFunction(m, "passed", "d", one, madeNode("y", "Fill", "d", "one:output:0"))
			for _, s := range g.SignatureDef {
				s.Outputs["more"] = &pb.TensorInfo{Encoding: &pb.TensorInfo_Name{Name: "out:0"}, Dtype: typespb.DataType_DT_INT64, TensorShape: &shapepb.TensorShapeProto{UnknownRank: true}}
			}
			err = savedmodel.Check(dir, g)
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("err = %v, want %s", err, tc.want)
			}
		})
	}
}
