package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
)

// TestMain lets the test binary be gotf itself, for tests that need a process
// of their own: see childCommand.
func TestMain(m *testing.M) {
	if os.Getenv("GOTF_TEST_MAIN") != "" {
		main()
	}
	os.Setenv("GOTF_TEST_MAIN", "1") // for the children that commands start
	os.Exit(leaktest.Main(m))
}

// gotf runs one command line in this process.
func gotf(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return gotfContext(t.Context(), args...)
}

func gotfContext(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(ctx, args, &out, &err)
	return code, out.String(), err.String()
}

// noLibraries hides all libraries from this test.
func noLibraries(t *testing.T) (cache string) {
	cache = t.TempDir()
	t.Setenv("GOTF_LIB", "")
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv("XDG_CACHE_HOME", cache)
	return cache
}

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
			code, stdout, stderr := gotf(t, strings.Fields(tc.args)...)
			if code != exitUsage || stdout != "" || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) {
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
		code, stdout, stderr := gotf(t, strings.Fields(args)...)
		if code != exitDone || !strings.Contains(stdout, "\nLibraries\n  install ") || stderr != "" {
			t.Errorf("gotf %s: exit %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
	for _, e := range commands {
		name := e.command().Name
		code, stdout, _ := gotf(t, name, "--help")
		if code != exitDone || !strings.Contains(stdout, e.command().Usage) {
			t.Errorf("gotf %s --help: exit %d, stdout %q", name, code, stdout)
		}
	}
}

func TestKebab(t *testing.T) {
	got := kebab(strings.Fields("run --tag_set a_b --out_dir=x_y -a_b -- --a_b"))
	want := strings.Fields("run --tag-set a_b --out-dir=x_y -a_b -- --a_b")
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("kebab = %q, want %q", got, want)
	}
}

func TestInterrupted(t *testing.T) {
	noLibraries(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, _, stderr := gotfContext(ctx, "install", "--from", t.TempDir())
	if code != exitInterrupted || stderr != "gotf: interrupted\n" {
		t.Errorf("exit %d, stderr %q; want 130", code, stderr)
	}
}
