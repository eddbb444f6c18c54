package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Source is a place where a library was found.
type Source string

// The places, in the order they are searched.
const (
	Env    Source = "GOTF_LIB"
	Beside Source = "lib beside the program"
	Cache  Source = "user cache"
	System Source = "system loader"
)

// Found is a library that is there. Nothing has opened it.
type Found struct {
	Kind    Kind
	Dir     string // its folder
	Path    string // the file to open
	Version string // from the folder's name, "" where that does not tell
	Source  Source
}

// Find returns the library to open, or a [*MissingError].
func Find(k Kind) (Found, error) {
	found, err := Search(k)
	if err != nil {
		return Found{}, err
	}
	return found[0], nil
}

// Search returns all libraries of kind k that are there, the one to open
// first. It fails with a [*MissingError] if there is none.
func Search(k Kind) ([]Found, error) {
	if err := checkLibc("/proc/self/exe", "/"); err != nil {
		return nil, err
	}
	exe, _ := os.Executable()
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	return search(k, os.Getenv("GOTF_LIB"), exe)
}

func search(k Kind, env, exe string) ([]Found, error) {
	s := searcher{kind: k}
	if env == "" {
		s.note("GOTF_LIB (not set)")
	} else if dir, err := filepath.Abs(env); err == nil {
		if err := checkEnv(k, dir); err != nil {
			return nil, err
		}
		s.look(Env, "GOTF_LIB "+dir, dir)
	}
	if exe != "" {
		lib := filepath.Join(filepath.Dir(exe), "lib")
		s.look(Beside, lib, lib)
	}
	if cache, err := CacheDir(); err != nil {
		s.note("the user's cache (HOME is not set)")
	} else {
		s.look(Cache, "the cache "+cache, cached(cache, k)...)
	}
	s.look(System, "the system loader's folders", loaderDirs(k)...)
	if len(s.found) == 0 {
		return nil, &MissingError{Kind: k, Tried: s.tried, program: exe}
	}
	return s.found, nil
}

// checkEnv refuses a GOTF_LIB that holds no library of any kind, or only a part
// of the one looked for.
func checkEnv(k Kind, dir string) error {
	path, lacks := libraryIn(k, dir)
	if path != "" {
		return nil
	}
	why := "holds none of the libraries"
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		why = "does not exist"
	case err != nil:
		why = "cannot be read (" + err.Error() + ")"
	case !info.IsDir():
		why = "is not a folder"
	case lacks != "":
		why = "lacks " + filepath.Base(lacks)
	default:
		for _, other := range kinds {
			if path, _ := libraryIn(other, dir); path != "" {
				return nil
			}
		}
	}
	return &MissingError{Kind: k, Tried: []string{"GOTF_LIB " + dir}, env: dir, why: why}
}

// searcher collects what is found, and what to say if nothing is.
type searcher struct {
	kind  Kind
	found []Found
	tried []string
}

func (s *searcher) note(place string) { s.tried = append(s.tried, place) }

// look searches dirs, the folders of one place.
func (s *searcher) look(source Source, place string, dirs ...string) {
	var half []string
	for _, dir := range dirs {
		path, lacks := libraryIn(s.kind, dir)
		if path != "" {
			if s.has(path) {
				continue
			}
			_, version, _ := folderName(dir, s.kind)
			s.found = append(s.found, Found{s.kind, dir, path, version, source})
		} else if lacks != "" {
			half = append(half, lacks)
		}
	}
	if len(half) > 0 {
		place += fmt.Sprintf(" (lacks %s)", strings.Join(half, ", "))
	}
	s.note(place)
}

// has reports whether a file was found already, perhaps by another name.
func (s *searcher) has(path string) bool {
	info, err := os.Stat(path)
	return err == nil && slices.ContainsFunc(s.found, func(f Found) bool {
		other, err := os.Stat(f.Path)
		return err == nil && os.SameFile(info, other)
	})
}

// libraryIn returns the file to open in dir. If dir holds only a part of the
// library, lacks names a file that it does not hold.
func libraryIn(k Kind, dir string) (path, lacks string) {
	for _, set := range k.files() {
		var missing []string
		for _, name := range set {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return filepath.Join(dir, set[0]), ""
		}
		if len(missing) < len(set) {
			lacks = filepath.Join(dir, missing[0])
		}
	}
	return "", lacks
}

// MissingError says that a library is nowhere, or not in GOTF_LIB, where that
// holds none.
type MissingError struct {
	Kind    Kind
	Tried   []string // the places searched, in words
	program string

	env, why string // GOTF_LIB, if that is at fault, and how
}

// InEnv reports whether GOTF_LIB is at fault.
func (e *MissingError) InEnv() bool { return e.env != "" }

func (e *MissingError) Error() string {
	var sets []string
	for _, set := range e.Kind.files() {
		sets = append(sets, strings.Join(set, " and "))
	}
	if e.env != "" {
		return fmt.Sprintf("the %s library is missing: GOTF_LIB is %s, which %s: it must be a folder that holds %s; without GOTF_LIB the other places are searched",
			e.Kind, e.env, e.why, strings.Join(sets, " or "))
	}
	return fmt.Sprintf("the %s library is missing: looked for %s in %s; fetch it with: %s",
		e.Kind, strings.Join(sets, " or "), strings.Join(e.Tried, ", "), e.Command())
}

// Command is the command that fetches the library.
func (e *MissingError) Command() string {
	if slices.Contains([]string{"gotf", "gotf.exe"}, filepath.Base(e.program)) {
		return "gotf install"
	}
	return "go run github.com/gotf/gotf/cmd/gotf@latest install"
}
