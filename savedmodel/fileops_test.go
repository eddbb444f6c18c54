package savedmodel_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

type fileAttrs = map[string]*attrpb.AttrValue

func fileText(s string) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_S{S: []byte(s)}}
}

func fileType(t tf.DType) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_Type{Type: typespb.DataType(t)}}
}

func fileFunction(name string) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_Func{Func: &attrpb.NameAttrList{Name: name}}}
}

// fileConst is a scalar of text.
func fileConst(name, value string) *nodepb.NodeDef {
	return &nodepb.NodeDef{Name: name, Op: "Const", Attr: fileAttrs{"dtype": fileType(tf.String), "value": {Value: &attrpb.AttrValue_Tensor{
		Tensor: &tensorpb.TensorProto{Dtype: typespb.DataType(tf.String), TensorShape: &shapepb.TensorShapeProto{}, StringVal: [][]byte{[]byte(value)}}}}}}
}

// fileModel is a model whose signature is y = x, and that holds the node evil,
// which writes the file at path, that nothing needs.
func fileModel(path string) *pb.MetaGraphDef {
	info := func(tensor string) *pb.TensorInfo {
		return &pb.TensorInfo{Encoding: &pb.TensorInfo_Name{Name: tensor}, Dtype: typespb.DataType(tf.Float32), TensorShape: &shapepb.TensorShapeProto{}}
	}
	return &pb.MetaGraphDef{
		MetaInfoDef: &pb.MetaGraphDef_MetaInfoDef{Tags: []string{savedmodel.Serve}},
		GraphDef: &graphpb.GraphDef{Library: &functionpb.FunctionDefLibrary{}, Node: []*nodepb.NodeDef{
			fileConst("path", path),
			{Name: "evil", Op: "WriteFile", Input: []string{"path", "path"}},
			{Name: "x", Op: "Placeholder", Attr: fileAttrs{"dtype": fileType(tf.Float32), "shape": {Value: &attrpb.AttrValue_Shape{Shape: &shapepb.TensorShapeProto{}}}}},
			{Name: "y", Op: "Identity", Input: []string{"x"}, Attr: fileAttrs{"T": fileType(tf.Float32)}},
		}},
		SignatureDef: map[string]*pb.SignatureDef{savedmodel.ServingDefault: {
			MethodName: savedmodel.Predict, Inputs: map[string]*pb.TensorInfo{"x": info("x:0")}, Outputs: map[string]*pb.TensorInfo{"y": info("y:0")},
		}},
	}
}

func addFileNode(g *pb.MetaGraphDef, n *nodepb.NodeDef) { g.GraphDef.Node = append(g.GraphDef.Node, n) }

func addFileFunction(g *pb.MetaGraphDef, name string, attrs fileAttrs, nodes ...*nodepb.NodeDef) {
	g.GraphDef.Library.Function = append(g.GraphDef.Library.Function, &functionpb.FunctionDef{
		Signature: &opdefpb.OpDef{Name: name, IsStateful: true}, NodeDef: nodes, Attr: attrs})
}

// fileCall is a call of a function without arguments and results.
func fileCall(name, function string) *nodepb.NodeDef {
	none := &attrpb.AttrValue{Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}}
	return &nodepb.NodeDef{Name: name, Op: "StatefulPartitionedCall", Attr: fileAttrs{"f": fileFunction(function), "Tin": none, "Tout": none}}
}

func waitFor(g *pb.MetaGraphDef, node string) {
	for _, n := range g.GraphDef.Node {
		if n.Name == "y" {
			n.Input = append(n.Input, "^"+node)
		}
	}
}

func saveFileModel(t *testing.T, g *pb.MetaGraphDef) string {
	t.Helper()
	dir := t.TempDir()
	raw, err := proto.Marshal(&pb.SavedModel{SavedModelSchemaVersion: 1, MetaGraphs: []*pb.MetaGraphDef{g}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o666))
	return dir
}

