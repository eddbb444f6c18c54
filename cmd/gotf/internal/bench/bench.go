// Package bench is gotf bench: the speed and memory of models.
package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/savedmodel"
)

// Command is gotf bench.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "measure the speed and memory of a SavedModel, a .tflite file, or both",
		Description: "Both are measured by turns, on the same inputs. Inputs that --inputs does not name are\n" +
			"random, from a fixed seed; unknown dimensions are 1 unless --batch or --shape sets them.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "the SavedModel's `DIR`"},
			&cli.PathFlag{Name: "model", Usage: "the .tflite `FILE`"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel to run, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature (default: serving_default, or the only one)"},
			&cli.IntFlag{Name: "threads", Usage: "`N` threads for one call (default: 1 for a .tflite file, for a SavedModel as fits its size)"},
			&cli.StringFlag{Name: "concurrency", Usage: "how many calls at a time: `N,...`, each measured", Value: defaultConcurrency()},
			&cli.Float64Flag{Name: "seconds", Usage: "`S` seconds for each model and concurrency", Value: 2},
			&cli.IntFlag{Name: "warmup", Usage: "`N` calls before any is counted", Value: 10},
			&cli.Int64Flag{Name: "batch", Usage: "the first dimension, where the model leaves it open: `N`", Value: 1},
			&cli.StringFlag{Name: "shape", Usage: "`'NAME=1,224,224,3;...'`, shapes of inputs"},
			&cli.StringSliceFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, .npy or .npz files for inputs"},
			&cli.BoolFlag{Name: "no-xnnpack", Usage: "run the .tflite file without XNNPACK's kernels"},
			&cli.BoolFlag{Name: "ops", Usage: "also tell the time of each operation"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON (docs/bench.md describes it)"},
			&cli.PathFlag{Name: "html", Usage: "also write a page with pictures to this `FILE`"},
		},
		Action: bench,
	}
}

// defaultConcurrency is 1, 2, 4 and so on, up to the number of CPUs.
func defaultConcurrency() string {
	s := "1"
	for n := 2; n <= runtime.NumCPU(); n *= 2 {
		s += "," + strconv.Itoa(n)
	}
	return s
}

// options are the flags.
type options struct {
	dir, model, key string
	tags            []string
	threads         int
	concurrency     []int
	length          time.Duration
	warmup          int
	batch           int64
	shapes          map[string][]int64
	files           map[string]string
	noXNNPACK, ops  bool
}

// turns is how many turns a measurement is cut into when two models take
// turns.
const turns = 5

func bench(c *cli.Context) error {
	o, err := parseOptions(c)
	if err != nil {
		return err
	}
	if c.Path("html") != "" && c.Path("html") == o.model {
		return usage.Errorf("--html would replace the model %s", o.model)
	}
	r, err := o.measure(c.Context, c.App.ErrWriter)
	if err != nil {
		return err
	}
	if path := c.Path("html"); path != "" {
		if err := writePage(path, r); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return terminal.PrintJSON(c, r)
	}
	printReport(c.App.Writer, r)
	if path := c.Path("html"); path != "" {
		fmt.Fprintf(c.App.ErrWriter, "wrote %s\n", path)
		return nil
	}
	fmt.Fprintf(c.App.ErrWriter, "next: gotf bench%s --html bench.html\n", again(c))
	return nil
}

func parseOptions(c *cli.Context) (*options, error) {
	o := &options{
		dir: c.Path("dir"), model: c.Path("model"), key: c.String("signature-def"), tags: usage.Words(c.String("tag-set")),
		threads: c.Int("threads"), warmup: c.Int("warmup"), batch: c.Int64("batch"), noXNNPACK: c.Bool("no-xnnpack"), ops: c.Bool("ops"),
	}
	seconds := c.Float64("seconds")
	switch {
	case o.dir == "" && o.model == "":
		return nil, usage.Errorf("gotf bench needs --dir, for a SavedModel, --model, for a .tflite file, or both (see gotf bench --help)")
	case o.dir == "" && c.IsSet("tag-set"):
		return nil, usage.Errorf("--tag-set goes with --dir: a .tflite file has no tags")
	case o.model == "" && o.noXNNPACK:
		return nil, usage.Errorf("--no-xnnpack goes with --model: a SavedModel does not use XNNPACK")
	case o.threads < 0 || o.threads > 1024:
		return nil, usage.Errorf("--threads is %d, want 1 to 1024", o.threads)
	case !(seconds > 0 && seconds <= 3600):
		return nil, usage.Errorf("--seconds is %g, want more than 0, up to 3600", seconds)
	case o.warmup < 0:
		return nil, usage.Errorf("--warmup is %d, want 0 or more", o.warmup)
	case o.batch < 1:
		return nil, usage.Errorf("--batch is %d, want 1 or more", o.batch)
	}
	o.length = time.Duration(seconds * float64(time.Second))
	var err error
	if o.concurrency, err = parseConcurrency(c.String("concurrency")); err != nil {
		return nil, err
	}
	if o.shapes, err = parseShapes(c.String("shape")); err != nil {
		return nil, err
	}
	o.files, err = modelio.ParseInputs(c.StringSlice("inputs")...)
	return o, err
}

