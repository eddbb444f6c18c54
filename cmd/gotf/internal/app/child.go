package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// childEnv is set for the process that a command runs apart in.
const childEnv = "GOTF_CHILD"

// InChild says that this is that process.
var InChild bool

// The files of that process beside stdin, stdout and stderr: where gotf's own
// words go, as the libraries' go to stderr, and where it says how it ended,
// which one that crashed does not.
const (
	childWords = 3
	childEnd   = 4
)

// childPatience is how long an interrupted child may take to clean up.
const childPatience = 5 * time.Second

// Apart makes a command run in a process of its own: a model that ends
// TensorFlow's native code ends that process, and costs this one a line.
func Apart(command func() *cli.Command) func() *cli.Command {
	return func() *cli.Command {
		cmd := command()
		action := cmd.Action
		cmd.Action = func(c *cli.Context) error {
			if InChild || runtime.GOOS == "windows" {
				return action(c)
			}
			return runApart(c)
		}
		return cmd
	}
}

// childMain is Main's Run in the process that runApart starts.
func childMain(ctx context.Context, t Table) int {
	os.Unsetenv(childEnv) // of the processes that this one starts
	words, end := os.NewFile(childWords, "words"), os.NewFile(childEnd, "end")
	code := Run(ctx, t, os.Args[1:], os.Stdout, words)
	fmt.Fprintln(end, code)
	return code
}

// runApart runs the present command line in a child.
func runApart(c *cli.Context) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	words, finish, err := asFile(terminal.Raw(c.App.ErrWriter))
	if err != nil {
		return err
	}
	defer finish()
	endRead, endWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	defer endRead.Close()
	var log Log
	cmd := exec.CommandContext(c.Context, exe, c.App.Metadata[commandLine].([]string)...)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, terminal.Raw(c.App.Writer), io.MultiWriter(&log, &prints{to: words})
	cmd.ExtraFiles = []*os.File{words, endWrite}
	cmd.SysProcAttr = childAttr()
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = childPatience
	runtime.LockOSThread() // the child ends with the thread that started it
	defer runtime.UnlockOSThread()
	err = cmd.Run()
	endWrite.Close()
	if said, _ := io.ReadAll(endRead); len(said) > 0 {
		if code := cmd.ProcessState.ExitCode(); code != exit.Done {
			return exit.Status(code)
		}
		return nil
	}
	if c.Context.Err() != nil {
		return c.Context.Err()
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGPIPE {
		return exit.Status(exit.Failed) // nobody reads on
	}
	return crashed(c, err, log.String())
}

// crashed tells of a child that did not end by itself.
func crashed(c *cli.Context, err error, log string) error {
	var files []string
	for _, name := range []string{"dir", "model", "from", "saved-model-dir"} {
		if v := c.String(name); v != "" {
			files = append(files, v)
		}
	}
	what := strings.Join(append(files, c.Args().Slice()...), ", ")
	if what == "" {
		what = "this input"
	}
	how, words := LastWords(log)
	if how == "" {
		how = err.Error()
	}
	if strings.HasPrefix(how, "panic: ") {
		return fmt.Errorf("%s %s: this is a bug of gotf, which ended its process (%s)", c.Command.Name, what, how)
	}
	if words != "" {
		words = ": " + words
	}
	return fmt.Errorf("%s %s: TensorFlow's native code cannot take it and ended its process (%s)%s", c.Command.Name, what, how, words)
}

// LastWords finds in a crashed process's log the signal, and what the library
// said before Go's runtime wrote its stacks.
func LastWords(log string) (signal, words string) {
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		name, rest, ok := strings.Cut(line, ": ")
		switch {
		case ok && strings.HasPrefix(name, "SIG") && name == strings.ToUpper(name):
			return name + ", " + rest, words
		case strings.HasPrefix(line, "fatal error: "), strings.HasPrefix(line, "panic: "):
			return line, words
		case strings.Contains(line, "] Check failed: "):
			_, words, _ = strings.Cut(line, "] ")
		case strings.HasPrefix(line, "what():"), strings.HasPrefix(line, "terminate called"):
			words = line
		}
	}
	return "", words
}

// asFile makes w a file that a child can inherit; finish waits until all that
// was written there has arrived.
func asFile(w io.Writer) (f *os.File, finish func(), err error) {
	if f, ok := w.(*os.File); ok {
		return f, func() {}, nil
	}
	r, f, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(w, r)
	}()
	return f, func() {
		f.Close()
		<-done
		r.Close()
	}, nil
}

// A Log keeps the first part of a log, which is where a crash is told.
type Log struct{ buf bytes.Buffer }

const headSize = 1 << 20

func (h *Log) Write(p []byte) (int, error) {
	h.buf.Write(p[:min(len(p), max(0, headSize-h.buf.Len()))])
	return len(p), nil
}

func (h *Log) String() string { return h.buf.String() }
