package app

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// What a command that runs apart writes to stderr around the calls of a model.
const (
	printsBegin = "\x00gotf: the model prints\n"
	printsEnd   = "\x00gotf: the model is done\n"
)

// ShowPrints lets what native code writes to stderr, tf.print that is, reach the
// user until done is called. The library's own log stays out.
func ShowPrints() (done func()) {
	if !InChild {
		return func() {} // it is the process's stderr
	}
	os.Stderr.WriteString(printsBegin)
	return func() { os.Stderr.WriteString(printsEnd) }
}

// prints finds in a child's stderr what a model prints.
type prints struct {
	to   io.Writer
	on   bool
	line []byte // that has no end yet
}

func (p *prints) Write(b []byte) (int, error) {
	p.line = append(p.line, b...)
	for {
		line, rest, whole := bytes.Cut(p.line, []byte("\n"))
		if !whole {
			break
		}
		p.show(string(line) + "\n")
		p.line = rest
	}
	if len(p.line) > longestPrint {
		p.show(string(p.line))
		p.line = nil
	}
	return len(b), nil
}

const longestPrint = 1 << 20

// logged begins the lines of TensorFlow's log, and stacks those of a crash.
var (
	logged = regexp.MustCompile(`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: )?[IWEF](\d{4} \d\d:\d\d:\d+\.\d+)? .*\.(cc|h|cu):?\d*\]|^WARNING: All log messages before absl::InitializeLog`)
	stacks = regexp.MustCompile(`^SIG[A-Z0-9]+: |^fatal error: |^panic: |^unexpected fault address `)
)

func (p *prints) show(line string) {
	before, end := strings.CutSuffix(line, printsEnd)
	switch {
	case line == printsBegin:
		p.on = true
	case !p.on:
	case stacks.MatchString(line):
		p.on = false
	case end:
		p.on = false
		if before != "" {
			p.write(before + "\n")
		}
	case !logged.MatchString(line):
		p.write(line)
	}
}

func (p *prints) write(line string) {
	_, _ = io.WriteString(&terminal.PlainText{W: p.to}, line)
}
