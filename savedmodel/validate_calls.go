package savedmodel

import (
	"fmt"

	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// The runtime puts functions in the place of their calls, before it runs a
// graph. Calls in a circle, or ones that double again and again, take all memory
// before an error could say so.
const (
	mostNodes  = 1 << 24 // with the calls replaced
	mostNested = 1000    // calls within calls
)

// calls counts the operations behind each function.
type calls struct {
	library map[string]*functionpb.FunctionDef
	sizes   map[string]int64
	busy    map[string]bool
}

// validateCalls finds functions that call themselves or grow without measure.
func validateCalls(g *graphpb.GraphDef) error {
	c := &calls{library: map[string]*functionpb.FunctionDef{}, sizes: map[string]int64{}, busy: map[string]bool{}}
	for _, f := range g.GetLibrary().GetFunction() {
		name := f.GetSignature().GetName()
		if c.library[name] != nil {
			return fmt.Errorf("there are two functions %q", name)
		}
		c.library[name] = f
	}
	for _, f := range g.GetLibrary().GetFunction() {
		if _, err := c.function(f.GetSignature().GetName(), 0); err != nil {
			return err
		}
	}
	_, err := c.nodes(g.GetNode(), 0)
	return err
}

// function is the number of operations that a call of the function runs.
func (c *calls) function(name string, depth int) (int64, error) {
	f := c.library[name]
	if f == nil {
		return 0, nil
	}
	if n, ok := c.sizes[name]; ok {
		return n, nil
	}
	if c.busy[name] {
		return 0, fmt.Errorf("function %q calls itself", name)
	}
	if depth >= mostNested {
		return 0, fmt.Errorf("function %q is more than %d calls deep", name, mostNested)
	}
	c.busy[name] = true
	n, err := c.nodes(f.GetNodeDef(), depth+1)
	if err != nil {
		return 0, err
	}
	delete(c.busy, name)
	if c.sizes[name] = n; n > mostNodes {
		return 0, fmt.Errorf("function %q has more than %d operations, with the functions that it calls", name, mostNodes)
	}
	return n, nil
}

func (c *calls) nodes(nodes []*nodepb.NodeDef, depth int) (n int64, err error) {
	add := func(name string) {
		if err == nil {
			var more int64
			more, err = c.function(name, depth)
			n = min(n+more, 2*mostNodes)
		}
	}
	for _, node := range nodes {
		n++
		add(node.GetOp())
		for _, a := range node.GetAttr() {
			eachFunction(a, add)
		}
	}
	if err == nil && n > mostNodes {
		err = fmt.Errorf("the graph has more than %d operations, with the functions that it calls", mostNodes)
	}
	return n, err
}
