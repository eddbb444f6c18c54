package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// steps shows how far a work of several steps is: a bar on a terminal, a line
// for each step elsewhere.
type steps struct {
	out  io.Writer
	tty  bool
	step string
	bar  *progressbar.ProgressBar
}

func newSteps(out io.Writer) *steps { return &steps{out: out, tty: isTerminal(out)} }

// show says that done of total bytes of step are done; total is 0 where it is
// not known.
func (s *steps) show(step string, done, total int64) {
	if step != s.step {
		s.end()
		s.step = step
		if !s.tty {
			fmt.Fprintln(s.out, step)
			return
		}
		s.bar = progressbar.NewOptions64(max(total, -1),
			progressbar.OptionSetWriter(s.out),
			progressbar.OptionSetDescription(step),
			progressbar.OptionShowBytes(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish())
	}
	if s.bar != nil {
		_ = s.bar.Set64(done)
	}
}

// end removes the bar.
func (s *steps) end() {
	if s.bar != nil {
		_ = s.bar.Clear()
		s.bar = nil
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
