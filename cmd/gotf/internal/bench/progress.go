package bench

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// progress shows what is measured: a bar on a terminal, a line for each
// new step elsewhere, nothing where all is done within seconds.
type progress struct {
	out  io.Writer
	bar  *progressbar.ProgressBar
	tty  bool
	last map[string]bool
}

// quick is the longest work without a word.
const quick = 2 * time.Second

func newProgress(out io.Writer, o *options) *progress {
	models, rounds := 1, 1
	if o.dir != "" && o.model != "" {
		models, rounds = 2, turns
	}
	if o.length*time.Duration(models*len(o.concurrency)) <= quick {
		return &progress{}
	}
	p := &progress{out: out, tty: terminal.IsTerminal(out), last: map[string]bool{}}
	if p.tty {
		n := models * (1 + rounds*len(o.concurrency))
		if o.ops {
			n += models
		}
		p.bar = progressbar.NewOptions(n, progressbar.OptionSetWriter(terminal.Raw(out)), progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false))
	}
	return p
}

// step says what is done from now on.
func (p *progress) step(what string) {
	switch {
	case p.out == nil:
	case p.tty:
		p.bar.Describe(what)
		_ = p.bar.Add(1)
	case !p.last[what]:
		p.last[what] = true
		fmt.Fprintln(p.out, what)
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