func parseConcurrency(s string) (out []int, err error) {
	for _, word := range usage.Words(s) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 1024 {
			return nil, usage.Errorf("--concurrency has %q, want numbers from 1 to 1024, separated by commas", word)
		}
		if slices.Contains(out, n) {
			return nil, usage.Errorf("--concurrency has %d twice", n)
		}
		out = append(out, n)
	}
	return out, nil
}

// parseShapes reads 'a=1,224,224,3;b=2'; 'a=' is a scalar.
func parseShapes(s string) (map[string][]int64, error) {
	shapes := map[string][]int64{}
	for _, part := range strings.Split(s, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, dims, ok := strings.Cut(part, "=")
		name, dims = strings.TrimSpace(name), strings.TrimSpace(dims)
		if !ok || name == "" {
			return nil, usage.Errorf("--shape has %q, want NAME=1,224,224,3, several separated by semicolons", part)
		}
		if _, twice := shapes[name]; twice {
			return nil, usage.Errorf("--shape names %q twice", name)
		}
		shapes[name] = []int64{}
		if dims == "" {
			continue
		}
		for _, word := range usage.Words(dims) {
			d, err := strconv.ParseInt(word, 10, 64)
			if err != nil || d < 0 {
				return nil, usage.Errorf("--shape gives %q the dimension %q, want numbers of 0 or more, separated by commas", name, word)
			}
			shapes[name] = append(shapes[name], d)
		}
	}
	return shapes, nil
}

// again are the flags given, for the same measurement again.
func again(c *cli.Context) (s string) {
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if _, several := f.(*cli.StringSliceFlag); several {
			for _, value := range c.StringSlice(name) {
				s += " --" + name + " " + terminal.ShellWord(value)
			}
			continue
		}
		switch value := fmt.Sprint(c.Value(name)); {
		case !c.IsSet(name) || value == "" || value == "false":
		case value == "true":
			s += " --" + name
		default:
			s += " --" + name + " " + terminal.ShellWord(value)
		}
	}
	return s
}

// measure loads the models, one after the other, and then times them by turns.
func (o *options) measure(ctx context.Context, log io.Writer) (*report, error) {
	p := newProgress(log, o)
	defer p.end()
	r := newReport(o)
	var models []*contender
	defer func() {
		for _, m := range models {
			m.close()
		}
	}()
	for _, open := range []func(*options) (*contender, error){openSavedModel, openTFLite} {
		m, err := o.load(ctx, open, p)
		if err != nil {
			return nil, err
		}
		if m != nil {
			models = append(models, m)
		}
	}
	if err := o.checkNames(models); err != nil {
		return nil, err
	}
	if len(models) == 2 {
		r.Unlike = unlike(models[0], models[1])
	}
	for _, n := range o.concurrency {
		if err := o.level(ctx, models, n, p); err != nil {
			return nil, err
		}
	}
	for _, m := range models {
		if o.ops {
			p.step(m.about.Path + ": time of each operation")
			var err error
			if m.about.Ops, err = m.profile(ctx); err != nil {
				return nil, err
			}
		}
		r.Models = append(r.Models, &m.about)
	}
	r.Memory = machine.ReadMemory()
	return r, nil
}

// level measures every model with n calls at a time.
func (o *options) level(ctx context.Context, models []*contender, n int, p *progress) error {
	rounds := 1
	if len(models) > 1 {
		rounds = turns
	}
	times := make([]*times, len(models))
	for i, m := range models {
		callers, err := m.callers(n)
		if err != nil {
			return err
		}
		times[i] = newTimes(callers)
		if err := times[i].warm(ctx, o.warmup); err != nil {
			return fmt.Errorf("%s: %w", m.about.Path, err)
		}
	}
	for range rounds {
		for i, m := range models {
			p.step(fmt.Sprintf("%s: %d at a time", m.about.Path, n))
			if err := times[i].turn(ctx, o.length/time.Duration(rounds)); err != nil {
				return fmt.Errorf("%s: %w", m.about.Path, err)
			}
		}
	}
	for i, m := range models {
		m.about.Levels = append(m.about.Levels, times[i].level())
	}
	return nil
}
