package terminal

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Steps shows how far a work of several steps is: a bar on a terminal, a line
// for each step elsewhere.
type Steps struct {
	out  io.Writer
	tty  bool
	step string
	bar  *progressbar.ProgressBar
}

// NewSteps shows steps on out.
func NewSteps(out io.Writer) *Steps { return &Steps{out: out, tty: IsTerminal(out)} }

// Show says that done of total bytes of step are done; total is 0 where it is
// not known.
func (s *Steps) Show(step string, done, total int64) {
	if step != s.step {
		s.End()
		s.step = step
		if !s.tty {
			fmt.Fprintln(s.out, step)
			return
		}
		s.bar = progressbar.NewOptions64(max(total, -1),
			progressbar.OptionSetWriter(Raw(s.out)),
			progressbar.OptionSetDescription(step),
			progressbar.OptionShowBytes(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish())
	}
	if s.bar != nil {
		_ = s.bar.Set64(done)
	}
}

// End removes the bar.
func (s *Steps) End() {
	if s.bar != nil {
		_ = s.bar.Clear()
		s.bar = nil
	}
}

// IsTerminal reports whether people read w as it is written.
func IsTerminal(w io.Writer) bool {
	f, ok := Raw(w).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
