package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
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

// readGraphDef reads a file with a GraphDef, as text too, or a MetaGraphDef.
func readGraphDef(path string) (*graphpb.GraphDef, error) {
	raw, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	if g := parseGraphDef(raw); g != nil {
		return g, nil
	}
	return savedmodel.ReadGraph(path)
}

func inspectGraphDef(r *inspection) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	g, err := readGraphDef(r.Path)
	if err != nil {
		return err
	}
	r.Bytes = info.Size()
	m := graphFacts(g)
	r.modelFacts, r.weightTotals = m, constantTotals(g, m)
	used := map[string]bool{}
	for _, n := range g.Node {
		for _, in := range n.Input {
			used[tensorNode(in)] = true
		}
	}
	for _, n := range g.Node {
		attr := n.GetAttr()
		if n.Op == "Placeholder" || n.Op == "PlaceholderWithDefault" {
			m.Inputs = append(m.Inputs, tensorFacts{Name: n.Name, DType: tf.DType(attr["dtype"].GetType()).String(), Shape: tf.ShapeOf(attr["shape"].GetShape())})
		} else if !used[n.Name] && n.Op != "NoOp" && n.Op != "Const" && n.Op != "Assert" {
			dtype := cmp.Or(attr["T"].GetType(), attr["dtype"].GetType(), attr["out_type"].GetType())
			m.Outputs = append(m.Outputs, tensorFacts{Name: n.Name, DType: outputType(tf.DType(dtype))})
		}
	}
	m.takeDefault()
	r.next = fmt.Sprintf("gotf export --from %s --to DIR", shellWord(r.Path))
	r.graphs = func() []*drawing.Graph { return drawGraphDef(g, nil) }
	return nil
}

const unknownType = "unknown"

// outputType names a type that the node need not tell.
func outputType(d tf.DType) string {
	if d == 0 {
		return unknownType
	}
	return d.String()
}

// graphFacts counts the operators of a graph and its functions.
func graphFacts(g *graphpb.GraphDef) *modelFacts {
	m, counts := &modelFacts{}, map[string]int{}
	count := func(nodes []*nodepb.NodeDef) {
		for _, n := range nodes {
			counts[n.GetOp()]++
		}
		m.Nodes += len(nodes)
	}
	count(g.GetNode())
	for _, f := range g.GetLibrary().GetFunction() {
		count(f.GetNodeDef())
		m.Functions = append(m.Functions, subgraphFacts{f.GetSignature().GetName(), len(f.GetNodeDef())})
	}
	for name, n := range counts {
		m.Operators = append(m.Operators, operatorFacts{Name: name, Count: n})
	}
	slices.SortFunc(m.Operators, func(a, b operatorFacts) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return m
}

// constantTotals lists and counts the constants of a frozen graph.
func constantTotals(g *graphpb.GraphDef, m *modelFacts) *weightTotals {
	total := &weightTotals{}
	for _, n := range g.GetNode() {
		t := n.GetAttr()["value"].GetTensor()
		if n.GetOp() != "Const" || t == nil {
			continue
		}
		c := constantFacts(n.GetName(), t)
		m.Constants = append(m.Constants, c)
		if k := c.Shape.NumElements(); k > 0 && c.DType != tf.String.String() {
			total.Parameters = addCapped(total.Parameters, k)
		}
		total.WeightBytes = addCapped(total.WeightBytes, c.Bytes)
	}
	return total
}

// addCapped adds counts that a file may claim to be anything.
func addCapped(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// constantFacts describes a constant by its value: stored, it may take fewer
// bytes, as one value may stand for many, or more.
func constantFacts(name string, t *tensorpb.TensorProto) weightFacts {
	d, shape := tf.DType(t.GetDtype()), tf.ShapeOf(t.GetTensorShape())
	size, n := int64(d.Size()), shape.NumElements()
	var bytes int64
	switch {
	case d == tf.String:
		for _, s := range t.GetStringVal() {
			bytes += int64(len(s))
		}
	case n >= 0 && size > 0 && n <= math.MaxInt64/size:
		bytes = n * size
	default:
		bytes = int64(proto.Size(t))
	}
	return weightFacts{tensorFacts{Name: name, DType: d.String(), Shape: shape}, bytes}
}
