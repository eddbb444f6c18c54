package usage

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestTwice(t *testing.T) {
	cmd := &cli.Command{Name: "run", Flags: []cli.Flag{
		&cli.PathFlag{Name: "dir", Aliases: []string{"d"}}, &cli.IntFlag{Name: "n"}, &cli.BoolFlag{Name: "json"}, &cli.StringSliceFlag{Name: "inputs"},
	}}
	for args, want := range map[string]string{
		"--dir a --json --json --inputs b --inputs c -n 1": "",
		"--dir a --dir b":              "--dir is given twice",
		"-dir=a --json -d b":           "--dir is given twice",
		"--n 1 --inputs --n --n=2":     "--n is given twice",
		"--dir --dir":                  "", // its value
		"--dir a -- --dir b":           "",
		"--dir a --unknown 1 --dir b":  "",
		"--inputs a --dir b --dir":     "",
		"--dir a --json=maybe --dir b": "--dir is given twice",
	} {
		got := ""
		if err := Twice(cmd, strings.Fields(args)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}
