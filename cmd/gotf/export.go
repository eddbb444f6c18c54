package main

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/savedmodel"
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
	text, err := os.ReadFile(r.modelFile())
	if err != nil {
		return err
	}
	q, err := saving.FromJSON(text)
	if err != nil {
		return fmt.Errorf("%s: %w", r.modelFile(), err)
	}
	latest, err := checkpoint.Latest(r.checkpoints())
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
