package npy

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
)

// ErrNoArchive is the error for "f.npy[name]", where f.npy holds one array.
var ErrNoArchive = errors.New("no archive")

// ErrNoArray is the error for "f.npz[name]", where f.npz holds no such array.
var ErrNoArray = errors.New("no array")

// Load reads the array that spec names: "f.npy", "f.npz" if it holds one
// array, or "f.npz[name]". The kind of a file is told by its content.
func Load(spec string) (*Array, error) {
	path, member := split(spec)
	f, err := plainfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("npy: %s: expected a .npy or .npz file, got a folder", path)
	}
	a, err := load(f, info, member)
	if err != nil {
		return nil, fmt.Errorf("npy: %s: %w", spec, err)
	}
	return a, nil
}

// split parts "f.npz[name]". A file that really has such a name wins.
func split(spec string) (path, member string) {
	open := strings.LastIndexByte(spec, '[')
	if open <= 0 || !strings.HasSuffix(spec, "]") {
		return spec, ""
	}
	if _, err := os.Stat(spec); err == nil {
		return spec, ""
	}
	return spec[:open], spec[open+1 : len(spec)-1]
}

func load(f *os.File, info os.FileInfo, member string) (*Array, error) {
	s := &source{r: bufio.NewReader(f), left: -1}
	if info.Mode().IsRegular() {
		s.left = info.Size()
	}
	if start, _ := s.r.(*bufio.Reader).Peek(2); string(start) == "PK" {
		return loadMember(f, info, member)
	}
	if member != "" {
		return nil, fmt.Errorf("%w: expected an .npz archive with an array %q, got a file that is none", ErrNoArchive, member)
	}
	return read(s)
}

func loadMember(f *os.File, info os.FileInfo, member string) (*Array, error) {
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("the archive is damaged or cut short (%w)", err)
	}
	file, err := find(archive.File, member)
	if err != nil {
		return nil, err
	}
	r, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("member %s: %w", show(file.Name), err)
	}
	defer r.Close()
	a, err := read(&source{r: r, left: -1})
	if err != nil {
		return nil, fmt.Errorf("member %s: %w", show(file.Name), err)
	}
	return a, nil
}

// find picks the member of that name, or the only one if name is "".
func find(files []*zip.File, name string) (*zip.File, error) {
	var names []string
	for _, f := range files {
		short := strings.TrimSuffix(f.Name, ".npy")
		if name != "" && (short == name || f.Name == name) {
			return f, nil
		}
		names = append(names, short)
	}
	switch {
	case len(names) == 0:
		return nil, errors.New("the archive holds no arrays")
	case name != "":
		return nil, fmt.Errorf("%w %q in the archive; it holds %s", ErrNoArray, name, list(names))
	case len(names) > 1:
		return nil, fmt.Errorf("the archive holds %d arrays (%s); name one as FILE[NAME]", len(names), list(names))
	}
	return files[0], nil
}

// list joins names for an error message, not too many of them.
func list(names []string) string {
	const most = 8
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = show(n)
	}
	return strings.Join(quoted, ", ") + more
}
