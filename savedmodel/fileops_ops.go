package savedmodel

import (
	"strings"

	"github.com/gotf/gotf/internal/fileops"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// writesFiles says whether a node among those around it writes files.
func writesFiles(n *nodepb.NodeDef, around map[string]*nodepb.NodeDef) bool {
	op := strings.TrimPrefix(n.GetOp(), "Experimental") // the earlier names of operations on datasets
	switch {
	case op == fileops.Print:
		stream := n.GetAttr()["output_stream"]
		return stream.GetPlaceholder() != "" || strings.HasPrefix(string(stream.GetS()), fileops.FileURL)
	case fileops.Caches[op]:
		return len(n.GetInput()) < 2 || !isEmptyText(around[nodeOf(n.GetInput()[1])])
	}
	urls := n.GetAttr()[fileops.DebugURLs]
	return fileops.Writers[op] || urls.GetPlaceholder() != "" || len(urls.GetList().GetS()) > 0
}

// isEmptyText says that a node is the constant "".
func isEmptyText(n *nodepb.NodeDef) bool {
	value := n.GetAttr()["value"].GetTensor()
	if n.GetOp() != "Const" || value == nil {
		return false
	}
	for _, s := range value.GetStringVal() {
		if len(s) > 0 {
			return false
		}
	}
	return true
}
