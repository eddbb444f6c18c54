// Command gotf installs TensorFlow's libraries and trains, converts and runs
// models with them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

func main() {
	ignoreSignals()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C ends the process at once
		time.AfterFunc(lastPatience, func() { os.Exit(exitInterrupted) })
	})
	if inChild = os.Getenv(childEnv) != ""; inChild {
		os.Exit(childMain(ctx))
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// lastPatience is how long an interrupted command may take to end.
const lastPatience = time.Minute

// commands is the whole command line, in help order.
var commands = []entry{
	{"Libraries", installCommand},
	{"Libraries", doctorCommand},
	{"Libraries", versionCommand},
	{"Models", trainCommand},
	{"Models", apart(exportCommand)},
	{"Models", apart(convertCommand)},
	{"Models", packageCommand},
	{"Models", showCommand},
	{"Models", scanCommand},
	{"Models", inspectCommand},
	{"Models", apart(diffCommand)},
	{"Models", apart(runCommand)},
	{"Models", apart(benchCommand)},
}

type entry struct {
	group   string
	command func() *cli.Command
}

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// commandLine is the key of the app's arguments in its metadata.
const commandLine = "command line"

// run executes one command line and returns the exit code. A failure is one
// line on stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	app := newApp(plainText{stdout}, stderr)
	app.Metadata = map[string]any{commandLine: args}
	err := app.RunContext(ctx, append([]string{"gotf"}, kebab(args)...))
	var usage *usageError
	code, said := ended(err)
	switch {
	case err == nil:
		return exitDone
	case said:
		return code
	case ctx.Err() != nil:
		if cause := oneLine(err); errors.Is(err, context.Canceled) {
			fmt.Fprintln(stderr, "gotf: interrupted")
		} else {
			fmt.Fprintln(stderr, "gotf: interrupted:", cause)
		}
		return exitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintln(stderr, "gotf:", oneLine(err))
		return exitUsage
	default:
		fmt.Fprintln(stderr, "gotf:", oneLine(err))
		return exitFailed
	}
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:                  "gotf",
		Usage:                 "TensorFlow for Go",
		Version:               buildVersion(),
		HideHelpCommand:       true,
		Writer:                stdout,
		ErrWriter:             stderr,
		ExitErrHandler:        func(*cli.Context, error) {}, // run decides
		OnUsageError:          usageErrorOf,
		CustomAppHelpTemplate: helpText(commands),
		Action:                noCommand,
	}
	for _, e := range commands {
		app.Commands = append(app.Commands, strict(e.command()))
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
			return cmd.Run(c, cmd.Name, "--help")
		}
	}
	return usagef("unknown command %q%s (gotf --help lists the commands)", word, didYouMean(word, commandNames(c.App)))
}
