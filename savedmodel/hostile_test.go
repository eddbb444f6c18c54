package savedmodel_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// TestHostile loads models made to do harm. Each is refused with the file and
// the reason before the runtime sees it.
func TestHostile(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, m *pb.SavedModel)
		want string
		code tf.Code
	}{
		{"a function that calls itself", func(t *testing.T, m *pb.SavedModel) {
			addFunction(m, "a", "b")
			addFunction(m, "b", "a")
		}, `calls itself`, tf.DataLoss},
		{"functions that double", func(t *testing.T, m *pb.SavedModel) {
			for i := range 60 {
				addFunction(m, fmt.Sprint("f", i), fmt.Sprint("f", i+1), fmt.Sprint("f", i+1))
			}
			addFunction(m, "f60")
			leaf := m.MetaGraphs[0].GraphDef.Library.Function
			leaf[len(leaf)-1].NodeDef = []*nodepb.NodeDef{{Name: "n", Op: "NoOp"}}
		}, "more than 16777216 operations", tf.DataLoss},
		{"deep calls", func(t *testing.T, m *pb.SavedModel) {
			for i := range 5000 {
				addFunction(m, fmt.Sprint("f", i), fmt.Sprint("f", i+1))
			}
		}, "calls deep", tf.DataLoss},
		{"two functions of one name", func(t *testing.T, m *pb.SavedModel) {
			addFunction(m, "a")
			addFunction(m, "a")
		}, `two functions "a"`, tf.DataLoss},
		{"an asset outside", func(t *testing.T, m *pb.SavedModel) {
			m.MetaGraphs[0].AssetFileDef = append(m.MetaGraphs[0].AssetFileDef, &pb.AssetFileDef{
				TensorInfo: &pb.TensorInfo{}, Filename: "../../../etc/passwd"})
		}, `asset "../../../etc/passwd" lies outside`, tf.DataLoss},
		{"an absolute asset", func(t *testing.T, m *pb.SavedModel) {
			m.MetaGraphs[0].AssetFileDef = append(m.MetaGraphs[0].AssetFileDef, &pb.AssetFileDef{
				TensorInfo: &pb.TensorInfo{}, Filename: "/etc/passwd"})
		}, `lies outside`, tf.DataLoss},
		{"a giant constant", func(t *testing.T, m *pb.SavedModel) {
			value := &tensorpb.TensorProto{Dtype: 1, FloatVal: []float32{1}, TensorShape: &shapepb.TensorShapeProto{
				Dim: []*shapepb.TensorShapeProto_Dim{{Size: 1 << 40}}}}
			addNode(m, "Const", "value", &attrpb.AttrValue{Value: &attrpb.AttrValue_Tensor{Tensor: value}})
		}, "the constants take more", tf.DataLoss},
		{"a shape beyond counting", func(t *testing.T, m *pb.SavedModel) {
			addNode(m, "Placeholder", "shape", &attrpb.AttrValue{Value: &attrpb.AttrValue_Shape{Shape: &shapepb.TensorShapeProto{
				Dim: []*shapepb.TensorShapeProto_Dim{{Size: math.MaxInt64}, {Size: 8}}}}})
		}, "cannot have shape", tf.DataLoss},
		{"a shape of many dimensions", func(t *testing.T, m *pb.SavedModel) {
			addNode(m, "Placeholder", "shape", &attrpb.AttrValue{Value: &attrpb.AttrValue_Shape{Shape: &shapepb.TensorShapeProto{
				Dim: make([]*shapepb.TensorShapeProto_Dim, 300)}}})
		}, "300 dimensions", tf.DataLoss},
		{"a signature of no type", func(t *testing.T, m *pb.SavedModel) {
			for _, s := range m.MetaGraphs[0].SignatureDef {
				for _, i := range s.Inputs {
					i.Dtype = 17000000
				}
			}
		}, "there is no type 17000000", tf.DataLoss},
		{"a later version", func(t *testing.T, m *pb.SavedModel) { m.SavedModelSchemaVersion = 2 }, "version 2", tf.Unimplemented},
		{"a graph for a later runtime", func(t *testing.T, m *pb.SavedModel) {
			m.MetaGraphs[0].GraphDef.Versions.MinConsumer = 1 << 20
		}, "version", tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
			m, err := savedmodel.Read(dir)
			must(t, err)
			tc.do(t, m)
			raw, err := proto.Marshal(m)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o666))
			_, err = savedmodel.Load(dir, nil)
			if !errors.Is(err, tc.code) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %v: %s", err, tc.code, tc.want)
			}
			if tc.code == tf.DataLoss && !strings.Contains(err.Error(), filepath.Join(dir, "saved_model.pb")) {
				t.Errorf("err = %v does not name the file", err)
			}
		})
	}
}

// addFunction adds a function that calls others.
func addFunction(m *pb.SavedModel, name string, callees ...string) {
	f := &functionpb.FunctionDef{Signature: &opdefpb.OpDef{Name: name}}
	for i, c := range callees {
		f.NodeDef = append(f.NodeDef, &nodepb.NodeDef{Name: fmt.Sprint("call", i), Op: "PartitionedCall", Attr: map[string]*attrpb.AttrValue{
			"f":   {Value: &attrpb.AttrValue_Func{Func: &attrpb.NameAttrList{Name: c}}},
			"Tin": {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}}, "Tout": {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}}}})
	}
	lib := m.MetaGraphs[0].GraphDef.Library
	lib.Function = append(lib.Function, f)
}

func addNode(m *pb.SavedModel, op, attr string, value *attrpb.AttrValue) {
	g := m.MetaGraphs[0].GraphDef
	g.Node = append(g.Node, &nodepb.NodeDef{Name: "added", Op: op, Attr: map[string]*attrpb.AttrValue{
		"dtype": {Value: &attrpb.AttrValue_Type{Type: 1}}, attr: value}})
}

// TestHostileVariables damages the files of values.
func TestHostileVariables(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, dir string)
		want string
		code tf.Code
	}{
		{"no index", func(t *testing.T, dir string) { remove(t, dir, "variables/variables.index") }, "variables.index", tf.NotFound},
		{"no values", func(t *testing.T, dir string) { remove(t, dir, "variables/variables.data-00000-of-00001") }, "variables.data-00000-of-00001", tf.NotFound},
		{"short values", func(t *testing.T, dir string) { truncate(t, dir, "variables/variables.data-00000-of-00001", 0.5) }, "the values of the variables are cut short or damaged: ", tf.DataLoss},
		{"short index", func(t *testing.T, dir string) { truncate(t, dir, "variables/variables.index", 0.5) }, "cut short or no checkpoint", tf.DataLoss},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
			tc.do(t, dir)
			_, err := savedmodel.Load(dir, nil)
			if !errors.Is(err, tc.code) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %v: %s", err, tc.code, tc.want)
			}
		})
	}
}
