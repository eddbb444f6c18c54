package main

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestPrints runs a model that prints, with a control character.
func TestPrints(t *testing.T) {
	dir := exportGraph(t, func(s *tf.Scope, x tf.Output) tf.Output {
		text := tf.ConstScalar(s, "the model says\x1b[2J hello")
		return op.Identity(s.After(op.PrintV2(s, text, nil)), x)
	})
	code, stdout, stderr := gotftest.Run(t, "run", "--dir", dir, "--input-exprs", "x=1.5")
	if code != exit.Done || stdout == "" || stderr != "the model says?[2J hello\n" {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
