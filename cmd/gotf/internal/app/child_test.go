package app

import (
	"errors"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestCrashed names the files that a command was given.
func TestCrashed(t *testing.T) {
	var flags []cli.Flag
	for _, name := range []string{"dir", "model", "from", "saved-model-dir", "to"} {
		flags = append(flags, &cli.PathFlag{Name: name})
	}
	said := ""
	app := &cli.App{Name: "gotf", Commands: []*cli.Command{{Name: "export", Flags: flags, Action: func(c *cli.Context) error {
		said = crashed(c, errors.New("exit status 2"), "SIGSEGV: segmentation violation\n").Error()
		return nil
	}}}}
	const why = ": TensorFlow's native code cannot take it and ended its process (SIGSEGV, segmentation violation)"
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--from", "a", "--to", "b"}, "export a"},
		{[]string{"--saved-model-dir", "m"}, "export m"},
		{[]string{"--dir", "d", "--model", "m"}, "export d, m"},
		{[]string{"x", "y"}, "export x, y"},
		{nil, "export this input"},
	} {
		if err := app.Run(append([]string{"gotf", "export"}, tc.args...)); err != nil || said != tc.want+why {
			t.Errorf("%q: %v, %q, want %q", tc.args, err, said, tc.want+why)
		}
	}
}

// TestCrashedInGo blames gotf for what its own code does.
func TestCrashedInGo(t *testing.T) {
	said := ""
	app := &cli.App{Name: "gotf", Commands: []*cli.Command{{Name: "convert", Action: func(c *cli.Context) error {
		said = crashed(c, errors.New("exit status 2"), "panic: index out of range\n\ngoroutine 1 [running]:\n").Error()
		return nil
	}}}}
	const want = "convert m: this is a bug of gotf, which ended its process (panic: index out of range)"
	if err := app.Run([]string{"gotf", "convert", "m"}); err != nil || said != want {
		t.Errorf("%v, %q, want %q", err, said, want)
	}
}

func TestLastWords(t *testing.T) {
	for _, tc := range []struct{ log, signal, words string }{
		{"2026 I a.cc:1] hello\nF0000 00:00:1.2 33 b.cc:7] Check failed: i < n (9 vs. 1)\nSIGABRT: abort\nPC=0x1\n", "SIGABRT, abort", "Check failed: i < n (9 vs. 1)"},
		{"fatal error: unexpected signal during runtime execution\n[signal SIGSEGV]\n", "fatal error: unexpected signal during runtime execution", ""},
		{"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\nSIGABRT: abort\n", "SIGABRT, abort", "what():  std::bad_alloc"},
		{"", "", ""},
	} {
		if signal, words := LastWords(tc.log); signal != tc.signal || words != tc.words {
			t.Errorf("LastWords(%q) = %q, %q", tc.log, signal, words)
		}
	}
}
