package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// benchProgress shows what is measured: a bar on a terminal, a line for each
// new step elsewhere, nothing where all is done within seconds.
type benchProgress struct {
	out  io.Writer
	bar  *progressbar.ProgressBar
	tty  bool
	last map[string]bool
}

// benchQuick is the longest work without a word.
const benchQuick = 2 * time.Second

func newBenchProgress(out io.Writer, o *benchOptions) *benchProgress {
	models, rounds := 1, 1
	if o.dir != "" && o.model != "" {
		models, rounds = 2, benchRounds
	}
	if o.length*time.Duration(models*len(o.concurrency)) <= benchQuick {
		return &benchProgress{}
	}
	p := &benchProgress{out: out, tty: isTerminal(out), last: map[string]bool{}}
	if p.tty {
		n := models * (1 + rounds*len(o.concurrency))
		if o.ops {
			n += models
		}
		p.bar = progressbar.NewOptions(n, progressbar.OptionSetWriter(out), progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false))
	}
	return p
}

// step says what is done from now on.
func (p *benchProgress) step(what string) {
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

func (p *benchProgress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
