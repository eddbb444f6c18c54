package convert

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

//go:embed report.html
var pageText string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"size":    sizeText,
	"number":  numberText,
	"percent": func(part, whole int64) string { return share(float64(part) / float64(max(whole, 1))) },
	"share":   share,
	"noise":   noiseText,
	"breaks":  breaks,
}).Parse(pageText))

// WriteHTML writes the report as one page without parts elsewhere.
func (r *Report) WriteHTML(w io.Writer) error {
	return page.Execute(w, struct {
		*Report
		Sizes, Counts, Noise chart
	}{r, r.sizes(), r.operators(), r.noise()})
}

// A chart is horizontal bars, in the units of its picture.
type chart struct {
	Title       string
	Bars        []bar
	Height      int
	Left, Start int // where labels end and bars start
}

type bar struct {
	Label, Value, Class string
	Y, Text             int
	Width, After        float64
}

const (
	barRow    = 20
	barLeft   = 260
	barWidest = 340
	barLabel  = 38 // characters
	barMost   = 25 // bars
)

func newChart(title string) chart { return chart{Title: title, Left: barLeft, Start: barLeft + 8} }

// add adds a bar of a share, 0 to 1, of the widest.
func (c *chart) add(label, value, class string, share float64) {
	if len(c.Bars) == barMost {
		return
	}
	y := len(c.Bars) * barRow
	width := math.Max(1, barWidest*min(max(share, 0), 1))
	c.Bars = append(c.Bars, bar{tail(label, barLabel), value, class, y + 3, y + 15, width, float64(c.Start) + width + 6})
	c.Height = y + barRow + 4
}

func (r *Report) sizes() chart {
	c := newChart("Size before and after")
	most := float64(max(r.SizeBefore, r.SizeAfter, 1))
	c.add("SavedModel", sizeText(r.SizeBefore), "weak", float64(r.SizeBefore)/most)
	c.add("TFLite", sizeText(r.SizeAfter), "bar", float64(r.SizeAfter)/most)
	return c
}

func (r *Report) operators() chart {
	c := newChart("How often each operation occurs")
	for _, o := range r.Operators {
		c.add(o.Name, fmt.Sprint(o.Count), "bar", float64(o.Count)/float64(r.Operators[0].Count))
	}
	return c
}

func (r *Report) noise() chart {
	c := newChart("Signal to noise of tensors, worst first")
	const most = 60 // dB; beyond is as good as exact
	var names nameSet
	for _, t := range r.Tensors {
		names.add(t.Tensor)
	}
	for _, t := range r.Tensors {
		text := noiseText(t.SNR)
		if t.SNR != quiet {
			text += " dB"
		}
		c.add(names.layer(t.Tensor), text, "bar", t.SNR/most)
	}
	return c
}

// tail is the end of a name, which tells tensors of one model apart.
func tail(name string, most int) string {
	n := utf8.RuneCountInString(name)
	if n <= most {
		return name
	}
	return "…" + string([]rune(name)[n-most+1:])
}

func share(v float64) string { return fmt.Sprintf("%.3g %%", 100*v) }

// breaks lets a long name go on in the next line between its parts.
func breaks(name string) template.HTML {
	return template.HTML(strings.NewReplacer("/", "/<wbr/>", ";", ";<wbr/>").Replace(template.HTMLEscapeString(name)))
}

func noiseText(snr float64) string {
	if snr == quiet {
		return "exact"
	}
	return numberText(snr)
}

func numberText(v float64) string { return fmt.Sprintf("%.3g", v) }

func sizeText(n int64) string {
	v, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	i := 0
	for ; v >= 999.95 && i < len(units)-1; i++ {
		v /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}
