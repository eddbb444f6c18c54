package tf

import "github.com/gotf/gotf/internal/ctf"

// orderEffects makes operations of a body that touch the same resource run in
// the order in which they were made, reads between two writes in any, and so
// those without a result that touch none, such as printing.
func (g *Graph) orderEffects() {
	g.mu.Lock()
	defer g.mu.Unlock()
	type uses struct {
		write *ctf.Operation
		reads []*ctf.Operation
	}
	resources := map[Output]*uses{}
	var printed *ctf.Operation
	for n := range g.each {
		touches := false
		for _, o := range n.inputs() {
			if DType(o.n.dts[o.i]) != Resource {
				continue
			}
			touches = true
			u := resources[o]
			if u == nil {
				u = &uses{}
				resources[o] = u
			}
			if u.write == n.op {
				continue // an input twice
			}
			if u.write != nil {
				ctf.AddControlInput(g.p, n.op, u.write)
			}
			if readers[n.typ[:len(n.typ)-1]] {
				u.reads = append(u.reads, n.op)
				continue
			}
			for _, r := range u.reads {
				ctf.AddControlInput(g.p, n.op, r)
			}
			u.write, u.reads = n.op, nil
		}
		if !touches && len(n.dts) == 0 && opDef(n.typ[:len(n.typ)-1]).GetIsStateful() {
			if printed != nil {
				ctf.AddControlInput(g.p, n.op, printed)
			}
			printed = n.op
		}
	}
}

// readers are the operations that leave a resource as it is.
var readers = map[string]bool{
	"ReadVariableOp": true, "ResourceGather": true, "ResourceGatherNd": true, "VariableShape": true, "VarIsInitializedOp": true,
	"LookupTableFindV2": true, "LookupTableSizeV2": true, "LookupTableExportV2": true,
}
