package savedmodel

import (
	"cmp"
	"slices"
	"strconv"
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

// TensorInfo describes an input or output of a Signature. A sparse one is three,
// NAME/indices, NAME/values and NAME/dense_shape; a ragged one is NAME/values
// and, from the outermost dimension on, NAME/row_splits_0 and so on; the
// components of another composite tensor are NAME/0, NAME/1 and so on.
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
		for _, info := range components(name, t) {
			info.Optional = optional
			out = append(out, info)
		}
	}
	slices.SortFunc(out, func(a, b TensorInfo) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// components are the plain tensors that t consists of.
func components(name string, t *pb.TensorInfo) (out []TensorInfo) {
	if sparse := t.GetCooSparse(); sparse != nil {
		rank := int64(-1)
		if s := tf.ShapeOf(t.GetTensorShape()); s != nil {
			rank = int64(len(s))
		}
		return []TensorInfo{
			{Name: name + "/indices", DType: tf.Int64, Shape: tf.Shape{-1, rank}, Tensor: sparse.GetIndicesTensorName()},
			{Name: name + "/values", DType: tf.DType(t.GetDtype()), Shape: tf.Shape{-1}, Tensor: sparse.GetValuesTensorName()},
			{Name: name + "/dense_shape", DType: tf.Int64, Shape: tf.Shape{rank}, Tensor: sparse.GetDenseShapeTensorName()},
		}
	}
	composite := t.GetCompositeTensor()
	if composite == nil {
		return []TensorInfo{{Name: name, DType: tf.DType(t.GetDtype()), Shape: tf.ShapeOf(t.GetTensorShape()), Tensor: t.GetName()}}
	}
	ragged := composite.GetTypeSpec().GetTypeSpecClass() == pb.TypeSpecProto_RAGGED_TENSOR_SPEC
	for i, c := range composite.GetComponents() {
		part := strconv.Itoa(i)
		if ragged && i == 0 {
			part = "values"
		} else if ragged {
			part = "row_splits_" + strconv.Itoa(i-1)
		}
		out = append(out, components(name+"/"+part, c)...)
	}
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
