// Package app runs gotf's command line: a table of commands, each of which may
// run in a process of its own, and what becomes of their errors.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/suggest"
)

// Main runs the process's command line, and ends the process.
func Main(t Table) {
	ignoreSignals()
	ctx := untilInterrupted()
	if InChild = os.Getenv(childEnv) != ""; InChild {
		os.Exit(childMain(ctx, t))
	}
	os.Exit(Run(ctx, t, os.Args[1:], os.Stdout, os.Stderr))
}

// lastPatience is how long an interrupted command may take to end.
const lastPatience = 5 * time.Second

// untilInterrupted is a context that the first Ctrl-C ends. The second one, or
// time, ends a process whose command goes on.
func untilInterrupted() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
		case <-time.After(lastPatience):
		}
		fmt.Fprintln(os.Stderr, "gotf: interrupted")
		os.Exit(exit.Interrupted)
	}()
	return ctx
}

// A Table is a whole command line, in help order.
type Table []Entry

// An Entry is a command, in a group of the help.
type Entry struct {
	Group   string
	Command func() *cli.Command
}

// commandLine is the key of the app's arguments in its metadata.
const commandLine = "command line"

// Run executes one command line and returns the exit code. A failure is one
// line on stderr.
func Run(ctx context.Context, t Table, args []string, stdout, stderr io.Writer) int {
	app := newApp(t, &terminal.PlainText{W: stdout}, &terminal.PlainText{W: stderr})
	app.Metadata = map[string]any{commandLine: args}
	err := app.RunContext(ctx, append([]string{"gotf"}, usage.Kebab(args)...))
	var wrong *usage.Error
	code, said := exit.Said(err)
	switch {
	case err == nil:
		return exit.Done
	case said:
		return code
	case ctx.Err() != nil:
		if cause := terminal.OneLine(err); errors.Is(err, context.Canceled) {
			fmt.Fprintln(stderr, "gotf: interrupted")
		} else {
			fmt.Fprintln(stderr, "gotf: interrupted:", cause)
		}
		return exit.Interrupted
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, "gotf:", terminal.OneLine(err))
		return exit.Usage
	default:
		fmt.Fprintln(stderr, "gotf:", terminal.OneLine(err))
		return exit.Failed
	}
}

func newApp(t Table, stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                  "gotf",
		Usage:                 "TensorFlow for Go",
		Version:               machine.Version(),
		HideHelpCommand:       true,
		Writer:                stdout,
		ErrWriter:             stderr,
		ExitErrHandler:        func(*cli.Context, error) {}, // Run decides
		OnUsageError:          usage.FlagError,
		CustomAppHelpTemplate: helpText(t),

		DisableSliceFlagSeparator: true, // expressions have commas
		Action:                    noCommand,
	}
	for _, e := range t {
		app.Commands = append(app.Commands, usage.Strict(e.Command()))
	}
	return app
}

// noCommand runs when the first argument names no command.
func noCommand(c *cli.Context) error {
	word := c.Args().First()
	switch word {
	case "":
		return cli.ShowAppHelp(c)
	case "help":
		if c.Args().Len() == 1 {
			return cli.ShowAppHelp(c)
		}
		word = c.Args().Get(1)
		if cmd := c.App.Command(word); cmd != nil {
			return c.App.RunContext(c.Context, []string{c.App.Name, cmd.Name, "--help"})
		}
	}
	return usage.Errorf("unknown command %q%s (gotf --help lists the commands)", word, suggest.DidYouMean(word, commandNames(c.App)))
}

func commandNames(app *cli.App) (names []string) {
	for _, cmd := range app.Commands {
		names = append(names, cmd.Name)
	}
	return names
}

// helpText lists the commands by group, in the table's order.
func helpText(t Table) string {
	var b strings.Builder
	b.WriteString("gotf: TensorFlow for Go\n\nUsage: gotf COMMAND [--flag value]...   (gotf COMMAND --help describes one)\n")
	group := ""
	for _, e := range t {
		if e.Group != group {
			group = e.Group
			fmt.Fprintf(&b, "\n%s\n", group)
		}
		cmd := e.Command()
		fmt.Fprintf(&b, "  %-10s %s\n", cmd.Name, cmd.Usage)
	}
	b.WriteString("\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n")
	return b.String()
}
