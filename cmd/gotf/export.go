package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

func exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "make a SavedModel of a training run's latest checkpoint",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "from", Usage: "the `DIR` that gotf train wrote", Required: true},
			&cli.PathFlag{Name: "to", Usage: "the SavedModel's `DIR`, made new", Required: true},
			&cli.StringFlag{Name: "signature", Usage: "`NAME` of the signature", Value: savedmodel.ServingDefault},
			&cli.BoolFlag{Name: "overwrite", Usage: "replace the SavedModel that --to holds"},
		},
		Action: export,
	}
}

func export(c *cli.Context) error {
	signature := c.String("signature")
	if signature == "" {
		return usagef("--signature is empty, want a name")
	}
	r := &trainRun{dir: c.Path("from")}
	q, latest, err := r.latest()
	if err != nil {
		return err
	}
	m, err := q.Build()
	if err != nil {
		return fmt.Errorf("%s: %w", r.modelFile(), err)
	}
	defer m.Close()
	if err := m.Restore(c.Context, latest); err != nil {
		return err
	}
	if err := m.Export(c.Context, c.Path("to"), keras.ExportConfig{Signature: signature, Overwrite: c.Bool("overwrite")}); err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s from %s\n", c.Path("to"), latest)
	return nil
}

// latest is the run's model and its newest checkpoint.
func (r *trainRun) latest() (q keras.Sequential, prefix string, err error) {
	none := core.Errorf(tf.NotFound, "%s: the run has no checkpoint yet", r.dir)
	text, err := os.ReadFile(r.modelFile())
	if errors.Is(err, fs.ErrNotExist) && len(r.begun()) > 0 {
		err = none
	}
	if err != nil {
		return q, "", err
	}
	if q, err = saving.FromJSON(text); err != nil {
		return q, "", fmt.Errorf("%s: %w", r.modelFile(), err)
	}
	if _, err := os.Stat(filepath.Join(r.checkpoints(), "checkpoint")); errors.Is(err, fs.ErrNotExist) {
		return q, "", none
	}
	prefix, err = checkpoint.Latest(r.checkpoints())
	return q, prefix, err
}