// TestLoadFileWrites loads models that write a file when they are loaded. They
// are refused, and do so where it is allowed.
func TestLoadFileWrites(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(g *pb.MetaGraphDef)
		want string
	}{
		{"signature", func(g *pb.MetaGraphDef) {
			g.SignatureDef["__saved_model_init_op"] = &pb.SignatureDef{Outputs: map[string]*pb.TensorInfo{
				"__saved_model_init_op": {Encoding: &pb.TensorInfo_Name{Name: "evil"}, TensorShape: &shapepb.TensorShapeProto{UnknownRank: true}}}}
		}, `WriteFile (node "evil")`},
		{"main op", func(g *pb.MetaGraphDef) { fileCollection(g, "saved_model_main_op", "evil") }, `WriteFile (node "evil")`},
		{"legacy init op", func(g *pb.MetaGraphDef) {
			addFileNode(g, &nodepb.NodeDef{Name: "init", Op: "NoOp", Input: []string{"^evil"}})
			fileCollection(g, "legacy_init_op", "init")
		}, `WriteFile (node "evil")`},
		{"function", func(g *pb.MetaGraphDef) {
			addFileFunction(g, "outer", nil, fileCall("call", "inner"))
			addFileFunction(g, "inner", nil, fileConst("path", string(g.GraphDef.Node[0].Attr["value"].GetTensor().StringVal[0])),
				&nodepb.NodeDef{Name: "write", Op: "WriteFile", Input: []string{"path:output:0", "path:output:0"}})
			addFileNode(g, fileCall("init", "outer"))
			fileCollection(g, "saved_model_main_op", "init")
		}, `WriteFile (node "write" of function "inner")`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "written")
			g := fileModel(path)
			tc.do(g)
			dir := saveFileModel(t, g)
			_, err := savedmodel.Load(dir, nil)
			var refused *savedmodel.FileWriteError
			if !errors.As(err, &refused) || !errors.Is(err, tf.PermissionDenied) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("err = %v, want %s", err, tc.want)
			}
			if _, err := os.Stat(path); err == nil {
				t.Fatal("the file was written")
			}
			m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{AllowFileWrites: true})
			must(t, err)
			defer m.Close()
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the model does not write a file when it is loaded, so this tests nothing: %v", err)
			}
		})
	}
}

func fileCollection(g *pb.MetaGraphDef, key, node string) {
	g.CollectionDef = map[string]*pb.CollectionDef{key: {Kind: &pb.CollectionDef_NodeList_{NodeList: &pb.CollectionDef_NodeList{Value: []string{node}}}}}
}

// TestLoadFileWritesHidden finds writers in the places that only run by the way.
func TestLoadFileWritesHidden(t *testing.T) {
	for name, do := range map[string]func(g *pb.MetaGraphDef){
		"restore": func(g *pb.MetaGraphDef) { g.SaverDef = &pb.SaverDef{RestoreOpName: "evil"} },
		"handle": func(g *pb.MetaGraphDef) {
			addFileNode(g, &nodepb.NodeDef{Name: "v", Op: "VarHandleOp", Input: []string{"^evil"}})
		},
		"shared name": func(g *pb.MetaGraphDef) {
			addFileFunction(g, "f", nil, &nodepb.NodeDef{Name: "v", Op: "VarHandleOp", Attr: fileAttrs{"shared_name": fileText("evil")}})
		},
	} {
		g := fileModel("x")
		do(g)
		if got := savedmodel.LoadFileWrites(g); len(got) != 1 || got[0].Node != "evil" {
			t.Errorf("%s: %v, want the node evil", name, got)
		}
	}
	g := fileModel("x")
	g.SaverDef = &pb.SaverDef{SaveTensorName: "evil:0", FilenameTensorName: "path:0", RestoreOpName: "y"}
	if got := savedmodel.LoadFileWrites(g); len(got) > 0 {
		t.Errorf("saving runs unasked: %v", got)
	}
}

