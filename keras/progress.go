package keras

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Verbose is how progress is shown.
type Verbose int

const (
	Auto   Verbose = iota // Bar on a terminal, Lines elsewhere
	Silent                // nothing
	Bar                   // a bar for each epoch, redrawn as it grows
	Lines                 // a line for each epoch
)

// redraw is the least time between two pictures of a bar.
const redraw = 100 * time.Millisecond

// progress shows how far Fit or Evaluate is, as Keras does.
type progress struct {
	out   io.Writer
	mode  Verbose
	now   func() time.Time
	bar   *progressbar.ProgressBar
	names []string
	steps int
	start time.Time
	drawn time.Time // when the line was last drawn
	width int       // of the line, to be covered by the next
}

func newProgress(out io.Writer, mode Verbose) *progress {
	if out == nil {
		out = os.Stderr
	}
	if mode == Auto {
		mode = Lines
		if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			mode = Bar
		}
	}
	return &progress{out: out, mode: mode, now: time.Now}
}

// begin starts an epoch of some steps; names orders its logs.
func (p *progress) begin(epoch, epochs, steps int, names []string) {
	if p.mode == Silent {
		return
	}
	if epochs > 1 {
		fmt.Fprintf(p.out, "Epoch %d/%d\n", epoch+1, epochs)
	}
	p.names, p.steps, p.width = names, steps, 0
	p.start = p.now()
	p.drawn = p.start
	if p.mode == Bar {
		p.bar = newBar(steps)
	}
}

// due reports whether the bar should be drawn again.
func (p *progress) due() bool { return p.mode == Bar && p.now().Sub(p.drawn) >= redraw }

// update draws the bar with done steps.
func (p *progress) update(done int, logs Logs) {
	if !p.due() || done >= p.steps {
		return
	}
	p.drawn = p.now()
	spent := p.drawn.Sub(p.start)
	eta := spent / time.Duration(done) * time.Duration(p.steps-done)
	p.draw(fmt.Sprintf("%*d/%d %s ETA: %s%s", len(fmt.Sprint(p.steps)), done, p.steps, picture(p.bar, done), clock(eta), logText(logs, p.names)))
}

// end shows the epoch's last line.
func (p *progress) end(logs Logs) {
	spent := p.now().Sub(p.start)
	text := fmt.Sprintf("%.0fs %s/step%s", spent.Seconds(), perStep(spent, p.steps), logText(logs, p.names))
	switch p.mode {
	case Bar:
		p.draw(fmt.Sprintf("%d/%d %s %s", p.steps, p.steps, picture(p.bar, p.steps), text))
		fmt.Fprintln(p.out)
	case Lines:
		text = strings.Replace(text, "s ", "s - ", 1)
		fmt.Fprintf(p.out, "%d/%d - %s\n", p.steps, p.steps, text)
	}
	p.bar = nil
}

// abort leaves the line of a bar that will not be finished.
func (p *progress) abort() {
	if p.bar != nil && p.width > 0 {
		fmt.Fprintln(p.out)
	}
	p.bar = nil
}

// draw replaces the line.
func (p *progress) draw(line string) {
	fmt.Fprintf(p.out, "\r%-*s", p.width, line)
	p.width = len(line)
}

const barWidth = 20

func newBar(steps int) *progressbar.ProgressBar {
	return progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "=", SaucerHead: ">", SaucerPadding: ".", BarStart: "[", BarEnd: "]"}))
}

// picture is the bar alone, "[=====>....]", without the words that the package
// puts around it.
func picture(bar *progressbar.ProgressBar, done int) string {
	bar.Set(done)
	s := bar.String()
	from, to := strings.Index(s, "["), strings.Index(s, "]")
	if from < 0 || to < from {
		return ""
	}
	return s[from : to+1]
}

// logText is " - loss: 0.0412 - accuracy: 0.9872": the names in order, then the
// same of validation.
func logText(logs Logs, names []string) string {
	var b strings.Builder
	for _, prefix := range []string{"", "val_"} {
		for _, n := range names {
			if v, ok := logs[prefix+n]; ok {
				fmt.Fprintf(&b, " - %s%s: %s", prefix, n, figure(v))
			}
		}
	}
	return b.String()
}

// figure is a number as Keras writes it.
func figure(v float64) string {
	if v > 1e-3 || v < -1e-3 {
		return fmt.Sprintf("%.4f", v)
	}
	return fmt.Sprintf("%.4e", v)
}

// perStep is the time of a step: "12ms".
func perStep(spent time.Duration, steps int) string {
	if steps == 0 {
		return "0s"
	}
	switch t := spent.Seconds() / float64(steps); {
	case t >= 1 || t == 0:
		return fmt.Sprintf("%.0fs", t)
	case t >= 1e-3:
		return fmt.Sprintf("%.0fms", t*1e3)
	default:
		return fmt.Sprintf("%.0fus", t*1e6)
	}
}

// clock is a time to come: "48s", "1:05", "2:00:10".
func clock(d time.Duration) string {
	s := int(d.Seconds())
	switch {
	case s >= 3600:
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	case s >= 60:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%ds", s)
}
