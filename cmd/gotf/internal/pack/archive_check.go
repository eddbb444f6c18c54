package pack

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/jsontext"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
)

// maxManifest is the most that is read of a manifest, in bytes.
const maxManifest = 16 << 20

// archiveCheck compares an archive's files with its manifest, which comes first.
type archiveCheck struct {
	ctx      context.Context
	progress *terminal.Steps
	folder   string
	manifest *archiveManifest
	want     map[string]archiveFile
	total    int64
	done     int64
}

func check(c *cli.Context, model string) error {
	if model != "" {
		return usage.Errorf("--check takes no model, got %q", model)
	}
	file := c.Path("check")
	check := &archiveCheck{ctx: c.Context, progress: terminal.NewSteps(c.App.ErrWriter)}
	defer check.progress.End()
	if err := check.run(file); err != nil {
		if c.Context.Err() != nil {
			return err
		}
		return modelfile.Named(file, err)
	}
	check.progress.End()
	m := check.manifest
	fmt.Fprintf(c.App.Writer, "%s is whole: %s, gotf %s for %s\n", file, terminal.Count(len(m.Files)+1, "file"), oneLineText(m.Gotf), oneLineText(m.Platform))
	fmt.Fprintln(c.App.ErrWriter, "next: unpack it, then", check.next())
	return nil
}

// next is the command to type after unpacking: it runs the first model, or the
// program that took gotf's place.
func (a *archiveCheck) next() string {
	m := a.manifest
	if m.Program != "gotf" || len(m.Models) == 0 || len(m.Models[0].Signatures) == 0 {
		return terminal.ShellWord(path.Join(a.folder, m.Program))
	}
	model := m.Models[0]
	flag, key := "--model", ""
	if model.Kind == kindSavedModel {
		flag = "--dir"
	}
	i := slices.IndexFunc(model.Signatures, func(s archiveSignature) bool { return s.Key == savedmodel.ServingDefault })
	signature := model.Signatures[max(i, 0)]
	if i < 0 && len(model.Signatures) > 1 {
		key = " --signature-def " + terminal.ShellWord(signature.Key)
	}
	return terminal.ShellWord(a.folder+"/gotf") + " run " + flag + " " + terminal.ShellWord(path.Join(a.folder, model.Path)) + key + terminal.InputsFlag(signature.Inputs)
}

func (a *archiveCheck) run(file string) error {
	f, err := plainfile.Open(file)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	magic, _ := r.Peek(4)
	switch {
	case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		err = a.tarGz(r)
	case string(magic) == "PK\x03\x04":
		err = a.zip(f)
	default:
		return errors.New("is neither a .tar.gz nor a .zip archive")
	}
	if err != nil {
		return err
	}
	if a.manifest == nil {
		return fmt.Errorf("holds no %s", archiveManifestName)
	}
	for name := range a.want {
		return fmt.Errorf("lacks %s, which its manifest lists", name)
	}
	return nil
}

func (a *archiveCheck) tarGz(r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	t := tar.NewReader(z)
	for {
		h, err := t.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, io.LimitReader(z, 1<<20)) // the sum at the end
			return err
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("%q is no plain file", h.Name)
		}
		if err := a.entry(h.Name, t); err != nil {
			return err
		}
	}
}

func (a *archiveCheck) zip(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return err
	}
	for _, e := range z.File {
		if !e.Mode().IsRegular() {
			return fmt.Errorf("%q is no plain file", e.Name)
		}
		r, err := e.Open()
		if err != nil {
			return fmt.Errorf("%q is damaged: %w", e.Name, err)
		}
		err = a.entry(e.Name, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// entry checks one file.
func (a *archiveCheck) entry(name string, r io.Reader) error {
	if path.IsAbs(name) || path.Clean(name) != name || name == ".." || strings.HasPrefix(name, "../") || strings.ContainsAny(name, "\\:\x00") {
		return fmt.Errorf("%q would leave the folder it is unpacked to", name)
	}
	folder, rest, ok := strings.Cut(name, "/")
	if !ok || a.manifest != nil && folder != a.folder {
		return fmt.Errorf("%q is not in the archive's folder %q", name, a.folder)
	}
	if a.manifest == nil {
		if rest != archiveManifestName {
			return fmt.Errorf("begins with %q, want %s", name, archiveManifestName)
		}
		a.folder = folder
		return a.readManifest(r)
	}
	f, ok := a.want[rest]
	if !ok {
		return fmt.Errorf("holds %q, which its manifest does not list, or twice", name)
	}
	delete(a.want, rest)
	h := sha256.New()
	n, err := archiveCopyFrom(a.ctx, h, io.LimitReader(r, f.Size+1), func(n int64) { a.progress.Show("comparing checksums", a.done+n, a.total) })
	if err != nil {
		return fmt.Errorf("%q is damaged: %w", name, err)
	}
	a.done += n
	if n != f.Size {
		return fmt.Errorf("%q is damaged or was changed: it is not %d bytes long, as the manifest says", name, f.Size)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != f.SHA256 {
		return fmt.Errorf("%q is damaged or was changed: it has the sha256 %s, the manifest says %s", name, got, oneLineText(f.SHA256))
	}
	return nil
}

func (a *archiveCheck) readManifest(r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return err
	}
	m := &archiveManifest{}
	if len(text) > maxManifest {
		return fmt.Errorf("%s is larger than %s", archiveManifestName, terminal.Bytes(maxManifest))
	}
	if err := json.Unmarshal(text, m); err != nil {
		return fmt.Errorf("%s: %w", archiveManifestName, jsontext.Explain(text, err))
	}
	a.manifest, a.want = m, map[string]archiveFile{}
	for _, f := range m.Files {
		if f.Size < 0 {
			return fmt.Errorf("%s: %q has a negative size", archiveManifestName, f.Path)
		}
		a.want[f.Path] = f
		a.total += f.Size
	}
	return nil
}
