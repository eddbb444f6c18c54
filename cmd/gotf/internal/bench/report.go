package bench

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// report is what gotf bench --json prints; docs/bench.md describes it.
type report struct {
	Gotf    string          `json:"gotf"`
	CPU     machine.CPU     `json:"cpu"`
	Seconds float64         `json:"seconds"` // asked for, of each model and level
	Warmup  int             `json:"warmup"`
	Memory  *machine.Memory `json:"memory"` // of the process at the end
	Models  []*about        `json:"models"`
	Unlike  string          `json:"unlike,omitempty"` // why two models are not compared
}

// about is one model's part of the report.
type about struct {
	Kind       string  `json:"kind"` // "savedmodel" or "tflite"
	Path       string  `json:"path"`
	Bytes      int64   `json:"bytes"`
	Library    string  `json:"library"` // its version
	Signature  string  `json:"signature"`
	Threads    int     `json:"threads"` // 0: as fits the model's size
	XNNPACK    *bool   `json:"xnnpack,omitempty"`
	Inputs     []input `json:"inputs"`
	LoadMS     float64 `json:"load_ms"`
	FirstRunMS float64 `json:"first_run_ms"`
	Memory     *use    `json:"memory"`
	Levels     []level `json:"levels"`
	Ops        []op    `json:"ops,omitempty"`
}

type input struct {
	Name  string  `json:"name"`
	DType string  `json:"dtype"`
	Shape []int64 `json:"shape"` // that was run
}

// level is the outcome of some calls at a time.
type level struct {
	Concurrency    int       `json:"concurrency"`
	Calls          int64     `json:"calls"`
	Seconds        float64   `json:"seconds"`
	CallsPerSecond float64   `json:"calls_per_second"`
	Latency        latency   `json:"latency"`
	Histogram      histogram `json:"histogram"`
}

type latency struct {
	MeanMS float64 `json:"mean_ms"`
	MinMS  float64 `json:"min_ms"`
	P50MS  float64 `json:"p50_ms"`
	P90MS  float64 `json:"p90_ms"`
	P99MS  float64 `json:"p99_ms"`
	MaxMS  float64 `json:"max_ms"`
}

// op is what one operation of the model takes in a call, on average.
type op struct {
	Name  string  `json:"name"`
	Type  string  `json:"type"`
	Calls float64 `json:"calls"` // in one call of the model
	MS    float64 `json:"ms"`    // in one call of the model
	Share float64 `json:"share"` // of all operations' time
}

func newReport(o *options) *report {
	return &report{Gotf: machine.Version(), CPU: machine.ReadCPU("/proc/cpuinfo"), Seconds: o.length.Seconds(), Warmup: o.warmup}
}

func newAbout(kind, path string, size int64, key string, threads int, ports []modelio.Port, arrays map[string]*npy.Array) about {
	a := about{Kind: kind, Path: path, Bytes: size, Signature: key, Threads: threads, Inputs: []input{}}
	for _, p := range ports {
		a.Inputs = append(a.Inputs, input{p.Name, p.DType.String(), append([]int64{}, arrays[p.Name].Shape...)})
	}
	return a
}

func newBool(v bool) *bool { return &v }

// profiled is how many calls the time of an operation is the mean of.
const profiled = 20

// ops sums up the times of operations over several calls.
type ops struct {
	at  map[[2]string]int
	ops []op
}

func newOps() *ops { return &ops{at: map[[2]string]int{}} }

func (s *ops) add(name, kind string, d time.Duration, calls int) {
	key := [2]string{name, kind}
	i, ok := s.at[key]
	if !ok {
		i = len(s.ops)
		s.at[key] = i
		s.ops = append(s.ops, op{Name: name, Type: kind})
	}
	s.ops[i].Calls += float64(calls)
	s.ops[i].MS += ms(d)
}

