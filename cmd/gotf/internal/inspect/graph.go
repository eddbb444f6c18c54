package inspect

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"

	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

func inspectGraphDef(r *Report) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	g, err := modelfile.ReadGraphDef(r.Path)
	if err != nil {
		return err
	}
	r.Bytes = info.Size()
	m := GraphFacts(g)
	r.ModelFacts, r.WeightTotals = m, constantTotals(g.GetNode(), g.GetLibrary(), m)
	inputs, outputs := savedmodel.GraphEnds(g)
	for _, n := range inputs {
		m.Inputs = append(m.Inputs, TensorFacts{
			Name: n.Name, DType: tf.DType(n.GetAttr()["dtype"].GetType()).String(), Shape: tf.ShapeOf(n.GetAttr()["shape"].GetShape()),
			Optional: n.Op == "PlaceholderWithDefault",
		})
	}
	for _, n := range outputs {
		attr := n.GetAttr()
		dtype := cmp.Or(attr["T"].GetType(), attr["dtype"].GetType(), attr["out_type"].GetType())
		m.Outputs = append(m.Outputs, TensorFacts{Name: n.Name, DType: outputType(tf.DType(dtype))})
	}
	m.takeDefault()
	r.next = fmt.Sprintf("gotf export --from %s --to DIR", terminal.ShellWord(r.Path))
	r.graphs = func() []*drawing.Graph { return drawGraphDef(g, nil) }
	return nil
}

// UnknownType is the type of a node's output that the node does not tell.
const UnknownType = "unknown"

// outputType names a type that the node need not tell.
func outputType(d tf.DType) string {
	if d == 0 {
		return UnknownType
	}
	return d.String()
}

// GraphFacts counts the operators of a graph and its functions.
func GraphFacts(g *graphpb.GraphDef) *ModelFacts {
	m, counts := &ModelFacts{}, map[string]int{}
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
		m.Operators = append(m.Operators, OperatorFacts{Name: name, Count: n})
	}
	slices.SortFunc(m.Operators, func(a, b OperatorFacts) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return m
}

// constantTotals lists and counts the constants of nodes and of the functions
// that they call.
func constantTotals(nodes []*nodepb.NodeDef, library *functionpb.FunctionDefLibrary, m *ModelFacts) *WeightTotals {
	total := &WeightTotals{}
	nodes = slices.Clone(nodes)
	for _, f := range called(nodes, library.GetFunction()) {
		nodes = append(nodes, f.GetNodeDef()...)
	}
	for _, n := range nodes {
		t := n.GetAttr()["value"].GetTensor()
		if n.GetOp() != "Const" || t == nil {
			continue
		}
		c := ConstantFacts(n.GetName(), t)
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

// ConstantFacts describes a constant by its value: stored, it may take fewer
// bytes, as one value may stand for many, or more.
func ConstantFacts(name string, t *tensorpb.TensorProto) WeightFacts {
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
	return WeightFacts{TensorFacts{Name: name, DType: d.String(), Shape: shape}, bytes}
}
