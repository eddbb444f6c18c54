package savedmodel

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/tf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// mostRepeated is the most bytes of constants that the file does not hold: one
// value may stand for all elements of a constant. Weights are in the file, and do
// not count; TensorFlow's converter takes several times these bytes.
const mostRepeated = 512 << 20

// validateSizes finds constants that are far larger than the file.
func validateSizes(g *graphpb.GraphDef) error {
	total := int64(0)
	check := func(nodes []*nodepb.NodeDef) error {
		for _, n := range nodes {
			t := n.GetAttr()["value"].GetTensor()
			if total += repeated(t); total > mostRepeated {
				return fmt.Errorf("node %q: the constants take more than %d MiB beyond what the file holds, which is the limit: this one has shape %v", n.GetName(), mostRepeated>>20, tf.ShapeOf(t.GetTensorShape()))
			}
		}
		return nil
	}
	if err := check(g.GetNode()); err != nil {
		return err
	}
	for _, f := range g.GetLibrary().GetFunction() {
		if err := check(f.GetNodeDef()); err != nil {
			return err
		}
	}
	return nil
}

// repeated are the bytes of a constant that its message does not hold.
func repeated(t *tensorpb.TensorProto) int64 {
	if t == nil || len(t.GetTensorContent()) > 0 {
		return 0
	}
	width := int64(max(tf.DType(t.GetDtype()).Size(), 1))
	n := tf.ShapeOf(t.GetTensorShape()).NumElements()
	if n > mostRepeated/width {
		return mostRepeated + 1
	}
	return max(n*width-int64(proto.Size(t)), 0)
}

// validateInfos finds inputs and outputs of types that do not exist.
func validateInfos(s *pb.SignatureDef) error {
	for _, infos := range []map[string]*pb.TensorInfo{s.GetInputs(), s.GetOutputs()} {
		for name, t := range infos {
			if !known(t.GetDtype()) {
				return fmt.Errorf("%q: there is no type %d", name, t.GetDtype())
			}
			if err := validateShape(t.GetTensorShape()); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
		}
	}
	return nil
}

// validateAssets finds assets outside the model's folder.
func validateAssets(g *pb.MetaGraphDef) error {
	defs := g.GetAssetFileDef()
	for _, any := range g.GetCollectionDef()["saved_model_assets"].GetAnyList().GetValue() {
		d := &pb.AssetFileDef{}
		if proto.Unmarshal(any.GetValue(), d) == nil {
			defs = append(defs[:len(defs):len(defs)], d)
		}
	}
	for _, d := range defs {
		name := filepath.FromSlash(d.GetFilename())
		if !filepath.IsLocal(name) || strings.Contains(d.GetFilename(), "\x00") {
			return fmt.Errorf("asset %q lies outside the model's folder", d.GetFilename())
		}
	}
	return nil
}
