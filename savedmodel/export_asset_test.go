package savedmodel_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// reader is a model that reads the files it is given.
func reader(t *testing.T, files ...string) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	out := map[string]tf.Output{}
	cfg := &savedmodel.ExportConfig{}
	for i, file := range files {
		path := tf.ConstScalar(s, file)
		out[string(rune('a'+i))] = op.ReadFile(s, path)
		cfg.Assets = append(cfg.Assets, savedmodel.Asset{Path: path})
	}
	cfg.Signatures = map[string]savedmodel.Endpoints{savedmodel.ServingDefault: {Outputs: out}}
	return m.start(t), cfg
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o777))
	must(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

// TestAssets: files with the same name each have their copy, which moves with
// the model; the originals are not needed any more.
func TestAssets(t *testing.T) {
	dir := t.TempDir()
	files := []string{
		write(t, filepath.Join(dir, "one/note.txt"), "first"), write(t, filepath.Join(dir, "two/note.txt"), "second"),
		write(t, filepath.Join(dir, "three/note_1.txt"), "third"),
	}
	m, cfg := reader(t, files...)
	written := filepath.Join(dir, "written")
	must(t, savedmodel.Export(t.Context(), written, m.session, cfg))
	for _, f := range files {
		must(t, os.Remove(f))
	}
	moved := filepath.Join(dir, "elsewhere", "model")
	must(t, os.Mkdir(filepath.Dir(moved), 0o777))
	must(t, os.Rename(written, moved))
	loaded, err := savedmodel.Load(moved, nil)
	must(t, err)
	defer loaded.Close()
	out, err := loaded.Call(t.Context(), savedmodel.ServingDefault, nil)
	must(t, err)
	defer closeAll(out)
	for name, want := range map[string]string{"a": "first", "b": "second", "c": "third"} {
		if got, err := tf.Values[string](out[name]); err != nil || got[0] != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	sm, err := savedmodel.Read(moved)
	must(t, err)
	raw, err := os.ReadFile(filepath.Join(moved, "saved_model.pb"))
	must(t, err)
	if strings.Contains(string(raw), dir) {
		t.Error("the model knows the folder that the files were in")
	}
	var names []string
	for _, a := range sm.MetaGraphs[0].AssetFileDef {
		names = append(names, a.Filename)
	}
	if want := []string{"note.txt", "note_1.txt", "note_1_1.txt"}; !slices.Equal(names, want) {
		t.Errorf("assets %q, want %q", names, want)
	}
}

func TestAssetsRefused(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "files", "note.txt"), "text")
	m, cfg := reader(t, file)
	s := m.scope
	path, fed := cfg.Assets[0].Path, tf.Placeholder(s, tf.String, tf.Shape{})
	table := op.HashTableV2(s, tf.String, tf.Int64, nil)
	op.InitializeTableFromTextFileV2(s, table, path, -2, -1, nil)
	size := op.LookupTableSizeV2(s, table)
	for name, tc := range map[string]struct {
		asset savedmodel.Asset
		want  string
		code  tf.Code
	}{
		"up":        {savedmodel.Asset{Path: path, Name: "../note.txt"}, `"../note.txt" is no name`, tf.InvalidArgument},
		"dots":      {savedmodel.Asset{Path: path, Name: ".."}, `".." is no name`, tf.InvalidArgument},
		"folder":    {savedmodel.Asset{Path: path, Name: "a/b"}, `"a/b" is no name`, tf.InvalidArgument},
		"absolute":  {savedmodel.Asset{Path: path, Name: "/etc/x"}, `is no name`, tf.InvalidArgument},
		"windows":   {savedmodel.Asset{Path: path, Name: `..\x`}, `is no name`, tf.InvalidArgument},
		"drive":     {savedmodel.Asset{Path: path, Name: `c:x`}, `is no name`, tf.InvalidArgument},
		"nul":       {savedmodel.Asset{Path: path, Name: "a\x00b"}, `is no name`, tf.InvalidArgument},
		"missing":   {savedmodel.Asset{Path: path, File: filepath.Join(dir, "none.txt")}, `none.txt`, tf.NotFound},
		"directory": {savedmodel.Asset{Path: path, File: dir}, `is no file`, tf.InvalidArgument},
		"no value":  {savedmodel.Asset{Path: fed}, `File must say`, tf.InvalidArgument},
		"no string": {savedmodel.Asset{Path: size, File: file}, `no string scalar`, tf.InvalidArgument},
		"no output": {savedmodel.Asset{File: file}, `no string scalar`, tf.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			c := *cfg
			c.Assets = []savedmodel.Asset{tc.asset}
			err := savedmodel.Export(t.Context(), filepath.Join(dir, "model"), m.session, &c)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %q and %v in one line", err, tc.want, tc.code)
			}
		})
	}
	t.Run("twice", func(t *testing.T) {
		c := *cfg
		c.Assets = []savedmodel.Asset{cfg.Assets[0], cfg.Assets[0]}
		if err := savedmodel.Export(t.Context(), filepath.Join(dir, "model"), m.session, &c); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("both ways", func(t *testing.T) {
		same := op.Identity(s, path)
		text := tf.NewVariable(s, "text", tf.String, tf.Shape{})
		c := *cfg
		c.Init = []tf.Output{text.Assign(s, op.ReadFile(s, same))}
		c.Signatures = map[string]savedmodel.Endpoints{"f": {Outputs: map[string]tf.Output{"text": op.ReadFile(s, same)}}}
		must(t, s.Err())
		if err := savedmodel.Export(t.Context(), filepath.Join(dir, "model"), m.session, &c); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "both when") {
			t.Errorf("err = %v", err)
		}
	})
	if _, err := os.Stat(filepath.Join(dir, "model")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a refused export left a folder (%v)", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the exports left %v", entries)
	}
}

