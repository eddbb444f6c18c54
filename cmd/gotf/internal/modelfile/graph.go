package modelfile

import (
	"fmt"

	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
)

// parseSavedModel is nil if raw is no such message.
func parseSavedModel(raw []byte) *pb.SavedModel {
	m := &pb.SavedModel{}
	if proto.Unmarshal(raw, m) != nil || len(m.ProtoReflect().GetUnknown()) > 0 || len(m.MetaGraphs) == 0 || m.MetaGraphs[0].GetGraphDef() == nil {
		return nil
	}
	return m
}

// parseGraphDef is nil if raw is neither a GraphDef nor a MetaGraphDef.
func parseGraphDef(raw []byte) *graphpb.GraphDef {
	isGraph := func(g *graphpb.GraphDef) bool {
		return len(g.GetNode()) > 0 && g.Node[0].Name != "" && g.Node[0].Op != ""
	}
	g := &graphpb.GraphDef{}
	if proto.Unmarshal(raw, g) == nil && len(g.ProtoReflect().GetUnknown()) == 0 && isGraph(g) {
		return g
	}
	m := &pb.MetaGraphDef{}
	if proto.Unmarshal(raw, m) == nil && len(m.ProtoReflect().GetUnknown()) == 0 && isGraph(m.GetGraphDef()) {
		return m.GraphDef
	}
	return nil
}

// ReadGraphDef reads a file with a GraphDef, as text too, or a MetaGraphDef.
func ReadGraphDef(path string) (*graphpb.GraphDef, error) {
	raw, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	if g := parseGraphDef(raw); g != nil {
		return g, nil
	}
	return savedmodel.ReadGraph(path)
}
