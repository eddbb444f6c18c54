package library

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
)

// loaderDirs lists the folders where the system's loader would find a file of
// kind k: LD_LIBRARY_PATH, /etc/ld.so.cache, the default folders. Relative
// entries are left out: the working directory is never searched.
func loaderDirs(k Kind) (dirs []string) {
	var all []string
	for _, set := range k.files() {
		all = append(all, loaderFolders(set[0])...)
	}
	for _, dir := range all {
		if path, _ := libraryIn(k, dir); path != "" && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// loaderFolders lists the folders that may hold the file called name.
func loaderFolders(name string) (dirs []string) {
	for _, dir := range filepath.SplitList(os.Getenv("LD_LIBRARY_PATH")) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	if b, err := os.ReadFile("/etc/ld.so.cache"); err == nil {
		dirs = append(dirs, cacheEntries(b, name)...)
	}
	for _, dir := range []string{"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dirs = append(dirs, real)
		}
	}
	return dirs
}

// cacheEntries reads the folders of the files called name from an
// ld.so.cache: its paths are absolute and end with a zero byte.
func cacheEntries(b []byte, name string) (dirs []string) {
	want := append([]byte("/"+name), 0)
	for {
		at := bytes.Index(b, want)
		if at < 0 {
			return dirs
		}
		start := bytes.LastIndexByte(b[:at], 0) + 1
		if dir := string(b[start:at]); filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
		b = b[at+len(want):]
	}
}

// loaderFile returns the path where the loader finds name, or "".
func loaderFile(name string) string {
	for _, dir := range loaderFolders(name) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
