package tf

import (
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// checksIn finds the Asserts among nodes that addCheck added, and for each the
// node that it checks.
func checksIn(nodes []*nodepb.NodeDef) map[string]string {
	var checks map[string]string
	var byName map[string]*nodepb.NodeDef
	for _, n := range nodes {
		if n.Op != "Assert" || len(n.Input) < 3 {
			continue
		}
		if byName == nil {
			checks, byName = map[string]string{}, make(map[string]*nodepb.NodeDef, len(nodes))
			for _, n := range nodes {
				byName[n.Name] = n
			}
		}
		counts := byName[nodeOf(n.Input[2])] // after the condition and the message
		if counts.GetOp() != "DebugNumericSummaryV2" {
			continue
		}
		base := byName[nodeOf(counts.Input[0])]
		if base.GetOp() == "Bitcast" && strings.Contains(base.Name, "/numerics/") {
			base = byName[nodeOf(base.Input[0])]
		}
		if base != nil { // else it checks an argument
			checks[n.Name] = base.Name
		}
	}
	return checks
}

// seeChecks notes the checks among nodes that were imported under prefix, so that
// what uses their results waits for them. g.mu is held.
func (g *Graph) seeChecks(nodes []*nodepb.NodeDef, prefix string) {
	for check, base := range checksIn(nodes) {
		if op := ctf.LookupOp(g.p, prefix+"/"+base); op != nil {
			n := g.node(op)
			n.checks = append(n.checks, ctf.LookupOp(g.p, prefix+"/"+check))
		}
	}
}
