package main

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

	"github.com/gotf/gotf/savedmodel"
)

func benchCommand() *cli.Command {
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
			&cli.StringFlag{Name: "concurrency", Usage: "how many calls at a time: `N,...`, each measured", Value: benchConcurrency()},
			&cli.Float64Flag{Name: "seconds", Usage: "`S` seconds for each model and concurrency", Value: 2},
			&cli.IntFlag{Name: "warmup", Usage: "`N` calls before any is counted", Value: 10},
			&cli.Int64Flag{Name: "batch", Usage: "the first dimension, where the model leaves it open: `N`", Value: 1},
			&cli.StringFlag{Name: "shape", Usage: "`'NAME=1,224,224,3;...'`, shapes of inputs"},
			&cli.StringFlag{Name: "inputs", Usage: "`'NAME=FILE;...'`, .npy or .npz files for inputs"},
			&cli.BoolFlag{Name: "no-xnnpack", Usage: "run the .tflite file without XNNPACK's kernels"},
			&cli.BoolFlag{Name: "ops", Usage: "also tell the time of each operation"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON (docs/bench.md describes it)"},
			&cli.PathFlag{Name: "html", Usage: "also write a page with pictures to this `FILE`"},
		},
		Action: bench,
	}
}

// benchConcurrency is 1, 2, 4 and so on, up to the number of CPUs.
func benchConcurrency() string {
	s := "1"
	for n := 2; n <= runtime.NumCPU(); n *= 2 {
		s += "," + strconv.Itoa(n)
	}
	return s
}

// benchOptions are the flags.
type benchOptions struct {
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

// benchRounds is how many turns a measurement is cut into when two models take
// turns.
const benchRounds = 5

func bench(c *cli.Context) error {
	o, err := parseBench(c)
	if err != nil {
		return err
	}
	if c.Path("html") != "" && c.Path("html") == o.model {
		return usagef("--html would replace the model %s", o.model)
	}
	r, err := o.measure(c.Context, c.App.ErrWriter)
	if err != nil {
		return err
	}
	if path := c.Path("html"); path != "" {
		if err := writeBenchPage(path, r); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		return printJSON(c, r)
	}
	printBench(c.App.Writer, r)
	if path := c.Path("html"); path != "" {
		fmt.Fprintf(c.App.ErrWriter, "wrote %s\n", path)
		return nil
	}
	fmt.Fprintf(c.App.ErrWriter, "next: gotf bench%s --html bench.html\n", benchAgain(c))
	return nil
}

func parseBench(c *cli.Context) (*benchOptions, error) {
	o := &benchOptions{
		dir: c.Path("dir"), model: c.Path("model"), key: c.String("signature-def"), tags: words(c.String("tag-set")),
		threads: c.Int("threads"), warmup: c.Int("warmup"), batch: c.Int64("batch"), noXNNPACK: c.Bool("no-xnnpack"), ops: c.Bool("ops"),
	}
	seconds := c.Float64("seconds")
	switch {
	case o.dir == "" && o.model == "":
		return nil, usagef("gotf bench needs --dir, for a SavedModel, --model, for a .tflite file, or both (see gotf bench --help)")
	case o.dir == "" && c.IsSet("tag-set"):
		return nil, usagef("--tag-set goes with --dir: a .tflite file has no tags")
	case o.model == "" && o.noXNNPACK:
		return nil, usagef("--no-xnnpack goes with --model: a SavedModel does not use XNNPACK")
	case o.threads < 0 || o.threads > 1024:
		return nil, usagef("--threads is %d, want 1 to 1024", o.threads)
	case !(seconds > 0 && seconds <= 3600):
		return nil, usagef("--seconds is %g, want more than 0, up to 3600", seconds)
	case o.warmup < 0:
		return nil, usagef("--warmup is %d, want 0 or more", o.warmup)
	case o.batch < 1:
		return nil, usagef("--batch is %d, want 1 or more", o.batch)
	}
	o.length = time.Duration(seconds * float64(time.Second))
	var err error
	if o.concurrency, err = parseConcurrency(c.String("concurrency")); err != nil {
		return nil, err
	}
	if o.shapes, err = parseShapes(c.String("shape")); err != nil {
		return nil, err
	}
	o.files, err = parseInputs(c.String("inputs"))
	return o, err
}

func parseConcurrency(s string) (out []int, err error) {
	for _, word := range words(s) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 1024 {
			return nil, usagef("--concurrency has %q, want numbers from 1 to 1024, separated by commas", word)
		}
		if slices.Contains(out, n) {
			return nil, usagef("--concurrency has %d twice", n)
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
			return nil, usagef("--shape has %q, want NAME=1,224,224,3, several separated by semicolons", part)
		}
		if _, twice := shapes[name]; twice {
			return nil, usagef("--shape names %q twice", name)
		}
		shapes[name] = []int64{}
		if dims == "" {
			continue
		}
		for _, word := range words(dims) {
			d, err := strconv.ParseInt(word, 10, 64)
			if err != nil || d < 0 {
				return nil, usagef("--shape gives %q the dimension %q, want numbers of 0 or more, separated by commas", name, word)
			}
			shapes[name] = append(shapes[name], d)
		}
	}
	return shapes, nil
}

// benchAgain are the flags given, for the same measurement again.
func benchAgain(c *cli.Context) (s string) {
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		switch value := fmt.Sprint(c.Value(name)); {
		case !c.IsSet(name) || value == "" || value == "false":
		case value == "true":
			s += " --" + name
		default:
			s += " --" + name + " " + shellWord(value)
		}
	}
	return s
}

// measure loads the models, one after the other, and then times them by turns.
func (o *benchOptions) measure(ctx context.Context, log io.Writer) (*benchReport, error) {
	p := newBenchProgress(log, o)
	defer p.end()
	r := newBenchReport(o)
	var models []*benchModel
	defer func() {
		for _, m := range models {
			m.close()
		}
	}()
	for _, open := range []func(*benchOptions) (*benchModel, error){openBenchSavedModel, openBenchTFLite} {
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
	r.Memory = readBenchMemory()
	return r, nil
}

// level measures every model with n calls at a time.
func (o *benchOptions) level(ctx context.Context, models []*benchModel, n int, p *benchProgress) error {
	rounds := 1
	if len(models) > 1 {
		rounds = benchRounds
	}
	times := make([]*benchTimes, len(models))
	for i, m := range models {
		callers, err := m.callers(n)
		if err != nil {
			return err
		}
		times[i] = newBenchTimes(callers)
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