// TestTables: what a table holds is there again when the model is loaded, however
// it was filled; a table without a value in the session is refused.
func TestTables(t *testing.T) {
	for _, kind := range []string{"", "file", "mutable", "fed"} {
		t.Run(kind, func(t *testing.T) {
			m := newModel(t)
			s := m.scope
			table := op.HashTableV2(s, tf.Int64, tf.String, nil)
			keys, values := tf.Const(s, []int64{1, 2}), tf.Const(s, []string{"one", "two"})
			var feeds []tf.Feed
			var fill tf.Output
			switch kind {
			case "":
				fill = op.InitializeTableV2(s, table, keys, values)
			case "file":
				path := write(t, filepath.Join(t.TempDir(), "names.txt"), "zero\none\ntwo\n")
				fill = op.InitializeTableFromTextFileV2(s, table, tf.ConstScalar(s, path), -1, -2, nil)
			case "mutable":
				table = op.MutableHashTableV2(s, tf.Int64, tf.String, nil)
				fill = op.LookupTableInsertV2(s, table, keys, values)
			case "fed": // by what is not there when the model is loaded
				k := tf.Placeholder(s, tf.Int64, tf.Shape{-1})
				fill = op.InitializeTableV2(s, table, k, values)
				feeds = []tf.Feed{{Output: k, Tensor: tensor(t, []int64{1, 2}, 2)}}
			}
			m.x = tf.Placeholder(s.Named("x"), tf.Int64, tf.Shape{-1})
			m.y = op.LookupTableFindV2(s, table, m.x, tf.ConstScalar(s, "?"))
			m.start(t)
			dir := filepath.Join(t.TempDir(), "model")
			if kind == "fed" {
				if err := savedmodel.Export(t.Context(), dir, m.session, one(m)); !errors.Is(err, tf.FailedPrecondition) {
					t.Errorf("err = %v, want %v", err, tf.FailedPrecondition)
				}
			}
			_, err := m.session.Run(t.Context(), feeds, nil, fill)
			must(t, err)
			must(t, savedmodel.Export(t.Context(), dir, m.session, one(m)))
			loaded, err := savedmodel.Load(dir, nil)
			must(t, err)
			defer loaded.Close()
			out, err := loaded.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": tensor(t, []int64{2, 7, 1}, 3)})
			must(t, err)
			defer closeAll(out)
			if got, err := tf.Values[string](out["y"]); err != nil || !slices.Equal(got, []string{"two", "?", "one"}) {
				t.Errorf("got %q, want two, ? and one", got)
			}
		})
	}
}

// TestInit runs an operation when the model is loaded.
func TestInit(t *testing.T) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1})
	v := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	m.inits = append(m.inits, v.Assign(s, tf.ConstScalar(s, float32(3))))
	m.y = op.Mul(s, m.x, v.Read(s))
	reset := v.Assign(s, tf.ConstScalar(s, float32(5)))
	needs := v.Assign(s, op.Sum(s, m.x, tf.Const(s, []int32{0}), nil))
	m.start(t)
	cfg := one(m)
	cfg.Init = []tf.Output{reset}
	dir := filepath.Join(t.TempDir(), "model")
	must(t, savedmodel.Export(t.Context(), dir, m.session, cfg))
	loaded, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer loaded.Close()
	out, err := loaded.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": tensor(t, []float32{2}, 1)})
	must(t, err)
	if got := floats(t, out["y"]); got[0] != 10 {
		t.Errorf("got %v, want 10", got)
	}
	for name, init := range map[string]tf.Output{"needs a value": needs, "is no operation": {}} {
		cfg.Init = []tf.Output{init}
		if err := savedmodel.Export(t.Context(), dir+"2", m.session, cfg); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), name) {
			t.Errorf("err = %v, want %q", err, name)
		}
	}
}

// TestOldTables are refused by name.
func TestOldTables(t *testing.T) {
	m := newModel(t)
	s := m.scope
	table := op.HashTable(s, tf.String, tf.Int64, nil)
	m.x = tf.Placeholder(s, tf.String, tf.Shape{-1})
	m.y = op.LookupTableFind(s, table, m.x, tf.ConstScalar(s, int64(0)))
	m.start(t)
	err := savedmodel.Export(t.Context(), filepath.Join(t.TempDir(), "model"), m.session, one(m))
	if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "TensorFlow 1 table (HashTable)") {
		t.Errorf("err = %v", err)
	}
}

// TestExportWhileRunning exports several times at once while the session runs.
func TestExportWhileRunning(t *testing.T) {
	m, cfg := smallMLP(t)
	dir := t.TempDir()
	x := ramp(t, 3, 4)
	want := m.run(t, x)
	done := make(chan error)
	const exports = 6
	for i := range exports {
		go func() {
			done <- savedmodel.Export(t.Context(), filepath.Join(dir, string(rune('a'+i))), m.session, cfg)
		}()
	}
	for range exports {
		if got := m.run(t, x); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		must(t, <-done)
	}
	first, err := os.ReadFile(filepath.Join(dir, "a", "saved_model.pb"))
	must(t, err)
	for i := range exports {
		raw, err := os.ReadFile(filepath.Join(dir, string(rune('a'+i)), "saved_model.pb"))
		must(t, err)
		if !slices.Equal(raw, first) {
			t.Errorf("export %d differs", i)
		}
	}
}
