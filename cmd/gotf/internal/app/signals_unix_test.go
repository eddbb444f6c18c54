//go:build unix

package app

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
)

func TestMain(m *testing.M) {
	if os.Getenv("GOTF_TEST_MAIN") != "" {
		Main(Table{{Command: func() *cli.Command {
			return &cli.Command{Name: "deaf", Action: func(c *cli.Context) error {
				fmt.Fprintln(c.App.Writer, "begun")
				<-c.Context.Done()
				fmt.Fprintln(c.App.Writer, "interrupted")
				select {}
			}}
		}}})
	}
	os.Exit(m.Run())
}

// TestDeafCommand ends a command that does not look at its context: at the
// second Ctrl-C, or in time.
func TestDeafCommand(t *testing.T) {
	for _, second := range []bool{true, false} {
		cmd := exec.Command(os.Args[0], "deaf")
		cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
		lines := bufio.NewScanner(stdout)
		lines.Scan() // begun
		cmd.Process.Signal(os.Interrupt)
		lines.Scan() // interrupted
		begin := time.Now()
		if second {
			cmd.Process.Signal(os.Interrupt)
		}
		cmd.Wait()
		late.Stop()
		if code := cmd.ProcessState.ExitCode(); code != exit.Interrupted || stderr.String() != "gotf: interrupted\n" {
			t.Errorf("exit %d, %q; want %d and that it was interrupted", code, stderr.String(), exit.Interrupted)
		}
		if took := time.Since(begin); took < lastPatience-time.Second/2 != second {
			t.Errorf("second Ctrl-C %v: it took %v", second, took)
		}
	}
}
