package listing

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// OpsUsed lists the operations of g, sorted: those of its graph and of the
// functions that the graph calls. With all, those of every function, which counts
// the bodies of loops and branches in; saved_model_cli leaves these out.
func OpsUsed(g *pb.MetaGraphDef, all bool) []string {
	functions := map[string]*function_go_proto.FunctionDef{}
	for _, f := range g.GetGraphDef().GetLibrary().GetFunction() {
		functions[f.GetSignature().GetName()] = f
	}
	used := map[string]bool{}
	var waiting [][]*nodepb.NodeDef
	use := func(name string) {
		if f := functions[name]; f != nil && !used[name] {
			waiting = append(waiting, f.GetNodeDef())
		}
		used[name] = true
	}
	waiting = append(waiting, g.GetGraphDef().GetNode())
	if all {
		for name := range functions {
			use(name)
		}
	}
	for len(waiting) > 0 {
		nodes := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, n := range nodes {
			use(n.GetOp())
			if n.GetOp() == "PartitionedCall" || n.GetOp() == "StatefulPartitionedCall" {
				use(n.GetAttr()["f"].GetFunc().GetName())
			}
		}
	}
	maps.DeleteFunc(used, func(name string, _ bool) bool { return functions[name] != nil })
	return slices.Sorted(maps.Keys(used))
}

// opResults says how many results each operation has.
type opResults struct {
	fixed int
	lists []string // attributes, each the size of a list or a list as long
}

var knownOps = sync.OnceValue(func() map[string]opResults {
	ops := make(map[string]opResults, 1<<11)
	for line := range strings.Lines(opTable) {
		if words := strings.Fields(line); len(words) > 1 {
			n, _ := strconv.Atoi(words[1])
			ops[words[0]] = opResults{n, words[2:]}
		}
	}
	return ops
})

// results counts the results of n.
func (r opResults) count(n *nodepb.NodeDef) int64 {
	sum := int64(r.fixed)
	for _, attr := range r.lists {
		v := n.GetAttr()[attr]
		sum += v.GetI() + int64(len(v.GetList().GetType()))
	}
	return sum
}
