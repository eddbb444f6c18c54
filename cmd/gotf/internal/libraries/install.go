// Package libraries has the commands about TensorFlow's libraries: gotf install, doctor
// and version.
package libraries

import (
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/library"
)

// Install is gotf install.
func Install() *cli.Command {
	return &cli.Command{
		Name:  "install",
		Usage: "fetch the TensorFlow and TFLite libraries into the user's cache",
		Description: "Fetches with the pip and Maven clients, as they are configured, and checks every\n" +
			"file's sha256. No root is needed; running it twice does nothing.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "version", Usage: "version of TensorFlow", Value: library.Versions(false)[0]},
			&cli.BoolFlag{Name: "gpu", Usage: "the build for NVIDIA GPUs, with NVIDIA's libraries (3.9 GB on disk)"},
			&cli.PathFlag{Name: "from", Usage: "take the wheels and jars, or the files in them, from `DIR` instead of fetching"},
			&cli.BoolFlag{Name: "verify", Usage: "check the sha256 of what is installed already, too"},
			&cli.BoolFlag{Name: "headers", Usage: "unpack the C headers, too (to compile custom operations, and for gotf's developers)"},
		},
		Action: install,
	}
}

func install(c *cli.Context) error {
	o := library.Options{
		Version: c.String("version"),
		GPU:     c.Bool("gpu"),
		From:    c.Path("from"),
		Verify:  c.Bool("verify"),
		Headers: c.Bool("headers"),
	}
	if err := usage.OneOf("version", o.Version, library.Versions(o.GPU)...); err != nil {
		return err
	}
	steps := terminal.NewSteps(c.App.ErrWriter)
	o.Progress = steps.Show
	installed, err := library.Install(c.Context, o)
	steps.End()
	for _, in := range installed {
		printInstalled(c.App.Writer, in)
	}
	if err != nil {
		return err
	}
	if dir := os.Getenv("GOTF_LIB"); dir != "" {
		fmt.Fprintf(c.App.ErrWriter, "gotf: note: GOTF_LIB is set, so libraries in %s come first\n", dir)
	}
	return nil
}

func printInstalled(out io.Writer, in library.Installed) {
	word := "is there already"
	if in.Fresh {
		word = "installed"
	}
	fmt.Fprintf(out, "%s %s %s: %s\n", in.Library.Library, in.Version, word, in.Dir)
	for _, n := range in.Notices() {
		fmt.Fprintf(out, "  licence of %s %s: %s, %s", n.Package, n.Version, n.Licence, n.Path)
		if n.Parts != "" {
			fmt.Fprintf(out, " (of its parts: %s)", n.Parts)
		}
		fmt.Fprintln(out)
	}
}