// list is the means over the given number of calls, the largest first.
func (s *ops) list(calls int) []op {
	var total float64
	for i := range s.ops {
		s.ops[i].Calls /= float64(calls)
		s.ops[i].MS /= float64(calls)
		total += s.ops[i].MS
	}
	for i := range s.ops {
		if total > 0 {
			s.ops[i].Share = s.ops[i].MS / total
		}
	}
	slices.SortStableFunc(s.ops, func(a, b op) int { return cmp.Compare(b.MS, a.MS) })
	return s.ops
}

// mostOps is how many operations are listed in words and pictures.
const mostOps = 15

func printReport(w io.Writer, r *report) {
	for _, m := range r.Models {
		fmt.Fprintln(w, m.Title())
		fmt.Fprintf(w, "  inputs %s\n", m.InputsText())
		fmt.Fprintf(w, "  %s, loaded in %s, first run %s%s\n", terminal.Bytes(m.Bytes), timeText(m.LoadMS), timeText(m.FirstRunMS), m.Memory.text())
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "  at a time\tcalls/s\tmean\tp50\tp90\tp99\tmax\tcalls\t")
		for _, l := range m.Levels {
			q := l.Latency
			fmt.Fprintf(t, "%d\t%.1f\t%s\t%s\t%s\t%s\t%s\t%d\t\n", l.Concurrency, l.CallsPerSecond,
				timeText(q.MeanMS), timeText(q.P50MS), timeText(q.P90MS), timeText(q.P99MS), timeText(q.MaxMS), l.Calls)
		}
		t.Flush()
		printOps(w, m.Ops)
	}
	if s := r.comparison(); s != "" {
		fmt.Fprintln(w, s)
	}
}

func printOps(w io.Writer, ops []op) {
	if len(ops) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  share\ttime\toperation\tname")
	for _, o := range ops[:min(len(ops), mostOps)] {
		fmt.Fprintf(t, "  %.1f %%\t%s\t%s\t%s\n", 100*o.Share, timeText(o.MS), o.Type, o.Name)
	}
	t.Flush()
	if n := len(ops) - mostOps; n > 0 {
		fmt.Fprintf(w, "  and %d more (--json lists all)\n", n)
	}
}

// title names the model and how it ran.
func (m *about) Title() string {
	how := "SavedModel, TensorFlow " + m.Library
	if m.Kind == "tflite" {
		how = "TFLite " + m.Library
		if !*m.XNNPACK {
			how += " without XNNPACK"
		}
	}
	switch m.Threads {
	case 0:
	case 1:
		how += ", 1 thread"
	default:
		how += fmt.Sprintf(", %d threads", m.Threads)
	}
	return m.Path + ": " + how
}

func (m *about) InputsText() string {
	var parts []string
	for _, in := range m.Inputs {
		parts = append(parts, fmt.Sprintf("%s %s %v", in.Name, in.DType, tf.Shape(in.Shape)))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// comparison says which of two models is faster, by p50 of the first level, or
// why that says nothing.
func (r *report) comparison() string {
	if len(r.Models) != 2 || r.Unlike != "" {
		return r.Unlike
	}
	fast, slow := r.Models[0], r.Models[1]
	if fast.Levels[0].Latency.P50MS > slow.Levels[0].Latency.P50MS {
		fast, slow = slow, fast
	}
	q := slow.Levels[0].Latency.P50MS / fast.Levels[0].Latency.P50MS
	return fmt.Sprintf("%s is %.2f times as fast as %s (p50, %d at a time)", fast.Path, q, slow.Path, fast.Levels[0].Concurrency)
}

// timeText is ms in the unit that fits.
func timeText(ms float64) string {
	switch {
	case ms < 0.9995:
		return fmt.Sprintf("%.3g us", ms*1e3)
	case ms < 999.5:
		return fmt.Sprintf("%.3g ms", ms)
	}
	return fmt.Sprintf("%.3g s", ms/1e3)
}
