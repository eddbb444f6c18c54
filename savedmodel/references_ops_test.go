package savedmodel

import (
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/oplist"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
)

// TestReferenceOps compares what is known of operations on references with
// TensorFlow's own list: there is none that is taken for one that reads, and
// each counterpart takes as many inputs and the same attributes.
func TestReferenceOps(t *testing.T) {
	for _, version := range []string{"2.18.0", "2.21.0"} {
		list, err := oplist.Read("../internal/genop/ops-" + version + ".pb.gz")
		if err != nil {
			t.Fatal(err)
		}
		ops, writers := oplist.ByName(list), 0
		for name, o := range ops {
			refs := slices.DeleteFunc(slices.Clone(o.InputArg), func(a *opdefpb.OpDef_ArgDef) bool { return !a.GetIsRef() || a.GetTypeAttr() == "" })
			w, writes := writeOpOf(name)
			switch {
			case len(refs) == 0:
				if writes || onHandles[name] != "" || handsOn[name] > 0 {
					t.Errorf("%s takes no references", name)
				}
			case writes:
				writers++
				to := ops[w.resource]
				if w.refs != len(refs) || to == nil || len(to.InputArg) != len(o.InputArg) || len(to.OutputArg) > 0 || !o.OutputArg[0].GetIsRef() {
					t.Errorf("%s: %d references, counterpart %v", name, len(refs), to)
					continue
				}
				for _, a := range o.Attr {
					dropped := a.Name == "T" || a.Name == "use_locking"
					if !slices.ContainsFunc(to.Attr, func(b *opdefpb.OpDef_AttrDef) bool { return a.Name == b.Name }) &&
						!(dropped && (strings.HasPrefix(name, "Assign") || strings.HasPrefix(name, "Scatter"))) {
						t.Errorf("%s has no %s", w.resource, a.Name)
					}
				}
			case handsOn[name] > 0:
				if len(o.OutputArg) != handsOn[name] {
					t.Errorf("%s returns %d references", name, len(o.OutputArg))
				}
			case onHandles[name] != "":
				if ops[onHandles[name]] == nil {
					t.Errorf("there is no %s", onHandles[name])
				}
			case !onReferences[name]:
				t.Errorf("%s takes references, and nothing is known of it", name)
			}
		}
		if writers < 40 {
			t.Errorf("%d operations change variables", writers)
		}
	}
}
