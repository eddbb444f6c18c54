package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// firstResult is the argument with which this program only computes what
// scripts/peers/startup.py computes.
const firstResult = "first-result"

// printFirstResult loads the library, multiplies two matrices and prints the
// product.
func printFirstResult() error {
	e, err := tf.NewEager(nil)
	if err != nil {
		return err
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	a := tf.Const(s, []float32{1, 2, 3, 4}, 2, 2)
	y := op.MatMul(s, a, a, nil)
	if s.Err() != nil {
		return s.Err()
	}
	t, err := y.Value()
	if err != nil {
		return err
	}
	defer t.Close()
	values, err := tf.Values[float32](t)
	if err != nil {
		return err
	}
	fmt.Println(values)
	return nil
}

// program is a side that is started anew for each turn.
type program struct{ args []string }

// startup compares the time from the start of a process to its first result,
// with all files in the page cache.
func startup(ctx context.Context, e *environment) (pair, error) {
	self, err := os.Executable()
	if err != nil {
		return pair{}, err
	}
	p := pair{
		program{[]string{self, firstResult}},
		program{[]string{e.python, filepath.Join(e.root, "scripts", "peers", "startup.py")}},
	}
	_, _, err = p.turns(ctx, false) // reads the files
	return p, err
}

// turn gives the seconds until the program has printed the product.
func (p program) turn(ctx context.Context) (float64, error) {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	var log strings.Builder
	cmd.Stderr, cmd.Env = &log, inherited
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	spent := time.Since(start).Seconds()
	line := lines.Text()
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", strings.Join(p.args, " "), err, strings.TrimSpace(log.String()))
	}
	if strings.Join(strings.Fields(strings.Trim(line, "[] ")), " ") != "7 10 15 22" {
		return 0, fmt.Errorf("%s: expected the product 7 10 15 22, got %q", strings.Join(p.args, " "), line)
	}
	return spent, nil
}

func (program) close() error { return nil }
