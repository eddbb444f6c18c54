package savedmodel

import (
	"strings"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// assetNodes are the nodes of a model that give the path of an asset, with the
// assets' file names: those that are told it when the model is loaded, and the
// variables that keep it.
func assetNodes(meta *pb.MetaGraphDef) map[string]string {
	out := map[string]string{}
	for _, a := range meta.GetAssetFileDef() {
		out[nodeOf(a.GetTensorInfo().GetName())] = a.GetFilename()
	}
	if len(out) == 0 {
		return nil
	}
	nodes := byName(meta.GetGraphDef().GetNode())
	for _, n := range meta.GetGraphDef().GetNode() {
		in := dataInputs(n)
		if !strings.HasPrefix(n.GetOp(), "Assign") || len(in) < 2 {
			continue
		}
		from := nodeOf(in[1])
		for range nodes { // as many as there can be
			if k := nodes[from]; k == nil || k.GetOp() != "Identity" || len(dataInputs(k)) == 0 {
				break
			}
			from = nodeOf(nodes[from].GetInput()[0])
		}
		if file, ok := out[from]; ok {
			out[nodeOf(in[0])] = file
		}
	}
	return out
}

// refuseAssets fails if a node of the part reads an asset: its path is known
// only where the SavedModel is loaded.
func (c *cut) refuseAssets(op string, assets map[string]string) error {
	for _, n := range c.def {
		if file, ok := assets[n.GetName()]; ok {
			return errorf(op, tf.Unimplemented, "the signature reads the asset file %q, whose path a frozen graph cannot hold", file)
		}
	}
	return nil
}
