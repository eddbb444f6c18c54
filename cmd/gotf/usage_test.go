package main

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// TestEmptyValues gives each flag that a command needs an empty value.
func TestEmptyValues(t *testing.T) {
	checked := 0
	for _, e := range commands {
		cmd := e.Command()
		var needed []string
		for _, f := range cmd.Flags {
			if r, ok := f.(cli.RequiredFlag); ok && r.IsRequired() {
				needed = append(needed, f.Names()[0])
			}
		}
		for _, name := range needed {
			args := []string{cmd.Name}
			for _, n := range needed {
				value := "x=y"
				if n == name {
					value = ""
				}
				args = append(args, "--"+n, value)
			}
			code, stdout, stderr := gotftest.Run(t, args...)
			if want := "gotf: --" + name + " is empty, want a value"; code != exit.Usage || stdout != "" || !strings.HasPrefix(stderr, want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("gotf %s: exit %d, stdout %q, stderr %q; want 2 and %q", strings.Join(args, " "), code, stdout, stderr, want)
			}
			checked++
		}
	}
	if checked < 6 {
		t.Errorf("only %d flags are needed", checked)
	}
}

// TestMeant forgets the flag before a command's main path.
func TestMeant(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"convert m", `gotf convert takes no argument "m", did you mean --saved-model-dir m?`},
		{"convert --saved-model-dir m o.tflite", `gotf convert takes no argument "o.tflite", did you mean --output-file o.tflite?`},
		{"show m", "did you mean --dir m?"},
		{"scan m", "did you mean --dir m?"},
		{"run m", "did you mean --dir m?"},
		{"run m.tflite", "did you mean --model m.tflite?"},
		{"bench usage_test.go", "did you mean --model usage_test.go?"},
		{"run --dir m x", "(flags go before it, as --name value)"},
		{"version m", "(flags go before it, as --name value)"},
	} {
		code, stdout, stderr := gotftest.Run(t, strings.Fields(tc.args)...)
		if code != exit.Usage || stdout != "" || !strings.HasSuffix(stderr, tc.want+"\n") {
			t.Errorf("gotf %s: exit %d, %q%q; want %q", tc.args, code, stdout, stderr, tc.want)
		}
	}
}
