package checkpoint

import (
	"strings"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const attribute = "/.ATTRIBUTES/VARIABLE_VALUE"

// Key is the key of the variable that attributes lead to from the root object,
// such as "optimizer/_variables/0". Names in path must not contain a slash.
func Key(path string) string { return path + attribute }

// ObjectGraph is the entry that says which objects the keys made by [Key] belong
// to. Other keys are left out. The caller closes its value.
func ObjectGraph(keys ...string) (Entry, error) { return NamedObjectGraph(nil, keys...) }

// NamedObjectGraph is ObjectGraph with the variables' names in Python, such as
// "dense/kernel", by their keys. One without a name is called by its path.
func NamedObjectGraph(names map[string]string, keys ...string) (Entry, error) {
	g := &pb.TrackableObjectGraph{Nodes: []*pb.TrackableObjectGraph_TrackableObject{{}}}
	ids := map[string]int32{"": 0}
	for _, key := range keys {
		path, ok := strings.CutSuffix(key, attribute)
		if !ok {
			continue
		}
		parent := int32(0)
		for end := 0; end < len(path); {
			from := end
			if from > 0 {
				from++ // the slash
			}
			end = len(path)
			if i := strings.IndexByte(path[from:], '/'); i >= 0 {
				end = from + i
			}
			id, known := ids[path[:end]]
			if !known {
				id = int32(len(g.Nodes))
				ids[path[:end]] = id
				g.Nodes = append(g.Nodes, &pb.TrackableObjectGraph_TrackableObject{})
				g.Nodes[parent].Children = append(g.Nodes[parent].Children,
					&pb.TrackableObjectGraph_TrackableObject_ObjectReference{NodeId: id, LocalName: path[from:end]})
			}
			parent = id
		}
		name := path
		if names[key] != "" {
			name = names[key]
		}
		n := g.Nodes[parent]
		n.Attributes = append(n.Attributes, &pb.TrackableObjectGraph_TrackableObject_SerializedTensor{
			Name: "VARIABLE_VALUE", FullName: name, CheckpointKey: key})
	}
	for _, n := range g.Nodes {
		n.HasCheckpointValues = wrapperspb.Bool(len(n.Attributes) > 0)
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(g)
	if err != nil {
		return Entry{}, tf.Errorf("object graph", tf.Internal, "%v", err)
	}
	value, err := tf.NewScalar(string(raw))
	return Entry{"_CHECKPOINTABLE_OBJECT_GRAPH", value}, err
}
