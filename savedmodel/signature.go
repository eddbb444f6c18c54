package savedmodel

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// ServingDefault is the key of the signature that TensorFlow's tools take when
// none is named.
const ServingDefault = "serving_default"

// Predict is the method of every signature that Python's TensorFlow 2 writes.
const Predict = "tensorflow/serving/predict"

// Signature describes one function of a SavedModel.
type Signature struct {
	Key             string       // such as [ServingDefault]
	Method          string       // such as [Predict]
	Inputs, Outputs []TensorInfo // by name
}

// TensorInfo describes an input or output of a Signature.
type TensorInfo struct {
	Name     string
	DType    tf.DType
	Shape    tf.Shape // -1 is an unknown dimension, nil an unknown rank
	Tensor   string   // the graph's name for it; "" if it is not a plain tensor
	Optional bool     // an input with a default
}

// Signatures lists the functions of g that can be called, by key.
func Signatures(g *pb.MetaGraphDef) []Signature {
	var out []Signature
	for key, def := range g.GetSignatureDef() {
		if strings.HasPrefix(key, "__saved_model_") { // holds the name of an operation to run
			continue
		}
		out = append(out, Signature{
			Key: key, Method: def.GetMethodName(), Inputs: infos(def.GetInputs(), def), Outputs: infos(def.GetOutputs(), nil),
		})
	}
	slices.SortFunc(out, func(a, b Signature) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func infos(m map[string]*pb.TensorInfo, def *pb.SignatureDef) []TensorInfo {
	var out []TensorInfo
	for name, t := range m {
		_, optional := def.GetDefaults()[name]
		out = append(out, TensorInfo{
			Name: name, DType: tf.DType(t.GetDtype()), Shape: tf.ShapeOf(t.GetTensorShape()), Tensor: t.GetName(), Optional: optional,
		})
	}
	slices.SortFunc(out, func(a, b TensorInfo) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func keys(s []Signature) []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = s[i].Key
	}
	return out
}

func names(infos []TensorInfo) []string {
	out := make([]string, len(infos))
	for i := range infos {
		out[i] = infos[i].Name
	}
	return out
}
