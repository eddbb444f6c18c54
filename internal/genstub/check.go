package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func runCheck(args []string, out io.Writer) error {
	fs := flag.NewFlagSet("genstub check", flag.ContinueOnError)
	table := fs.String("in", "functions.txt", "table of prototypes")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dirs := fs.Args()
	if len(dirs) == 0 {
		dirs = cachedHeaders()
	}
	if len(dirs) == 0 {
		return fmt.Errorf("check: no headers: give the include folder of a TensorFlow wheel (%s/*/include holds none)", cacheDir())
	}
	protos, err := readTable(*table)
	if err != nil {
		return err
	}
	var errs []error
	for _, dir := range dirs {
		headers, err := readHeaders(dir)
		if err != nil {
			return err
		}
		if err := compare(protos, headers, dir); err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintf(out, "%s: %d functions agree\n", dir, len(protos))
	}
	return errors.Join(errs...)
}

// cacheDir is the folder of gotf's libraries, or "" when there is no HOME.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "gotf")
}

func cachedHeaders() []string {
	dir := cacheDir()
	if dir == "" {
		return nil
	}
	found, _ := filepath.Glob(filepath.Join(dir, "*", "include"))
	var out []string
	for _, d := range found {
		if _, err := os.Stat(filepath.Join(d, "tensorflow", "c")); err == nil {
			out = append(out, d)
		}
	}
	return out
}

var (
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	exported = regexp.MustCompile(`\bTF_CAPI_EXPORT\s+(?:extern\s+)?([^;{]*?)\s*[;{]`)
)

// readHeaders reads the C API's prototypes below an include folder.
func readHeaders(include string) (map[string]Proto, error) {
	found := map[string]Proto{}
	root := filepath.Join(include, "tensorflow", "c")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "experimental" {
			return fs.SkipDir // kernels and plug-ins, another API
		}
		if d.IsDir() || !strings.HasSuffix(path, ".h") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range exported.FindAllStringSubmatch(comment.ReplaceAllString(string(text), ""), -1) {
			if p, err := parseProto(m[1]); err == nil {
				found[p.Name] = p
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("headers: %s declares no function", root)
	}
	return found, nil
}

func compare(protos []Proto, headers map[string]Proto, dir string) error {
	var errs []error
	for _, p := range protos {
		h, ok := headers[p.Name]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s: %s is in no header", dir, p.Name))
		case h.signature() != p.signature():
			errs = append(errs, fmt.Errorf("%s: %s differs: header has %q, table has %q",
				dir, p.Name, h.signature(), p.signature()))
		}
	}
	return errors.Join(errs...)
}
