package tf

import (
	"cmp"
	"context"
	"slices"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Placement says on which device an operation of a run was.
type Placement struct {
	Name   string // "dense/MatMul"
	Type   string // "MatMul"
	Device string // "/job:localhost/replica:0/task:0/device:CPU:0"
}

// Placements runs as RunWith does and tells where TensorFlow placed the
// operations, by name. They are those that it made of the graph: some are merged,
// some are new (_Send and _Recv between devices, _Arg for a feed). See also
// [Config].LogPlacement.
func (s *Session) Placements(ctx context.Context, a *RunArgs) ([]Placement, error) {
	b := *a
	b.Options = &pb.RunOptions{}
	if a.Options != nil {
		b.Options = proto.Clone(a.Options).(*pb.RunOptions)
	}
	b.Options.OutputPartitionGraphs = true
	if b.Metadata == nil {
		b.Metadata = &pb.RunMetadata{}
	}
	out, err := s.RunWith(ctx, &b)
	for _, t := range out {
		t.Close()
	}
	if err != nil {
		return nil, err
	}
	var all []Placement
	for _, g := range b.Metadata.PartitionGraphs {
		for _, n := range g.Node {
			all = append(all, Placement{n.Name, n.Op, n.Device})
		}
	}
	slices.SortFunc(all, func(a, b Placement) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Device, b.Device))
	})
	return all, nil
}
