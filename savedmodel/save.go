package savedmodel

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// SaveConfig says how to save a model; nil is its zero value.
type SaveConfig struct {
	Overwrite bool // replace a SavedModel that is there, which may be the one loaded
}

// Save writes the model again, to a new folder dir, with the values that its
// variables have now, wherever the folder it was loaded from stores them: for
// sessions and for Python's tf.saved_model.load. Where Python stored a variable
// twice, as Keras does, the copy follows. All else is as it was: graph,
// functions, assets, other tag sets, and what is stored beside variables. The
// fingerprint, which the new values would belie, is left out. The folder that
// was loaded must still be there; the new one appears when it is complete.
//
// Save does not see what tables and iterators hold. The model must not be
// trained meanwhile.
func (m *Model) Save(ctx context.Context, dir string, cfg *SaveConfig) error {
	if cfg == nil {
		cfg = &SaveConfig{}
	}
	dir = filepath.Clean(dir)
	op := "save " + dir
	if err := m.ready(ctx, op); err != nil {
		return err
	}
	if m.isGraph {
		return errorf(op, tf.FailedPrecondition, "%s is a frozen graph, which has no variables: Export makes a SavedModel of it", m.dir)
	}
	if err := vacant(op, dir, cfg.Overwrite); err != nil {
		return err
	}
	var stored *bundle.Reader
	var changed []bundle.Value
	if _, err := os.Stat(filepath.Join(m.dir, variablesFile) + ".index"); err == nil {
		if stored, err = bundle.Open(filepath.Join(m.dir, variablesFile)); err != nil {
			return saveFailed(op, err)
		}
		defer stored.Close()
		if changed, err = m.changed(ctx, stored); err != nil {
			return saveFailed(op, err)
		}
	}
	return writeFolder(op, dir, cfg.Overwrite, func(tmp string) error {
		if err := saveFiles(op, m.dir, tmp); err != nil || stored == nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(tmp, variablesFile)), 0o777); err != nil {
			return fileError(op, err)
		}
		return saveFailed(op, bundle.Rewrite(stored, filepath.Join(tmp, variablesFile), changed))
	})
}

// saveFailed is an error of the checkpoint as one of this package.
func saveFailed(op string, err error) error {
	if err == nil {
		return nil
	}
	return explainAs(op, err)
}

// saveFiles copies all files of a model but those of its variables.
func saveFiles(op, from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fileError(op, err)
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return fileError(op, err)
		}
		switch {
		case name == "fingerprint.pb", strings.HasPrefix(filepath.ToSlash(name), variablesFile+"."):
			return nil
		case d.IsDir():
			err = os.MkdirAll(filepath.Join(to, name), 0o777)
		default:
			if info, e := os.Stat(path); e == nil && !info.Mode().IsRegular() {
				return nil
			}
			err = copyFile(path, filepath.Join(to, name))
		}
		if err != nil {
			return fileError(op, err)
		}
		return nil
	})
}

// changed are the values to store anew, by their keys.
func (m *Model) changed(ctx context.Context, stored *bundle.Reader) ([]bundle.Value, error) {
	all, err := m.restored()
	if err != nil {
		return nil, err
	}
	values := map[string]*bundle.Value{}
	for left := all; len(left) > 0; {
		n := together(stored, left)
		if err := m.compare(ctx, stored, left[:n], values); err != nil {
			return nil, err
		}
		left = left[n:]
	}
	if err := m.follow(stored, all, values); err != nil {
		return nil, err
	}
	out := make([]bundle.Value, 0, len(values))
	for _, key := range sortedKeys(values) {
		out = append(out, *values[key])
	}
	return out, nil
}

// together is how many variables to read in one run: as many as are not large.
func together(stored *bundle.Reader, all []restored) (n int) {
	const large = 64 << 20
	for size := int64(0); n < len(all) && size < large; n++ {
		if stored.Has(all[n].key) {
			e, _ := stored.Find(all[n].key)
			size += e.Size
		}
	}
	return n
}

// compare adds to values those of the variables that are not as stored.
func (m *Model) compare(ctx context.Context, stored *bundle.Reader, all []restored, values map[string]*bundle.Value) error {
	all = slices.DeleteFunc(slices.Clone(all), func(r restored) bool { return !stored.Has(r.key) })
	now, err := m.valuesOf(ctx, all)
	if err != nil {
		return err
	}
	defer closeAll(now)
	for i, r := range all {
		v := values[r.key]
		if v == nil {
			if v, err = storedValue(stored, r.key); err != nil {
				return err
			}
		}
		differs, err := r.put(v, now[i])
		if err != nil {
			return err
		}
		if differs {
			values[r.key] = v
		}
	}
	return nil
}

// storedValue is what the checkpoint holds for a key.
func storedValue(r *bundle.Reader, key string) (*bundle.Value, error) {
	e, err := r.Find(key)
	if err != nil {
		return nil, err
	}
	v := &bundle.Value{Name: key, DType: e.DType, Shape: e.Shape}
	if e.DType == tf.String {
		v.Strings, err = r.Strings(key)
	} else {
		v.Bytes, err = r.Bytes(key)
	}
	return v, err
}
