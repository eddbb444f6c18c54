package libraries

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/library"
)

// Version is gotf version.
func Version() *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "print the versions of gotf, Go and the libraries",
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "print JSON"}},
		Action: version,
	}
}

// versionReport is what gotf version prints.
type versionReport struct {
	Gotf      string           `json:"gotf"`
	Go        string           `json:"go"`
	Platform  string           `json:"platform"`
	Libraries []libraryVersion `json:"libraries"`
}

type libraryVersion struct {
	Library string `json:"library"`
	Version string `json:"version,omitempty"`
	Path    string `json:"path,omitempty"`
	Source  string `json:"source,omitempty"`
	Error   string `json:"error,omitempty"`
}

func version(c *cli.Context) error {
	r := versionReport{Gotf: machine.Version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	for _, k := range []library.Kind{library.TensorFlow, library.TFLite} {
		r.Libraries = append(r.Libraries, versionOf(c, k))
	}
	if c.Bool("json") {
		return terminal.PrintJSON(c, r)
	}
	fmt.Fprintf(c.App.Writer, "gotf %s %s %s\n", r.Gotf, r.Go, r.Platform)
	for _, l := range r.Libraries {
		if l.Error != "" {
			fmt.Fprintf(c.App.Writer, "%s: %s\n", l.Library, l.Error)
		} else {
			fmt.Fprintf(c.App.Writer, "%s %s %s (%s)\n", l.Library, l.Version, l.Path, l.Source)
		}
	}
	return nil
}

// versionOf finds the library that would be opened. Where its folder does not
// tell the version, the library is asked.
func versionOf(c *cli.Context, k library.Kind) libraryVersion {
	v := libraryVersion{Library: k.String()}
	found, err := library.Find(k)
	if err != nil {
		v.Error = err.Error()
		return v
	}
	v.Version, v.Path, v.Source = found.Version, found.Path, string(found.Source)
	if v.Version == "" {
		p, err := probe(c.Context, found)
		if err != nil {
			v.Error = err.Error()
		}
		v.Version = p.Version
	}
	return v
}
