package library

import (
	"fmt"
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

// MissingError says that a library is nowhere.
type MissingError struct {
	Kind    Kind
	Tried   []string // the places searched, in words
	program string
}

func (e *MissingError) Error() string {
	var sets []string
	for _, set := range e.Kind.files() {
		sets = append(sets, strings.Join(set, " and "))
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
