package grad

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/tf"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// copier copies a round of a loop into the graph of a function.
type copier struct {
	l     *v1Loop
	def   *graphpb.GraphDef
	nodes map[string]*nodepb.NodeDef // of the loop's graph
	args  map[string]tf.Output       // what stands for the loop's variables
	outs  []tf.Output
}

func nodesByName(def *graphpb.GraphDef) map[string]*nodepb.NodeDef {
	nodes := make(map[string]*nodepb.NodeDef, len(def.Node))
	for _, n := range def.Node {
		nodes[n.Name] = n
	}
	return nodes
}

func argumentName(i int) string { return fmt.Sprintf("argument_%d", i) }

// addArgument adds a node that the import replaces by a.
func (c *copier) addArgument(i int, a tf.Output) {
	c.args[argumentName(i)+":0"] = a
	c.def.Node = append(c.def.Node, &nodepb.NodeDef{Name: argumentName(i), Op: "Placeholder", Attr: map[string]*attr.AttrValue{
		"dtype": {Value: &attr.AttrValue_Type{Type: typespb.DataType(a.DType())}},
	}})
}

// addNode adds a copy of o, which waits for its inputs only.
func (c *copier) addNode(o tf.Op) {
	n := proto.Clone(c.nodes[o.Name()]).(*nodepb.NodeDef)
	n.Device, n.Input = "", n.Input[:0]
	for _, in := range o.Inputs() {
		name := in.Name()
		if k := c.l.argument(in); k >= 0 {
			name = argumentName(k)
		}
		n.Input = append(n.Input, name)
	}
	for name := range n.Attr {
		if strings.HasPrefix(name, "_") && name != "_lower_using_switch_merge" {
			delete(n.Attr, name)
		}
	}
	c.def.Node = append(c.def.Node, n)
}
