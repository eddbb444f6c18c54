package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// python is a program of scripts/peers that stays alive between turns; the
// README there has the protocol.
type python struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	log *os.File
}

// inherited is what Python gets: the environment without what gotf sets for
// TensorFlow in its own process.
var inherited = os.Environ()

// answer is a line of it.
type answer struct {
	Ready bool    `json:"ready"`
	Value float64 `json:"value"`
	Error string  `json:"error"`
}

// startPython starts a program and waits until it is ready.
func (e *environment) startPython(ctx context.Context, script string, args ...string) (*python, error) {
	log, err := os.Create(filepath.Join(e.temp, script+".log"))
	if err != nil {
		return nil, err
	}
	args = append([]string{filepath.Join(e.root, "scripts", "peers", script)}, args...)
	p := &python{cmd: exec.CommandContext(ctx, e.python, args...), log: log}
	p.cmd.Stderr, p.cmd.Env = log, inherited
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	a, err := p.read()
	if err == nil && !a.Ready {
		err = fmt.Errorf("%s is not ready: %q", script, p.out.Text())
	}
	if err != nil {
		p.close()
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "  %s\n", p.out.Text())
	return p, nil
}

func (p *python) turn(context.Context) (float64, error) {
	if _, err := io.WriteString(p.in, "turn\n"); err != nil {
		return 0, p.failed(err)
	}
	a, err := p.read()
	return a.Value, err
}

func (p *python) read() (a answer, err error) {
	if !p.out.Scan() {
		return a, p.failed(io.ErrUnexpectedEOF)
	}
	if err := json.Unmarshal(p.out.Bytes(), &a); err != nil {
		return a, fmt.Errorf("%s: %w: %q", p.cmd.Args[1], err, p.out.Text())
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s", p.cmd.Args[1], a.Error)
	}
	return a, nil
}

// failed adds the last line that the program logged.
func (p *python) failed(err error) error {
	text, _ := os.ReadFile(p.log.Name())
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return fmt.Errorf("%s: %w: %s", p.cmd.Args[1], err, lines[len(lines)-1])
}

// close lets the program end.
func (p *python) close() error {
	p.in.Close()
	defer p.log.Close()
	return p.cmd.Wait()
}