// TestFileWrites looks for writers behind a signature.
func TestFileWrites(t *testing.T) {
	write := &nodepb.NodeDef{Name: "write", Op: "WriteFile", Input: []string{"path", "path"}}
	node := func(op string, attrs fileAttrs, inputs ...string) func(*pb.MetaGraphDef) {
		return func(g *pb.MetaGraphDef) {
			addFileNode(g, &nodepb.NodeDef{Name: "n", Op: op, Attr: attrs, Input: inputs})
			waitFor(g, "n")
		}
	}
	for _, tc := range []struct {
		name string
		do   func(g *pb.MetaGraphDef)
		want string
	}{
		{"nothing", func(*pb.MetaGraphDef) {}, ""},
		{"control input", func(g *pb.MetaGraphDef) { waitFor(g, "evil") }, `WriteFile (node "evil")`},
		{"save", node("SaveV2", nil, "path"), `SaveV2 (node "n")`},
		{"earlier name", node("ExperimentalDatasetToTFRecord", nil), `ExperimentalDatasetToTFRecord (node "n")`},
		{"print to a file", node("PrintV2", fileAttrs{"output_stream": fileText("file:///tmp/x")}, "path"), `PrintV2 (node "n")`},
		{"print", node("PrintV2", fileAttrs{"output_stream": fileText("stderr")}, "path"), ""},
		{"print where the caller says", node("PrintV2", fileAttrs{"output_stream": {Value: &attrpb.AttrValue_Placeholder{Placeholder: "to"}}}, "path"), `PrintV2 (node "n")`},
		{"cache in a file", node("CacheDatasetV2", nil, "x", "path"), `CacheDatasetV2 (node "n")`},
		{"cache in memory", func(g *pb.MetaGraphDef) {
			addFileNode(g, fileConst("empty", ""))
			node("CacheDatasetV2", nil, "x", "empty:0")(g)
		}, ""},
		{"debug", node("DebugIdentity", fileAttrs{"debug_urls": {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{S: [][]byte{[]byte("file:///tmp/x")}}}}}, "x"), `DebugIdentity (node "n")`},
		{"a function that nothing calls", func(g *pb.MetaGraphDef) { addFileFunction(g, "f", nil, write) }, ""},
		{"operation that is a function", func(g *pb.MetaGraphDef) {
			addFileFunction(g, "f", nil, write)
			node("f", nil)(g)
		}, `WriteFile (node "write" of function "f")`},
		{"branch", func(g *pb.MetaGraphDef) {
			addFileFunction(g, "f", nil, write)
			node("Case", fileAttrs{"branches": {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{
				Func: []*attrpb.NameAttrList{{Name: "g"}, {Name: "f"}}}}}}, "x")(g)
		}, `WriteFile (node "write" of function "f")`},
		{"functions in a circle", func(g *pb.MetaGraphDef) {
			addFileFunction(g, "f", nil, fileCall("call", "h"))
			addFileFunction(g, "h", nil, fileCall("call", "f"), write)
			node("f", nil)(g)
		}, `WriteFile (node "write" of function "h")`},
		{"gradient", func(g *pb.MetaGraphDef) {
			addFileFunction(g, "f", nil)
			addFileFunction(g, "df", nil, write)
			g.GraphDef.Library.Gradient = []*functionpb.GradientDef{{FunctionName: "f", GradientFunc: "df"}}
			node("SymbolicGradient", fileAttrs{"f": fileFunction("f")}, "x")(g)
		}, `WriteFile (node "write" of function "df")`},
		{"another implementation", func(g *pb.MetaGraphDef) {
			for _, name := range []string{"a", "b", "c"} {
				addFileFunction(g, name, fileAttrs{"api_implements": fileText("lstm")})
			}
			g.GraphDef.Library.Function[0].NodeDef = []*nodepb.NodeDef{write}
			node("b", nil)(g)
		}, `WriteFile (node "write" of function "a")`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := fileModel("x")
			tc.do(g)
			var got []string
			for _, w := range savedmodel.FileWrites(g, savedmodel.Signatures(g)[0]) {
				got = append(got, w.String())
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestFileWritesModels finds none in ordinary models: their functions that save
// are not those that are called.
func TestFileWritesModels(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/saved_model.pb")
	must(t, err)
	if len(dirs) < 2 {
		t.Fatalf("only %d models", len(dirs))
	}
	saves := false
	for _, path := range dirs {
		sm, err := savedmodel.Read(filepath.Dir(path))
		must(t, err)
		for _, g := range sm.MetaGraphs {
			if got := savedmodel.LoadFileWrites(g); len(got) > 0 {
				t.Errorf("%s: loading %v", path, got)
			}
			for _, s := range savedmodel.Signatures(g) {
				if got := savedmodel.FileWrites(g, s); len(got) > 0 {
					t.Errorf("%s: %s: %v", path, s.Key, got)
				}
			}
			for _, f := range g.GraphDef.GetLibrary().GetFunction() {
				saves = saves || slices.ContainsFunc(f.NodeDef, func(n *nodepb.NodeDef) bool { return n.Op == "SaveV2" })
			}
		}
	}
	if !saves {
		t.Error("no model has a function that saves")
	}
}

// TestFileWritesCall loads a model one of whose signatures writes a file: it
// does so when that is called, not before.
func TestFileWritesCall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "written")
	g := fileModel(path)
	waitFor(g, "evil")
	m, err := savedmodel.Load(saveFileModel(t, g), nil)
	must(t, err)
	defer m.Close()
	if _, err := os.Stat(path); err == nil {
		t.Fatal("loading writes the file")
	}
	x, err := tf.NewScalar(float32(1))
	must(t, err)
	defer x.Close()
	out, err := m.Call(context.Background(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
	must(t, err)
	out["y"].Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the call does not write the file, so this tests nothing: %v", err)
	}
}

// TestFrozenFileWrites opens a graph with a variable that cannot be had without
// writing a file.
func TestFrozenFileWrites(t *testing.T) {
	g := fileModel("x")
	addFileNode(g, &nodepb.NodeDef{Name: "v", Op: "VarHandleOp", Attr: fileAttrs{"dtype": fileType(tf.Float32), "shape": {Value: &attrpb.AttrValue_Shape{Shape: &shapepb.TensorShapeProto{}}}}})
	addFileNode(g, &nodepb.NodeDef{Name: "read", Op: "ReadVariableOp", Input: []string{"v", "^evil"}, Attr: fileAttrs{"dtype": fileType(tf.Float32)}})
	raw, err := proto.Marshal(g.GraphDef)
	must(t, err)
	path := filepath.Join(t.TempDir(), "graph.pb")
	must(t, os.WriteFile(path, raw, 0o666))
	if _, err := savedmodel.LoadFrozen(path, nil); !errors.Is(err, tf.PermissionDenied) || !strings.Contains(err.Error(), `WriteFile (node "evil")`) {
		t.Errorf("err = %v", err)
	}
}
