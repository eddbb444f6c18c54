package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("bench").Funcs(template.FuncMap{
	"time": timeText, "size": terminal.Bytes, "percent": func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
	"rate":    func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"colour":  func(i int) template.CSS { return template.CSS(fmt.Sprintf("var(--series-%d)", i%2+1)) },
	"mostOps": func(ops []op) []op { return ops[:min(len(ops), mostOps)] },
	"width":   func(v, most float64) float64 { return 100 * v / max(most, 1e-12) },
}).Parse(pageText))

// writePage writes the report as a page of its own.
func writePage(path string, r *report) error {
	var b strings.Builder
	view := struct {
		*report
		Comparison string
		Throughput *curves
		Histograms []*bars
	}{report: r, Comparison: r.comparison()}
	if len(r.Models[0].Levels) > 1 {
		view.Throughput = newCurves(r.Models)
	}
	for i, m := range r.Models {
		for _, l := range m.Levels {
			view.Histograms = append(view.Histograms, newBars(m, l, i))
		}
	}
	if err := page.Execute(&b, view); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteFile(path, atomicfile.Bytes([]byte(b.String())))
}

// The inside of a picture, in its own units.
const chartWidth, chartHeight = 560.0, 200.0

// bars is a picture of a histogram.
type bars struct {
	Title    string
	Colour   int
	Bars     []bar
	Marks    []mark // the quantiles
	From, To string // the ends of the axis
}

type bar struct {
	X, Y, Width, Height float64
	Tip                 string
}

type mark struct {
	At   float64
	Text string
	Line int // of text, so that close ones do not overlap
}

func newBars(m *about, l level, colour int) *bars {
	h := l.Histogram
	n := float64(len(h.Counts))
	bins := max(h.BinMS, 1e-9)
	p := &bars{
		Title: fmt.Sprintf("%s, %d at a time", m.Path, l.Concurrency), Colour: colour,
		From: timeText(h.FromMS), To: timeText(h.FromMS+n*h.BinMS) + " and more",
	}
	most := 1.0
	for _, c := range h.Counts {
		most = max(most, float64(c))
	}
	for i, c := range h.Counts {
		height := chartHeight * float64(c) / most
		from := h.FromMS + float64(i)*h.BinMS
		tip := fmt.Sprintf("%s to %s: %d calls", timeText(from), timeText(from+h.BinMS), c)
		if i == len(h.Counts)-1 {
			tip = fmt.Sprintf("%s and more: %d calls", timeText(from), c)
		}
		p.Bars = append(p.Bars, bar{chartWidth * float64(i) / n, chartHeight - height, chartWidth/n - 2, height, tip})
	}
	for i, q := range []struct {
		name string
		ms   float64
	}{{"p50", l.Latency.P50MS}, {"p90", l.Latency.P90MS}, {"p99", l.Latency.P99MS}} {
		at := chartWidth * (q.ms - h.FromMS) / bins / n
		p.Marks = append(p.Marks, mark{min(max(at, 0), chartWidth), q.name + " " + timeText(q.ms), i})
	}
	return p
}

// curves is a picture of calls a second by calls at a time.
type curves struct {
	Curves []curve
	Ticks  []mark // of concurrency
	Top    string // the value at the upper edge
}

type curve struct {
	Name   string
	Colour int
	Path   string
	Points []point
}

type point struct {
	X, Y float64
	Tip  string
}

func newCurves(models []*about) *curves {
	var most float64
	low, high := math.Inf(1), 0.0
	for _, m := range models {
		for _, l := range m.Levels {
			most, low, high = max(most, l.CallsPerSecond), min(low, float64(l.Concurrency)), max(high, float64(l.Concurrency))
		}
	}
	at := func(n int) float64 { return chartWidth * (float64(n) - low) / max(high-low, 1) }
	p := &curves{Top: fmt.Sprintf("%.0f calls/s", most)}
	for i, m := range models {
		c := curve{Name: m.Path, Colour: i}
		for k, l := range m.Levels {
			x, y := at(l.Concurrency), chartHeight*(1-l.CallsPerSecond/most)
			c.Path += fmt.Sprintf("%c%.1f %.1f", "ML"[min(k, 1)], x, y)
			c.Points = append(c.Points, point{x, y, fmt.Sprintf("%s, %d at a time: %.1f calls/s", m.Path, l.Concurrency, l.CallsPerSecond)})
		}
		p.Curves = append(p.Curves, c)
	}
	for _, l := range models[0].Levels {
		p.Ticks = append(p.Ticks, mark{At: at(l.Concurrency), Text: fmt.Sprint(l.Concurrency)})
	}
	return p
}
