package listing

import (
	"fmt"
	"io"
	"slices"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// Denylist are the operations that [Scan] looks for by default: those that read
// or write files, or print.
var Denylist = []string{"PrintV2", "ReadFile", "WriteFile"}

// Denied lists the operations of g, in its graph and all its functions, that
// are in list.
func Denied(g *pb.MetaGraphDef, list []string) []string {
	used := OpsUsed(g, true)
	return slices.DeleteFunc(used, func(op string) bool { return !slices.Contains(list, op) })
}

// Scan writes which operations in list g holds, as saved_model_cli scan does. It
// finds those in the bodies of loops and branches too, which saved_model_cli
// does not.
func Scan(w io.Writer, g *pb.MetaGraphDef, list []string) {
	tags := listText(g.GetMetaInfoDef().GetTags())
	if found := Denied(g, list); len(found) > 0 {
		fmt.Fprintf(w, "MetaGraph with tag set %s contains the following denylisted ops: %s\n", tags, setText(found))
		return
	}
	list = slices.Clone(list)
	slices.Sort(list)
	fmt.Fprintf(w, "MetaGraph with tag set %s does not contain the default denylisted ops: %s\n", tags, setText(slices.Compact(list)))
}
