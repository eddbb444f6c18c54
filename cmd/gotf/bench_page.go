package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/gotf/gotf/internal/atomicfile"
)

//go:embed bench.html
var benchPageText string

var benchPage = template.Must(template.New("bench").Funcs(template.FuncMap{
	"time": benchTime, "size": bytesText, "percent": func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
	"rate":    func(v float64) string { return fmt.Sprintf("%.1f", v) },
	"colour":  func(i int) template.CSS { return template.CSS(fmt.Sprintf("var(--series-%d)", i%2+1)) },
	"mostOps": func(ops []benchOp) []benchOp { return ops[:min(len(ops), benchMostOps)] },
	"width":   func(v, most float64) float64 { return 100 * v / max(most, 1e-12) },
}).Parse(benchPageText))

// writeBenchPage writes the report as a page of its own.
func writeBenchPage(path string, r *benchReport) error {
	var b strings.Builder
	view := struct {
		*benchReport
		Comparison string
		Throughput *benchCurves
		Histograms []*benchBars
	}{benchReport: r, Comparison: r.comparison()}
	if len(r.Models[0].Levels) > 1 {
		view.Throughput = newBenchCurves(r.Models)
	}
	for i, m := range r.Models {
		for _, l := range m.Levels {
			view.Histograms = append(view.Histograms, newBenchBars(m, l, i))
		}
	}
	if err := benchPage.Execute(&b, view); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteFile(path, atomicfile.Bytes([]byte(b.String())))
}

// The inside of a picture, in its own units.
const benchWidth, benchHeight = 560.0, 200.0

// benchBars is a picture of a histogram.
type benchBars struct {
	Title    string
	Colour   int
	Bars     []benchBar
	Marks    []benchMark // the quantiles
	From, To string      // the ends of the axis
}

type benchBar struct {
	X, Y, Width, Height float64
	Tip                 string
}

type benchMark struct {
	At   float64
	Text string
	Line int // of text, so that close ones do not overlap
}

func newBenchBars(m *benchAbout, l benchLevel, colour int) *benchBars {
	h := l.Histogram
	n := float64(len(h.Counts))
	bins := max(h.BinMS, 1e-9)
	p := &benchBars{
		Title: fmt.Sprintf("%s, %d at a time", m.Path, l.Concurrency), Colour: colour,
		From: benchTime(h.FromMS), To: benchTime(h.FromMS+n*h.BinMS) + " and more",
	}
	most := 1.0
	for _, c := range h.Counts {
		most = max(most, float64(c))
	}
	for i, c := range h.Counts {
		height := benchHeight * float64(c) / most
		from := h.FromMS + float64(i)*h.BinMS
		tip := fmt.Sprintf("%s to %s: %d calls", benchTime(from), benchTime(from+h.BinMS), c)
		if i == len(h.Counts)-1 {
			tip = fmt.Sprintf("%s and more: %d calls", benchTime(from), c)
		}
		p.Bars = append(p.Bars, benchBar{benchWidth * float64(i) / n, benchHeight - height, benchWidth/n - 2, height, tip})
	}
	for i, q := range []struct {
		name string
		ms   float64
	}{{"p50", l.Latency.P50MS}, {"p90", l.Latency.P90MS}, {"p99", l.Latency.P99MS}} {
		at := benchWidth * (q.ms - h.FromMS) / bins / n
		p.Marks = append(p.Marks, benchMark{min(max(at, 0), benchWidth), q.name + " " + benchTime(q.ms), i})
	}
	return p
}

// benchCurves is a picture of calls a second by calls at a time.
type benchCurves struct {
	Curves []benchCurve
	Ticks  []benchMark // of concurrency
	Top    string      // the value at the upper edge
}

type benchCurve struct {
	Name   string
	Colour int
	Path   string
	Points []benchPoint
}

type benchPoint struct {
	X, Y float64
	Tip  string
}

func newBenchCurves(models []*benchAbout) *benchCurves {
	var most float64
	low, high := math.Inf(1), 0.0
	for _, m := range models {
		for _, l := range m.Levels {
			most, low, high = max(most, l.CallsPerSecond), min(low, float64(l.Concurrency)), max(high, float64(l.Concurrency))
		}
	}
	at := func(n int) float64 { return benchWidth * (float64(n) - low) / max(high-low, 1) }
	p := &benchCurves{Top: fmt.Sprintf("%.0f calls/s", most)}
	for i, m := range models {
		c := benchCurve{Name: m.Path, Colour: i}
		for k, l := range m.Levels {
			x, y := at(l.Concurrency), benchHeight*(1-l.CallsPerSecond/most)
			c.Path += fmt.Sprintf("%c%.1f %.1f", "ML"[min(k, 1)], x, y)
			c.Points = append(c.Points, benchPoint{x, y, fmt.Sprintf("%s, %d at a time: %.1f calls/s", m.Path, l.Concurrency, l.CallsPerSecond)})
		}
		p.Curves = append(p.Curves, c)
	}
	for _, l := range models[0].Levels {
		p.Ticks = append(p.Ticks, benchMark{At: at(l.Concurrency), Text: fmt.Sprint(l.Concurrency)})
	}
	return p
}
