package listing

import (
	"path/filepath"
	"slices"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

// Model is what a SavedModel holds, for encoding/json.
type Model struct {
	Format        string      `json:"format"` // "savedmodel"
	SchemaVersion int64       `json:"schema_version"`
	MetaGraphs    []MetaGraph `json:"meta_graphs"`
}

// MetaGraph is the part of a SavedModel with one tag set.
type MetaGraph struct {
	Tags              []string        `json:"tags"`
	TensorFlowVersion string          `json:"tensorflow_version"`
	Signatures        []SignatureInfo `json:"signatures"` // by key
	Ops               []string        `json:"ops"`        // sorted
	Nodes             int             `json:"nodes"`      // of the graph and all functions
	GraphFunctions    int             `json:"graph_functions"`
	Functions         []Function      `json:"functions"`                // of the root object
	FunctionsNote     string          `json:"functions_note,omitempty"` // why they are not listed
	Variables         int             `json:"variables"`
	Assets            []string        `json:"assets"` // file names in assets/
}

// SignatureInfo is a signature, with its inputs and outputs by name.
type SignatureInfo struct {
	Key     string   `json:"key"`
	Method  string   `json:"method"`
	Inputs  []Tensor `json:"inputs"`
	Outputs []Tensor `json:"outputs"`
}

// Tensor is an input or output of a signature.
type Tensor struct {
	Name   string  `json:"name"`   // the signature's name for it
	DType  string  `json:"dtype"`  // such as "float32"
	Shape  []int64 `json:"shape"`  // -1 is an unknown dimension, null an unknown rank
	Tensor string  `json:"tensor"` // the graph's name for it
}

// Function is a function that the model's root object has in Python.
type Function struct {
	Name    string   `json:"name"`
	Options []Option `json:"options"`
}

// Option is one way to call a Function.
type Option struct {
	Args   []Argument `json:"args"`
	Kwargs []Argument `json:"kwargs"`
}

// Argument is a tensor to give to a Function, or a value that must be given.
type Argument struct {
	Name  string  `json:"name,omitempty"`
	Type  string  `json:"type"`            // of the value in Python, such as "TensorSpec"
	DType string  `json:"dtype,omitempty"` // of a TensorSpec
	Shape []int64 `json:"shape"`           // of a TensorSpec; null where it or its rank is unknown
	Value string  `json:"value"`           // Python's repr
}

// Of describes m.
func Of(m *pb.SavedModel) Model {
	out := Model{Format: "savedmodel", SchemaVersion: m.GetSavedModelSchemaVersion()}
	for _, g := range m.GetMetaGraphs() {
		out.MetaGraphs = append(out.MetaGraphs, metaGraph(m, g))
	}
	return out
}

func metaGraph(m *pb.SavedModel, g *pb.MetaGraphDef) MetaGraph {
	out := MetaGraph{
		Tags: slices.Clone(g.GetMetaInfoDef().GetTags()), TensorFlowVersion: g.GetMetaInfoDef().GetTensorflowVersion(),
		Signatures: []SignatureInfo{}, Ops: OpsUsed(g, false), Functions: []Function{}, Assets: []string{},
	}
	for _, key := range sortedKeys(g.GetSignatureDef()) {
		out.Signatures = append(out.Signatures, SignatureOf(key, g.GetSignatureDef()[key]))
	}
	for _, a := range g.GetAssetFileDef() {
		out.Assets = append(out.Assets, filepath.ToSlash(a.GetFilename()))
	}
	graph := g.GetGraphDef()
	out.Nodes, out.GraphFunctions = len(graph.GetNode()), len(graph.GetLibrary().GetFunction())
	for _, f := range graph.GetLibrary().GetFunction() {
		out.Nodes += len(f.GetNodeDef())
	}
	out.Variables = variables(g)
	if g.GetObjectGraphDef() != nil {
		functions, err := rootFunctions(m)
		if err != nil {
			out.FunctionsNote = err.Error()
		}
		for _, f := range functions {
			out.Functions = append(out.Functions, functionOf(f))
		}
	}
	return out
}

// variables counts the objects that are variables or, in models of TensorFlow 1,
// the operations that make one.
func variables(g *pb.MetaGraphDef) (n int) {
	if objects := g.GetObjectGraphDef().GetNodes(); len(objects) > 0 {
		for _, o := range objects {
			if o.GetVariable() != nil {
				n++
			}
		}
		return n
	}
	for _, node := range g.GetGraphDef().GetNode() {
		switch node.GetOp() {
		case "VarHandleOp", "VariableV2", "Variable":
			n++
		}
	}
	return n
}

// SignatureOf describes a signature.
func SignatureOf(key string, s *pb.SignatureDef) SignatureInfo {
	return SignatureInfo{Key: key, Method: s.GetMethodName(), Inputs: tensors(s.GetInputs()), Outputs: tensors(s.GetOutputs())}
}

func tensors(m map[string]*pb.TensorInfo) []Tensor {
	out := []Tensor{}
	for _, name := range sortedKeys(m) {
		t := m[name]
		out = append(out, Tensor{name, dtypeName(int32(t.GetDtype())), shapeOf(t.GetTensorShape()), t.GetName()})
	}
	return out
}

// dtypeName is "" for what is no tensor.
func dtypeName(d int32) string {
	if d == 0 {
		return ""
	}
	return tf.DType(d).String()
}

func functionOf(f function) Function {
	out := Function{Name: f.name, Options: []Option{}}
	for _, o := range f.options {
		to := Option{Args: []Argument{}, Kwargs: []Argument{}}
		for _, v := range o.args {
			to.Args = append(to.Args, argumentOf("", v))
		}
		for _, name := range o.plain {
			to.Args = append(to.Args, Argument{Name: name, Type: "TensorSpec"})
		}
		for _, name := range sortedKeys(o.kwargs) {
			to.Kwargs = append(to.Kwargs, argumentOf(name, o.kwargs[name]))
		}
		out.Options = append(out.Options, to)
	}
	return out
}

func argumentOf(name string, v *pb.StructuredValue) Argument {
	a := Argument{Name: name, Type: typeName(v), Value: repr(v)}
	if spec, ok := tensorSpecName(v); ok {
		s := v.GetTensorSpecValue()
		if b := v.GetBoundedTensorSpecValue(); b != nil {
			s = &pb.TensorSpecProto{Name: b.GetName(), Shape: b.GetShape(), Dtype: b.GetDtype()}
		}
		a.DType, a.Shape = tf.DType(s.GetDtype()).String(), shapeOf(s.GetShape())
		if name == "" && spec != "None" {
			a.Name = strings.TrimSpace(spec)
		}
	}
	return a
}
