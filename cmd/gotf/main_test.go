package main

import (
	"context"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

const multiModel = "../../tflite/convert/testdata/models/multi" // {a, b} -> {product, sum}, x -> y

// TestMain lets the test binary be gotf itself.
func TestMain(m *testing.M) { gotftest.Main(m, commands) }

func TestWrongUsage(t *testing.T) {
	for _, tc := range []struct {
		name, args, want string
	}{
		{"unknown command", "instal", `unknown command "instal", did you mean "install"?`},
		{"nothing near", "zzz", `unknown command "zzz" (gotf --help lists the commands)`},
		{"unknown flag", "install --verfy", "gotf install has no flag --verfy, did you mean --verify?"},
		{"unknown global flag", "--jsn", "gotf has no flag --jsn"},
		{"flag without value", "install --from", "--from needs a value"},
		{"bad value", "install --gpu=maybe", `"maybe" is no value for --gpu`},
		{"argument", "doctor now", `gotf doctor takes no argument "now"`},
		{"version", "install --version 2.81.0", `--version is "2.81.0", want 2.18.0 or 2.21.0, did you mean "2.18.0"?`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, strings.Fields(tc.args)...)
			if code != exit.Usage || stdout != "" || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d, stdout %q, stderr %q; want 2 and %q", code, stdout, stderr, tc.want)
			}
			if strings.Count(stderr, "\n") != 1 {
				t.Errorf("stderr %q is not one line", stderr)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range []string{"", "--help", "help", "-h"} {
		code, stdout, stderr := gotftest.Run(t, strings.Fields(args)...)
		if code != exit.Done || !strings.Contains(stdout, "\nLibraries\n  install ") || stderr != "" {
			t.Errorf("gotf %s: exit %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
	for _, e := range commands {
		name := e.Command().Name
		code, stdout, _ := gotftest.Run(t, name, "--help")
		if code != exit.Done || !strings.Contains(stdout, e.Command().Usage) {
			t.Errorf("gotf %s --help: exit %d, stdout %q", name, code, stdout)
		}
		if code, other, _ := gotftest.Run(t, "help", name); code != exit.Done || other != stdout {
			t.Errorf("gotf help %s: exit %d, stdout %q", name, code, other)
		}
	}
}

func TestInterrupted(t *testing.T) {
	gotftest.NoLibraries(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, _, stderr := gotftest.RunContext(ctx, "install", "--from", t.TempDir())
	if code != exit.Interrupted || stderr != "gotf: interrupted\n" {
		t.Errorf("exit %d, stderr %q; want 130", code, stderr)
	}
}
