package library

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	thirdparty "github.com/gotf/gotf/third_party"
)

// Options says what to install. The zero value installs the default versions.
type Options struct {
	Version string // of TensorFlow, one of [Versions]; "" is the default
	GPU     bool   // the build for NVIDIA GPUs, with NVIDIA's libraries
	From    string // take the archives, or the files in them, from this folder
	Headers bool   // unpack the C headers too
	Verify  bool   // check the sums of what is installed already

	// Progress is told how far a step is, in bytes. Total is 0 where it is
	// not known. Calls do not overlap. Nil tells nobody.
	Progress func(step string, done, total int64)
}

// Installed is one library after an install.
type Installed struct {
	thirdparty.Library
	Dir   string
	Fresh bool // this call installed it
}

// Notice is a licence and the file that holds it.
type Notice struct {
	Package, Version, Licence string
	Path                      string
	Parts                     string // the file with the licences of its parts, "" if there is none
}

// Notices lists the licences of the library's parts.
func (in Installed) Notices() (notices []Notice) {
	for _, a := range in.Archives {
		n := Notice{Package: a.Package, Version: a.Version, Licence: a.Licence, Path: filepath.Join(in.Dir, "LICENSE")}
		for _, m := range a.Members {
			path := filepath.Join(in.Dir, filepath.FromSlash(m.Name))
			switch {
			case m.Role != thirdparty.Licence:
			case strings.HasPrefix(m.Name, "licenses/"):
				n.Path = path
			case strings.HasPrefix(m.Name, "THIRD_PARTY"):
				n.Parts = path
			}
		}
		notices = append(notices, n)
	}
	return notices
}

// Install puts TensorFlow and TFLite into the cache folder. What is there
// already stays. When it fails, or ctx is cancelled, no part of a library
// stays behind.
func Install(ctx context.Context, o Options) ([]Installed, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return nil, fmt.Errorf("install: not supported on %s/%s, only on linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	if err := checkLibc("/proc/self/exe", "/"); err != nil {
		return nil, err
	}
	libs, err := choose(thirdparty.Libraries(), o)
	if err != nil {
		return nil, err
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	return installAll(ctx, o, cache, libs)
}

func installAll(ctx context.Context, o Options, cache string, libs []thirdparty.Library) ([]Installed, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the cache folder: %w", err)
	}
	var all []Installed
	for _, l := range libs {
		in, err := (&installer{o, cache, l}).install(ctx)
		if ctx.Err() != nil {
			return all, context.Cause(ctx)
		}
		if err != nil {
			return all, fmt.Errorf("install %s %s: %w", l.Library, l.Version, err)
		}
		all = append(all, in)
	}
	return all, nil
}

// choose picks the TensorFlow and the TFLite that o asks for.
func choose(libs []thirdparty.Library, o Options) (chosen []thirdparty.Library, err error) {
	for _, l := range libs {
		wanted := l.Default
		if Kind(l.Kind) == TensorFlow {
			wanted = l.GPU == o.GPU && (l.Version == o.Version || o.Version == "" && l.Default)
		}
		if wanted {
			chosen = append(chosen, l)
		}
	}
	for _, l := range chosen {
		if Kind(l.Kind) == TensorFlow {
			return chosen, nil
		}
	}
	build := "TensorFlow"
	if o.GPU {
		build = "TensorFlow for GPUs"
	}
	return nil, fmt.Errorf("%s %s is not known, want %s", build, o.Version, strings.Join(Versions(o.GPU), " or "))
}

// installer installs one library.
type installer struct {
	Options
	cache string
	lib   thirdparty.Library
}

func (in *installer) target() string { return filepath.Join(in.cache, in.lib.Folder()) }

func (in *installer) install(ctx context.Context) (Installed, error) {
	done := Installed{Library: in.lib, Dir: in.target()}
	unlock, err := in.lock(ctx)
	if err != nil {
		return done, err
	}
	defer unlock()
	if in.complete(ctx) {
		return done, nil
	}
	in.sweep()
	tmp, err := os.MkdirTemp(in.cache, in.tmpPrefix())
	if err != nil {
		return done, fmt.Errorf("cannot write the cache folder: %w", err)
	}
	defer os.RemoveAll(tmp)
	ready := filepath.Join(tmp, "ready")
	for _, a := range in.lib.Archives {
		if err := in.archive(ctx, a, tmp, ready); err != nil {
			return done, err
		}
	}
	if err := in.replace(ready, tmp); err != nil {
		return done, err
	}
	done.Fresh = true
	return done, nil
}

// archive brings a's files into the folder ready; tmp is for what is passing.
func (in *installer) archive(ctx context.Context, a thirdparty.Archive, tmp, ready string) error {
	path, loose, err := in.get(ctx, a, tmp)
	if err != nil {
		return err
	}
	if loose {
		err = in.copyMembers(ctx, a, ready)
	} else {
		if err := in.checkSum(ctx, path, a.File, a.SHA256); err != nil {
			return err
		}
		err = in.unpack(ctx, a, path, ready)
	}
	if err != nil {
		return err
	}
	if strings.HasPrefix(path, tmp) {
		os.Remove(path) // before the next one needs the room
	}
	return in.writeLicence(a, ready)
}

// writeLicence adds the licence text of an archive that holds none.
func (in *installer) writeLicence(a thirdparty.Archive, ready string) error {
	if a.Text == "" {
		return nil
	}
	text, err := thirdparty.Text(a.Text)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(ready, "LICENSE"), text, 0o644)
}

// replace moves the folder ready to its place in the cache.
func (in *installer) replace(ready, tmp string) error {
	if !exists(in.target()) {
		return os.Rename(ready, in.target())
	}
	old := filepath.Join(tmp, "old")
	if err := os.Rename(in.target(), old); err != nil {
		return err
	}
	err := os.Rename(ready, in.target())
	if err != nil {
		os.Rename(old, in.target())
	}
	return err
}

// complete reports whether the library is installed: each file is there with
// its size or, with Verify, its sum.
func (in *installer) complete(ctx context.Context) bool {
	for _, a := range in.lib.Archives {
		if in.Headers && len(a.Headers) > 0 && !exists(filepath.Join(in.target(), "include")) {
			return false
		}
		for _, m := range a.Members {
			path := filepath.Join(in.target(), filepath.FromSlash(m.Name))
			info, err := os.Stat(path)
			if m.Role == thirdparty.Licence && in.From != "" {
				continue // loose files may come without their licence
			}
			if err != nil || info.Size() != m.Size {
				return false
			}
			if in.Verify && in.checkSum(ctx, path, m.Name, m.SHA256) != nil {
				return false
			}
		}
	}
	return true
}

func (in *installer) tmpPrefix() string { return ".tmp-" + in.lib.Folder() + "-" }

// sweep removes what a killed install left. The lock is held.
func (in *installer) sweep() {
	left, _ := filepath.Glob(filepath.Join(in.cache, in.tmpPrefix()+"*"))
	for _, dir := range left {
		os.RemoveAll(dir)
	}
}

// step is told to Progress.
func (in *installer) step(what string) string {
	return fmt.Sprintf("%s %s: %s", in.lib.Library, in.lib.Version, what)
}
