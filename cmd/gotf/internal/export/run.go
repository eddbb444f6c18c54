package export

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/train"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/savedmodel"
)

// exportRun writes a training run's model as it was at the latest checkpoint.
func exportRun(c *cli.Context, format string) error {
	r := &train.Run{Dir: c.Path("from")}
	q, latest, err := r.Latest()
	if err != nil {
		return err
	}
	m, err := q.Build()
	if err != nil {
		return fmt.Errorf("%s: %w", r.ModelFile(), err)
	}
	defer m.Close()
	if err := m.Restore(c.Context, latest); err != nil {
		return err
	}
	to, cfg := c.Path("to"), keras.ExportConfig{Overwrite: c.Bool("overwrite")}
	if c.IsSet("signature") || format == frozenFormat {
		cfg.Signature = c.String("signature") // else serve and serving_default
	}
	if format == frozenFormat {
		err = freezeKeras(c, m, to, cfg)
	} else {
		err = m.Export(c.Context, to, cfg)
	}
	if err == nil {
		fmt.Fprintf(c.App.ErrWriter, "wrote %s from %s\n", to, latest)
	}
	return err
}

// freezeKeras writes a frozen graph by way of a SavedModel.
func freezeKeras(c *cli.Context, m *keras.Model, to string, cfg keras.ExportConfig) error {
	tmp, err := os.MkdirTemp("", "gotf-export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, "saved_model")
	if err := m.Export(c.Context, dir, cfg); err != nil {
		return err
	}
	loaded, err := savedmodel.Load(dir, nil)
	if err != nil {
		return err
	}
	defer loaded.Close()
	return loaded.Freeze(c.Context, to, cfg.Signature)
}
