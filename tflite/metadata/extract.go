package metadata

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/jsontext"
	"github.com/gotf/gotf/tf"
)

// FileName is the name of the metadata among extracted files.
const FileName = "metadata.json"

// Extract writes metadata.json and the associated files to dir, which is made
// if it is not there. Nothing is written if a file is there already, unless
// overwrite is set. Files whose names differ only in case are an error: not
// every folder keeps them apart. It returns the files' names.
func (p *Package) Extract(dir string, overwrite bool) ([]string, error) {
	if p == nil {
		return nil, tf.Errorf("extract metadata", tf.InvalidArgument, "the package is nil")
	}
	files := map[string][]byte{}
	for name, data := range p.Files {
		if err := checkName(name); err != nil {
			return nil, tf.Errorf("extract metadata", tf.InvalidArgument, "%v", err)
		}
		files[name] = data
	}
	if p.Metadata != nil {
		if _, taken := files[FileName]; taken {
			return nil, tf.Errorf("extract metadata", tf.InvalidArgument, "an associated file is called %s, as the metadata would be", FileName)
		}
		text, err := json.MarshalIndent(p.Metadata, "", "  ")
		if err != nil {
			return nil, tf.Errorf("extract metadata", tf.InvalidArgument, "%v", err)
		}
		files[FileName] = append(text, '\n')
	}
	names := slices.Sorted(maps.Keys(files))
	if err := checkCase(names); err != nil {
		return nil, tf.Errorf("extract metadata", tf.InvalidArgument, "%v", err)
	}
	if !overwrite {
		for _, name := range names {
			path := filepath.Join(dir, name)
			if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
				return nil, tf.Errorf("extract metadata", tf.AlreadyExists, "%s is there already", path)
			}
		}
	}
	if err := writeAll(dir, names, files, overwrite); err != nil {
		return nil, tf.Errorf("extract metadata", tf.FileCode(err), "%v", err)
	}
	return names, nil
}

// checkCase refuses names that are one in folders that ignore case, or spaces
// and dots at the end.
func checkCase(names []string) error {
	seen := map[string]string{}
	for _, name := range names {
		folded := strings.ToLower(strings.ToUpper(strings.TrimRight(name, ". ")))
		if other, ok := seen[folded]; ok {
			return fmt.Errorf("the files %q and %q would be one in folders that ignore case: rename one", other, name)
		}
		seen[folded] = name
	}
	return nil
}

// writeAll replaces links rather than following them out of dir.
func writeAll(dir string, names []string, files map[string][]byte, overwrite bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); overwrite && err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
			}
		}
		if err := atomicfile.WriteFile(path, atomicfile.Bytes(files[name])); err != nil {
			return err
		}
	}
	return nil
}

// ParseJSON reads metadata from the JSON that Metadata makes, which is that of
// the official tools. Unknown names are errors.
func ParseJSON(text []byte) (*Metadata, error) {
	m := &Metadata{}
	if err := strictJSON(text, m); err != nil {
		return nil, tf.Errorf("parse metadata", tf.InvalidArgument, "%v", jsontext.Explain(text, err))
	}
	if err := m.validate(); err != nil {
		return nil, tf.Errorf("parse metadata", tf.InvalidArgument, "%v", err)
	}
	return m, nil
}
