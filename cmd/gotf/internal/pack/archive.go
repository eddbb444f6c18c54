package pack

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/atomicfile"
)

func archiveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.PathFlag{Name: "archive", Usage: "write `OUT`.tar.gz or .zip with gotf, models, the libraries they need and a manifest"},
		&cli.GenericFlag{Name: "model", Value: &repeated{}, Usage: "with --archive: a .tflite file or SavedModel `PATH`; may be repeated"},
		&cli.PathFlag{Name: "binary", Usage: "with --archive: the program, a `FILE`, instead of this gotf: TensorFlow then comes along only if a model needs it"},
		&cli.PathFlag{Name: "check", Usage: "compare the files of an `ARCHIVE` with its manifest"},
	}
}

// archiveFile is one file to ship.
type archiveFile struct {
	Path   string `json:"path"` // in the archive's folder, with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Exec   bool   `json:"executable,omitempty"`

	from string // on this disk
}

// archiveManifest is manifest.json.
type archiveManifest struct {
	Gotf      string           `json:"gotf"` // version
	Platform  string           `json:"platform"`
	Program   string           `json:"program"`
	Models    []archiveModel   `json:"models"`
	Libraries []archiveLibrary `json:"libraries"`
	Files     []archiveFile    `json:"files"` // all but the manifest, by path
}

const archiveManifestName = "manifest.json"

// writeArchive collects files, computes their sums and writes them.
func writeArchive(c *cli.Context, model string) error {
	if flag := changeFlag(c); flag != "" {
		return usage.Errorf("--archive and --%s do not go together: package the model first", flag)
	}
	models := repeatedOf(c, "model")
	if model != "" {
		models = append([]string{model}, models...)
	}
	if len(models) == 0 {
		return usage.Errorf("--archive needs --model, a .tflite file or a SavedModel's folder")
	}
	out := c.Path("archive")
	folder, write, err := archiveForm(out)
	if err != nil {
		return err
	}
	a, err := collectArchive(c, models)
	if err != nil {
		return err
	}
	progress := terminal.NewSteps(c.App.ErrWriter)
	defer progress.End()
	if err := a.sum(c.Context, progress); err != nil {
		return err
	}
	err = atomicfile.WriteFile(out, func(w io.Writer) error {
		return write(c.Context, w, folder, &a.archiveManifest, progress)
	})
	progress.End()
	if err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s, %s\n", out, terminal.Bytes(info.Size()), terminal.Count(len(a.Files)+1, "file"))
	fmt.Fprintf(c.App.ErrWriter, "next: gotf package --check %s\n", out)
	return nil
}

// archiveForm is the way to write an archive, by its name, and the folder that
// it unpacks to.
func archiveForm(out string) (folder string, write archiveWriter, err error) {
	base := filepath.Base(out)
	for suffix, w := range map[string]archiveWriter{".tar.gz": writeTarGz, ".tgz": writeTarGz, ".zip": writeZip} {
		if name, ok := strings.CutSuffix(base, suffix); ok && name != "" && strings.Trim(name, ".") != "" {
			return name, w, nil
		}
	}
	return "", nil, usage.Errorf("--archive is %q, want a name that ends in .tar.gz or .zip", out)
}

// archiveWriter writes a manifest and its files.
type archiveWriter func(ctx context.Context, w io.Writer, folder string, m *archiveManifest, progress *terminal.Steps) error
