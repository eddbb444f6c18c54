// Package train is gotf train. A Run is the folder that it writes.
package train

import (
	"context"
	"fmt"
	"math"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf/checkpoint"
)

// Command is gotf train.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "train",
		Usage: "train a Keras model on pictures",
		Description: "Trains with Adam on sparse categorical cross-entropy, pixels scaled to 0..1, and\n" +
			"validates on the data's test part. DIR then holds model.json (Keras's form), saved_model/,\n" +
			"checkpoints/ (one an epoch, the last three) history.json, and sample.npy (ten test\n" +
			"pictures to try the model on). A run that was there\n" +
			"before is replaced when the first epoch is done.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "model", Usage: "mnist-cnn, mnist-mlp, lenet5, or a `FILE` that holds Keras's model.to_json()", Required: true},
			&cli.StringFlag{Name: "data", Usage: "mnist, mnist-5k (built in), or a `DIR` with the four files of MNIST's names", Value: "mnist-5k"},
			&cli.IntFlag{Name: "epochs", Usage: "passes over the data", Value: 5},
			&cli.IntFlag{Name: "batch-size", Usage: "pictures a step", Value: 32},
			&cli.IntFlag{Name: "steps-per-execution", Usage: "steps between looks at the clock: more are faster", Value: 1},
			&cli.Int64Flag{Name: "seed", Usage: "the same seed gives the same weights", DefaultText: "drawn"},
			&cli.PathFlag{Name: "out", Usage: "the `DIR` to write, made if it does not exist; a run in it is replaced", Required: true},
		},
		Action: train,
	}
}

func train(c *cli.Context) error {
	for _, name := range []string{"epochs", "batch-size", "steps-per-execution"} {
		if n := c.Int(name); n < 1 || n > math.MaxInt32 {
			return usage.Errorf("--%s is %d, want 1 to %d", name, n, math.MaxInt32)
		}
	}
	r, err := newRun(c.Path("out"))
	if err != nil {
		return err
	}
	q, err := describe(c.String("model"))
	if err != nil {
		return err
	}
	if c.IsSet("seed") {
		q.Seed = seedOf(c.Int64("seed"))
	}
	d, err := loadPictures(c.String("data"), &q)
	if err != nil {
		return err
	}
	defer d.close()
	m, err := q.Build()
	if err != nil {
		return err
	}
	defer m.Close()
	if err := compileClassifier(m, c.Int("steps-per-execution")); err != nil {
		return err
	}
	batch, err := batchSize(c, m)
	if err != nil {
		return err
	}
	return r.train(c, m, d, batch)
}

// train fits the model and writes the run as it goes.
func (r *Run) train(c *cli.Context, m *keras.Model, d *pictures, batch int) error {
	g := newStage(r)
	defer g.end()
	_, err := m.Fit(c.Context, d.train, keras.FitConfig{
		Epochs:     c.Int("epochs"),
		BatchSize:  batch,
		Validation: d.test,
		Output:     terminal.Raw(c.App.ErrWriter),
		Callbacks:  []keras.Callback{g.callback(), banner(c, m, d)},
	})
	if err == nil {
		err = r.finish(c, m, d)
	}
	if err != nil && g.hidden == nil {
		if latest, none := checkpoint.Latest(r.Checkpoints()); none == nil {
			fmt.Fprintf(c.App.ErrWriter, "the latest checkpoint is %s\n", latest)
		}
	}
	return err
}

// banner says what begins.
func banner(c *cli.Context, m *keras.Model, d *pictures) keras.Callback {
	seed := m.Seed()
	if c.IsSet("seed") {
		seed = c.Int64("seed")
	}
	return keras.Callback{OnTrainBegin: func(context.Context, *keras.Model) error {
		fmt.Fprintf(c.App.ErrWriter, "%s (%d parameters) on %s: %d pictures, %d to test; seed %d\n",
			c.String("model"), parameters(m), c.String("data"), d.set.Train.N, d.set.Test.N, seed)
		return nil
	}}
}

// batchSize is --batch-size, or the size that the model's input fixes.
func batchSize(c *cli.Context, m *keras.Model) (int, error) {
	size, fixed := c.Int("batch-size"), int(m.InputShape()[0])
	if fixed > 0 && size != fixed && c.IsSet("batch-size") {
		return 0, usage.Errorf("%s: the model's input fixes the batch to %d, --batch-size is %d", c.String("model"), fixed, size)
	}
	if fixed > 0 {
		size = fixed
	}
	return size, nil
}

// seedOf is a seed for keras.Sequential, where 0 stands for one to draw.
func seedOf(seed int64) int64 {
	if seed == 0 {
		return math.MinInt64
	}
	return seed
}

// compileClassifier prepares training as the command promises it.
func compileClassifier(m *keras.Model, steps int) error {
	loss, err := lossFor(m)
	if err != nil {
		return err
	}
	accuracy, err := metrics.For("accuracy", loss)
	if err != nil {
		return err
	}
	return m.Compile(keras.CompileConfig{
		Optimizer:         &optimizers.Adam{},
		Loss:              loss,
		Metrics:           []core.Metric{accuracy},
		StepsPerExecution: steps,
	})
}

// finish exports the trained model and says what to do with it.
func (r *Run) finish(c *cli.Context, m *keras.Model, p *pictures) error {
	// What is trained is worth the moment it takes to write it.
	ctx := context.WithoutCancel(c.Context)
	if err := m.Export(ctx, r.savedModel(), keras.ExportConfig{Overwrite: true}); err != nil {
		return err
	}
	wrote, try := "model.json, saved_model/, checkpoints/, history.json", "FILE.npy"
	if a := p.sample(m); a != nil {
		try = r.path(sampleFile)
		if err := npy.WriteFile(try, a, true); err != nil {
			return err
		}
		wrote += ", " + sampleFile
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s\n", r.Dir, wrote)
	fmt.Fprintf(c.App.ErrWriter, "next: gotf convert --saved-model-dir %s --output-file %s\n", r.savedModel(), r.path("model.tflite"))
	fmt.Fprintf(c.App.ErrWriter, "      gotf run --dir %s --inputs '%s=%s' --outdir OUT\n", r.savedModel(), m.Config().Input().Name, try)
	return nil
}

func parameters(m *keras.Model) (n int64) {
	for _, v := range m.Weights() {
		n += v.Shape().NumElements()
	}
	return n
}
