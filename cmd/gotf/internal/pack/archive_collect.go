package pack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/internal/plainfile"
)

// archiveLibrary is one library of an archive.
type archiveLibrary struct {
	Library string `json:"library"`
	Version string `json:"version,omitempty"`
}

// archive is what goes into an archive.
type archive struct {
	archiveManifest
	taken map[string]string // path in the archive to where it comes from
}

// collectArchive lists the files: the program, the models at the top, where
// gotf run finds them by their names, and libraries in lib, where it looks first.
func collectArchive(c *cli.Context, models []string) (*archive, error) {
	a := &archive{taken: map[string]string{archiveManifestName: "the manifest"}}
	a.Gotf, a.Platform = machine.Version(), runtime.GOOS+"/"+runtime.GOARCH
	a.Models, a.Libraries = []archiveModel{}, []archiveLibrary{}
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	a.Program = "gotf"
	if b := c.Path("binary"); b != "" {
		if err := checkProgram(b); err != nil {
			return nil, err
		}
		exe, a.Program = b, filepath.Base(b)
	}
	if err := a.add(exe, a.Program, true); err != nil {
		return nil, err
	}
	needTF, needLite := c.Path("binary") == "", false // gotf's tensors are TensorFlow's
	for _, m := range models {
		described, err := describeModel(m)
		if err != nil {
			return nil, err
		}
		a.Models = append(a.Models, described)
		needTF = needTF || described.Kind == kindSavedModel || described.Flex
		needLite = needLite || described.Kind == kindTFLite
		target, err := filepath.EvalSymlinks(m)
		if err != nil {
			return nil, err
		}
		if err := a.addTree(target, described.Path); err != nil {
			return nil, err
		}
	}
	for _, l := range []struct {
		kind library.Kind
		need bool
	}{{library.TensorFlow, needTF}, {library.TFLite, needLite}} {
		if l.need {
			if err := a.addLibrary(l.kind); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(a.Files, func(x, y archiveFile) int { return strings.Compare(x.Path, y.Path) })
	return a, nil
}

// add puts one file in.
func (a *archive) add(from, to string, exec bool) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", from)
	}
	if other, ok := a.taken[to]; ok {
		return fmt.Errorf("%s and %s would both be %s in the archive", other, from, to)
	}
	a.taken[to] = from
	a.Files = append(a.Files, archiveFile{Path: to, Size: info.Size(), Exec: exec, from: from})
	return nil
}

// addTree puts a file, or all files of a folder, in.
func (a *archive) addTree(from, to string) error {
	return eachFile(from, to, func(p, target string) error { return a.add(p, target, false) })
}

// eachFile calls f with a file, or each file of a folder, and its name in the
// archive.
func eachFile(from, to string, f func(p, target string) error) error {
	return filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		return f(p, path.Join(to, filepath.ToSlash(rel)))
	})
}

// addLibrary puts a library and its licences in, as scripts/bundle does.
func (a *archive) addLibrary(k library.Kind) error {
	found, err := library.Find(k)
	if err != nil {
		return err
	}
	a.Libraries = append(a.Libraries, archiveLibrary{k.String(), found.Version})
	licences := path.Join("lib", "licences", filepath.Base(found.Dir))
	if found.Version == "" { // a folder that may hold anything else, too
		for _, name := range libraryNames(k, found) {
			if err := a.add(filepath.Join(found.Dir, name), "lib/"+name, true); err != nil {
				return err
			}
		}
		return a.addLicences(filepath.Join(found.Dir, "licences"), "lib/licences")
	}
	entries, err := os.ReadDir(found.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		from := filepath.Join(found.Dir, e.Name())
		switch e.Name() {
		case "include":
			continue
		case "LICENSE", "THIRD_PARTY_NOTICES.txt", "licenses":
			err = a.addTree(from, path.Join(licences, e.Name()))
		default:
			err = a.addTree(from, path.Join("lib", e.Name()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addLicences puts a folder of licences in, if it is there, but for files that
// an earlier library brought.
func (a *archive) addLicences(from, to string) error {
	if info, err := os.Stat(from); err != nil || !info.IsDir() {
		return nil
	}
	return eachFile(from, to, func(p, target string) error {
		if a.taken[target] == p {
			return nil
		}
		return a.add(p, target, false)
	})
}

// libraryNames are the files of a library.
func libraryNames(k library.Kind, found library.Found) []string {
	names := []string{filepath.Base(found.Path)}
	if k == library.TensorFlow {
		names = append(names, "libtensorflow_framework.so.2")
	}
	return names
}

// sum computes the sizes and sums of all files.
func (a *archive) sum(ctx context.Context, progress *terminal.Steps) error {
	var total, done int64
	for _, f := range a.Files {
		total += f.Size
	}
	for i := range a.Files {
		f := &a.Files[i]
		h := sha256.New()
		n, err := archiveCopy(ctx, h, f.from, func(n int64) { progress.Show("computing checksums", done+n, total) })
		if err != nil {
			return err
		}
		f.Size, f.SHA256 = n, hex.EncodeToString(h.Sum(nil))
		done += n
	}
	return nil
}

// archiveCopy copies a file until ctx is done; tell hears how many bytes are copied.
func archiveCopy(ctx context.Context, w io.Writer, from string, tell func(int64)) (int64, error) {
	f, err := plainfile.Open(from)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return archiveCopyFrom(ctx, w, f, tell)
}

func archiveCopyFrom(ctx context.Context, w io.Writer, r io.Reader, tell func(int64)) (n int64, err error) {
	for buf := make([]byte, 1<<20); ; {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, err := r.Read(buf)
		if _, err := w.Write(buf[:k]); err != nil {
			return n, err
		}
		n += int64(k)
		tell(n)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
