package run

import (
	"slices"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// prints says that a graph has operations that print: tf.print, and TensorFlow
// 1's tf.Print.
func prints(g *pb.MetaGraphDef) bool {
	in := func(nodes []*nodepb.NodeDef) bool {
		return slices.ContainsFunc(nodes, func(n *nodepb.NodeDef) bool { return n.GetOp() == "PrintV2" || n.GetOp() == "Print" })
	}
	if in(g.GetGraphDef().GetNode()) {
		return true
	}
	for _, f := range g.GetGraphDef().GetLibrary().GetFunction() {
		if in(f.GetNodeDef()) {
			return true
		}
	}
	return false
}
