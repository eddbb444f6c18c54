package inspect

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// canVerify is an error if --verify has nothing to read in what was recognised.
func canVerify(c *cli.Context, f *modelfile.File) error {
	if c.Bool("verify") && f.Format != modelfile.Checkpoint && f.Format != modelfile.SavedModel {
		return usage.Errorf("--verify goes with a checkpoint or SavedModel; %s is %s", f.Path, f.Format.ATitle())
	}
	return nil
}

// verify reads all values of a checkpoint, or of a SavedModel's: reading checks
// their checksums.
func verify(c *cli.Context, r *Report) error {
	prefix := filepath.Join(r.Path, "variables", "variables")
	if r.CheckpointFacts != nil {
		prefix = r.Prefix
	}
	values, err := bundle.Open(prefix)
	if errors.Is(err, tf.NotFound) && r.CheckpointFacts == nil {
		return nil // it has no variables
	}
	if err != nil {
		return err
	}
	defer values.Close()
	for _, e := range values.Entries() {
		if err := c.Context.Err(); err != nil {
			return err
		}
		if e.DType == tf.String {
			_, err = values.Strings(e.Name)
		} else {
			_, err = values.Bytes(e.Name)
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(c.App.ErrWriter, "verified: the checksums of %s are right\n", terminal.Count(len(values.Entries()), "value"))
	return nil
}
