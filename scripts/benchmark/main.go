// Command benchmark compares gotf's speed with Python TensorFlow's: scripts/bench
// runs it.
//
// Both sides do the same work on the same data with as many threads, in one run
// and by turns: while one works the other waits. A ratio is the median of those
// of the pairs of turns; above 1 gotf is faster. Python runs with the settings
// that are its best: steps_per_execution=32 in training, a concrete function in
// inference, raw operations eagerly, and for each model the number of threads that is fastest.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gotf/gotf/internal/peers"
)

// tensorflow is the version of Python's TensorFlow to compare with: that of the
// default library.
const tensorflow = "2.18.0"

// options are the command's flags.
type options struct {
	json, from string
	only       string
	turns      int
	seconds    float64
}

// comparison is what one key of the report holds, and how it is measured.
type comparison struct {
	name, unit, what string
	lower            bool // smaller values are better

	// What is started, or the paths of the .tflite files that are compared one
	// after the other.
	start  start
	models func(ctx context.Context, e *environment) ([]string, error)
}

// start makes the two sides ready.
type start func(ctx context.Context, e *environment) (pair, error)

// comparisons in the order in which they run.
var comparisons = []comparison{
	{name: "startup", unit: "s", what: "start to a first product of matrices", lower: true, start: startup},
	{name: "eager_op", unit: "us", what: "10x10 product or sum, eagerly", lower: true, start: lowLevel("eager_op", time.Microsecond, eagerOp)},
	{name: "eager_op_raw", unit: "us", what: "the same, Python through raw_ops", lower: true, start: lowLevel("eager_op_raw", time.Microsecond, eagerOp)},
	{name: "eager_tape", unit: "us", what: "training step, MLP, tape and SGD, eagerly", lower: true, start: lowLevel("eager_tape", time.Microsecond, eagerTape)},
	{name: "function_call", unit: "us", what: "call of a traced function, small MLP", lower: true, start: lowLevel("function_call", time.Microsecond, functionCall)},
	{name: "trace", unit: "ms", what: "tracing 1,000 operations", lower: true, start: lowLevel("trace", time.Millisecond, traceThousand)},
	{name: "gradient_resnet50", unit: "s", what: "gradients of ResNet-50's graph", lower: true, start: lowLevel("gradient_resnet50", time.Second, gradientResNet50)},
	{name: "infer_mlp", unit: "us", what: "p50 of one sample, MLP", lower: true, start: infer(mlp)},
	{name: "infer_cnn", unit: "us", what: "p50 of one sample, CNN", lower: true, start: infer(cnn)},
	{name: "tflite_tiny", unit: "us", what: "p50 of .tflite files that take us, to LiteRT's best", lower: true, models: tinyModels},
	{name: "tflite_mid", unit: "us", what: "p50 of .tflite files that take ms, to LiteRT's best", lower: true, models: midModels},
	{name: "convert", unit: "s", what: "SavedModel to .tflite, from start to file", lower: true, start: conversions},
	{name: "train_mlp", unit: "steps/s", what: "fit, MLP, batch 32", start: train(mlp)},
	{name: "train_cnn", unit: "steps/s", what: "fit, CNN, batch 64", start: train(cnn)},
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == firstResult {
		if err := printFirstResult(); err != nil {
			fail(err)
		}
		return
	}
	var o options
	flag.StringVar(&o.json, "json", "", "write the report to this `FILE`")
	flag.StringVar(&o.from, "from", ".", "the folder that FILE is relative to")
	flag.StringVar(&o.only, "only", "", "measure these `KEYS` alone, separated by commas")
	flag.IntVar(&o.turns, "turns", 9, "paired turns")
	flag.Float64Var(&o.seconds, "seconds", 2.5, "length of a turn")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// run makes the comparisons and writes the report, on stdout if no file is named.
func run(ctx context.Context, o options) error {
	todo, err := choose(o.only)
	if err != nil {
		return err
	}
	if o.turns < 1 || o.seconds <= 0 {
		return fmt.Errorf("expected a turn or more, of some seconds, got %d of %g s", o.turns, o.seconds)
	}
	python, err := peers.Python(tensorflow)
	if err != nil {
		return err
	}
	e, err := newEnvironment(python, o)
	if err != nil {
		return err
	}
	defer e.close()
	report := map[string]result{}
	for _, c := range todo {
		r, err := e.compare(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		report[c.name] = r
	}
	table(os.Stderr, todo, report)
	doc, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	doc = append(doc, '\n')
	if o.json == "" {
		_, err = os.Stdout.Write(doc)
		return err
	}
	if !filepath.IsAbs(o.json) {
		o.json = filepath.Join(o.from, o.json)
	}
	return os.WriteFile(o.json, doc, 0o644)
}

// choose finds the comparisons of a list of names; "" is all.
func choose(only string) ([]comparison, error) {
	if only == "" {
		return comparisons, nil
	}
	var todo []comparison
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(comparisons, func(c comparison) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no comparison %q (there are %s)", name, strings.Join(names(comparisons), ", "))
		}
		todo = append(todo, comparisons[i])
	}
	return todo, nil
}

func names(cs []comparison) (names []string) {
	for _, c := range cs {
		names = append(names, c.name)
	}
	return names
}

// table shows the report.
func table(w io.Writer, order []comparison, report map[string]result) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tgotf\tPython\tunit\tratio\t")
	for _, c := range order {
		r := report[c.name]
		fmt.Fprintf(t, "%s\t%.4g\t%.4g\t%s\t%.2f\t%s\n", c.name, r.Gotf, r.Peer, r.Unit, r.Ratio, c.what)
		for _, name := range slices.Sorted(maps.Keys(r.Models)) {
			m := r.Models[name]
			fmt.Fprintf(t, "  %s\t%.4g\t%.4g\t%s\t%.2f\t\n", name, m.Gotf, m.Peer, m.Unit, m.Ratio)
		}
	}
	t.Flush()
}
