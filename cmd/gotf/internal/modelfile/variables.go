package modelfile

import (
	"fmt"
	"path/filepath"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf/bundle"
)

// CheckVariables is an error if a part of a SavedModel restores variables whose
// files are missing, cut short or, where they name the variables, damaged.
func CheckVariables(dir string, g *pb.MetaGraphDef) error {
	n := 0
	for _, node := range g.GetGraphDef().GetNode() {
		switch node.GetOp() {
		case "VarHandleOp", "VariableV2", "Variable":
			n++
		}
	}
	if n == 0 || g.GetSaverDef().GetRestoreOpName() == "" {
		return nil
	}
	if err := checkBundle(filepath.Join(dir, "variables", "variables")); err != nil {
		return fmt.Errorf("%s: the values of its %s cannot be read: %w", dir, terminal.Count(n, "variable"), err)
	}
	return nil
}

func checkBundle(prefix string) error {
	c, err := bundle.Open(prefix)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Check(); err != nil || !c.Has(bundle.GraphName) {
		return err
	}
	_, err = c.Objects()
	return err
}
