package grad

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
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
		n.Input = append(n.Input, c.name(in))
	}
	for name := range n.Attr {
		if strings.HasPrefix(name, "_") && name != control.Lower {
			delete(n.Attr, name)
		}
	}
	c.def.Node = append(c.def.Node, n)
}

// name is what x is called in the copy: variables are arguments, and results of
// loops inside are those of their Whiles.
func (c *copier) name(x tf.Output) string {
	if k := c.l.argument(x); k >= 0 {
		return argumentName(k)
	}
	for _, m := range c.l.inner {
		if slices.Contains(m.exits, x.Op()) {
			return m.result(x).Name()
		}
	}
	return x.Name()
}

// copyTo imports the operations that compute results in a round into another
// graph, with args in place of the loop's variables.
func (l *v1Loop) copyTo(g *tf.Graph, def *graphpb.GraphDef, args, results []tf.Output) ([]tf.Output, error) {
	c := copier{l: l, outs: make([]tf.Output, len(results)), args: map[string]tf.Output{}, nodes: nodesByName(def)}
	c.def = &graphpb.GraphDef{Versions: def.Versions, Library: def.Library}
	for i, a := range args {
		c.addArgument(i, a)
	}
	var which []int
	var names []string
	for i, r := range results {
		if k := l.argument(r); k >= 0 {
			c.outs[i] = args[k]
			continue
		}
		which, names = append(which, i), append(names, c.name(r))
	}
	roots := slices.Clone(results)
	for _, m := range l.inner {
		roots = append(roots, m.while[0])
	}
	for _, o := range upstream(roots, l.ends()) {
		c.addNode(o)
	}
	got, err := g.Import(c.def, &tf.ImportOptions{InputMap: c.args, Returns: names})
	if err != nil {
		return nil, err
	}
	for k, i := range which {
		c.outs[i] = got[k]
	}
	return c.outs, nil
}

// ends are where a round begins, and where loops inside of it end.
func (l *v1Loop) ends() (ends []tf.Output) {
	for _, m := range l.inner {
		for _, e := range m.exits {
			ends = append(ends, e.Output(0))
		}
	}
	for o := range l.inside {
		if o.NumOutputs() > 1 && l.argument(o.Output(1)) >= 0 || l.argument(o.Output(0)) >= 0 {
			ends = append(ends, o.Output(0))
		}
	}
	return ends
}
