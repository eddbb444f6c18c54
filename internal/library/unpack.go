package library

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	thirdparty "github.com/gotf/gotf/third_party"
)

// unpack writes a's members, and its headers if they are wanted, into dir.
func (in *installer) unpack(ctx context.Context, a thirdparty.Archive, file, dir string) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", a.File, err)
	}
	defer z.Close()
	members := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		members[f.Name] = f
	}
	for _, m := range a.Members {
		f, ok := members[m.Path]
		if !ok {
			return fmt.Errorf("%s: holds no %s", a.File, m.Path)
		}
		if err := in.unpackMember(ctx, f, m, dir); err != nil {
			return fmt.Errorf("%s: %w", a.File, err)
		}
	}
	if !in.Headers {
		return nil
	}
	for _, f := range z.File {
		if err := unpackHeader(f, a.Headers, dir); err != nil {
			return fmt.Errorf("%s: %w", a.File, err)
		}
	}
	return nil
}

func (in *installer) unpackMember(ctx context.Context, f *zip.File, m thirdparty.Member, dir string) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	defer r.Close()
	return in.write(ctx, r, m, m.Path, dir)
}

// copyMembers copies a's members from the folder From into dir. Licences may
// be missing there.
func (in *installer) copyMembers(ctx context.Context, a thirdparty.Archive, dir string) error {
	for _, m := range a.Members {
		path := in.looseFile(m)
		if m.Role == thirdparty.Licence && !exists(path) {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		err = in.write(ctx, f, m, path, dir)
		f.Close()
		if err != nil && m.Role != thirdparty.Licence {
			return err
		}
	}
	return nil
}

// write copies r to m's place in dir and checks its sum. Where is r's name in
// errors.
func (in *installer) write(ctx context.Context, r io.Reader, m thirdparty.Member, where, dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(m.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if m.Role == thirdparty.Program {
		mode = 0o755
	}
	w, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, sum), in.meter(ctx, r, "unpacking "+m.Name, m.Size))
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = compareSums(where, hex.EncodeToString(sum.Sum(nil)), m.SHA256)
	}
	if err != nil {
		os.Remove(path)
		return nameFile(err, m.Name)
	}
	return nil
}

// nameFile replaces the temporary path in a write error by the file's name.
func nameFile(err error, name string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) && pe.Op == "write" {
		return fmt.Errorf("cannot write %s into the cache folder: %w", name, pe.Err)
	}
	return err
}

// unpackHeader writes f below dir/include if one of prefixes begins its name.
func unpackHeader(f *zip.File, prefixes []string, dir string) error {
	_, name, ok := strings.Cut(f.Name, "/include/")
	if !ok || !filepath.IsLocal(name) || strings.HasSuffix(name, "/") {
		return nil
	}
	for _, p := range prefixes {
		if !strings.HasPrefix(f.Name, p) {
			continue
		}
		path := filepath.Join(dir, "include", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return os.WriteFile(path, b, 0o644)
	}
	return nil
}

// checkSum compares the file at path with its pin. Name is its name in errors.
func (in *installer) checkSum(ctx context.Context, path, name, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, in.meter(ctx, f, "checking "+name, info.Size())); err != nil {
		return err
	}
	return compareSums(path, hex.EncodeToString(sum.Sum(nil)), want)
}

// compareSums fails when got is not want.
func compareSums(file, got, want string) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s: sha256 is %s, want %s: %s", file, got, want, whose(got))
}

// whose says which pinned file has the sum, or what else to do.
func whose(sum string) string {
	for _, l := range thirdparty.Libraries() {
		for _, a := range l.Archives {
			if sum == a.SHA256 || slices.ContainsFunc(a.Members, func(m thirdparty.Member) bool { return m.SHA256 == sum }) {
				return fmt.Sprintf("it belongs to %s %s", l.Library, l.Version)
			}
		}
	}
	return "fetch it again"
}

// meter reads from r, telling Progress and stopping when ctx ends.
func (in *installer) meter(ctx context.Context, r io.Reader, step string, total int64) io.Reader {
	return &meter{ctx: ctx, r: r, step: in.step(step), total: total, tell: in.Progress}
}

type meter struct {
	ctx               context.Context
	r                 io.Reader
	step              string
	done, total, told int64
	tell              func(step string, done, total int64)
}

// tellEvery is how many bytes pass between two calls of Progress. Smaller
// files are not worth one.
const tellEvery = 4 << 20

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.done += int64(n)
	if m.total >= tellEvery && (err != nil || m.told == 0 || m.done-m.told >= tellEvery) {
		m.told = m.done
		m.tell(m.step, m.done, m.total)
	}
	return n, err
}
