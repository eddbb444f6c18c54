package savedmodel_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	"github.com/gotf/gotf/tf/op"
)

// change adds a number to each float variable of a session and returns the new
// values by the name of the variable's operation.
func change(t *testing.T, m *savedmodel.Model, by float32) map[string][]float32 {
	t.Helper()
	g := m.Session().Graph()
	s := g.Scope()
	var set, reads []tf.Output
	var names []string
	used := initialized(t, m)
	for _, o := range g.Ops() {
		var read tf.Output
		switch o.Type() {
		case "VarHandleOp":
			if o.AttrType("dtype") != tf.Float32 || !used[o] {
				continue
			}
			read = op.ReadVariableOp(s, o.Output(0), tf.Float32)
			set = append(set, addTo(s, o.Output(0), by))
		case "VariableV2":
			if o.AttrType("dtype") != tf.Float32 {
				continue
			}
			read = op.Identity(s, o.Output(0))
			set = append(set, op.AssignAdd(s, o.Output(0), op.Fill(s, op.Shape(s, read, nil), tf.ConstScalar(s, by)), nil))
		default:
			continue
		}
		names, reads = append(names, o.Name()), append(reads, read)
	}
	must(t, s.Err())
	_, err := m.Session().Run(t.Context(), nil, nil, set...)
	must(t, err)
	values, err := m.Session().Run(t.Context(), nil, reads)
	must(t, err)
	out := map[string][]float32{}
	for i, v := range values {
		out[names[i]] = floats(t, v)
	}
	if len(out) == 0 {
		t.Fatal("no variables")
	}
	return out
}

// initialized tells the variables that the model uses from those that Python
// left in the graph.
func initialized(t *testing.T, m *savedmodel.Model) map[tf.Op]bool {
	t.Helper()
	g := m.Session().Graph()
	s := g.Scope()
	var ops []tf.Op
	var is []tf.Output
	for _, o := range g.Ops() {
		if o.Type() == "VarHandleOp" {
			ops, is = append(ops, o), append(is, op.VarIsInitializedOp(s, o.Output(0)))
		}
	}
	must(t, s.Err())
	out := map[tf.Op]bool{}
	if len(is) == 0 {
		return out
	}
	values, err := m.Session().Run(t.Context(), nil, is)
	must(t, err)
	for i, v := range values {
		b, err := tf.Values[bool](v)
		must(t, err)
		v.Close()
		out[ops[i]] = b[0]
	}
	return out
}

// addTo adds a number to all elements of a variable.
func addTo(s *tf.Scope, handle tf.Output, by float32) tf.Output {
	now := op.ReadVariableOp(s, handle, tf.Float32)
	return op.AssignVariableOp(s, handle, op.Add(s, now, tf.ConstScalar(s, by)), nil)
}

// TestSave changes all variables of models of every kind and loads what Save
// wrote.
func TestSave(t *testing.T) {
	mlp := newMLP(t)
	flat := filepath.Join(t.TempDir(), "mlp")
	must(t, savedmodel.Export(t.Context(), flat, mlp.session, mlp.config()))
	for _, from := range []string{"testdata/keras", "testdata/tf1", "testdata/gradients/gru", "testdata/gradients/attention", "testdata/references/kept", "testdata/references/sparse", flat} {
		t.Run(filepath.Base(from), func(t *testing.T) {
			t.Parallel()
			m, err := savedmodel.Load(from, nil)
			must(t, err)
			defer m.Close()
			want := change(t, m, 0.25)
			ops := len(m.Session().Graph().Ops())
			dir := filepath.Join(t.TempDir(), "saved")
			must(t, m.Save(t.Context(), dir, nil))
			again, err := savedmodel.Load(dir, nil)
			must(t, err)
			defer again.Close()
			if got := change(t, again, 0); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("other values: %v\nwant %v", got, want)
			}
			sameBut(t, from, dir)
			after := len(m.Session().Graph().Ops())
			if err := m.Save(t.Context(), dir, nil); !errors.Is(err, tf.AlreadyExists) {
				t.Errorf("err = %v", err)
			}
			must(t, m.Save(t.Context(), dir, &savedmodel.SaveConfig{Overwrite: true}))
			if n := len(m.Session().Graph().Ops()); n != after || after == ops && strings.Contains(from, "keras") {
				t.Errorf("the graph grew from %d to %d operations", after, n)
			}
			if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// sameBut fails unless two models are the same but for the values.
func sameBut(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(filepath.Join(a, "saved_model.pb"))
	must(t, err)
	y, err := os.ReadFile(filepath.Join(b, "saved_model.pb"))
	must(t, err)
	if !bytes.Equal(x, y) {
		t.Error("saved_model.pb changed")
	}
	p, err := bundle.Open(filepath.Join(a, "variables", "variables"))
	must(t, err)
	defer p.Close()
	q, err := bundle.Open(filepath.Join(b, "variables", "variables"))
	must(t, err)
	defer q.Close()
	c, err := bundle.Compare(p, q)
	must(t, err)
	if len(c.OnlyA)+len(c.OnlyB) > 0 {
		t.Errorf("other names: %v, %v", c.OnlyA, c.OnlyB)
	}
	for _, d := range c.Both {
		if changes := d.A.DType == tf.Float32; changes == d.Same {
			t.Errorf("%q: changed %v", d.A.Name, !d.Same)
		}
	}
}

// TestSaveFollows trains what Variables names, as users do: the copies that
// Python's lists of variables show follow, and nothing else changes.
func TestSaveFollows(t *testing.T) {
	m, err := savedmodel.Load("testdata/keras", nil)
	must(t, err)
	defer m.Close()
	s := m.Session().Graph().Scope()
	var set []tf.Output
	for _, v := range m.Variables() {
		if v.Name == "dense/bias" {
			set = append(set, addTo(s, v.Handle, 1))
		}
	}
	must(t, s.Err())
	_, err = m.Session().Run(t.Context(), nil, nil, set...)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "saved")
	must(t, m.Save(t.Context(), dir, nil))
	a, err := bundle.Open("testdata/keras/variables/variables")
	must(t, err)
	defer a.Close()
	b, err := bundle.Open(filepath.Join(dir, "variables", "variables"))
	must(t, err)
	defer b.Close()
	c, err := bundle.Compare(a, b)
	must(t, err)
	var changed []string
	for _, d := range c.Both {
		if !d.Same {
			changed = append(changed, strings.TrimSuffix(d.A.Name, "/.ATTRIBUTES/VARIABLE_VALUE"))
			if d.Max < 0.999 || d.Max > 1.001 {
				t.Errorf("%+v", d)
			}
		}
	}
	if want := []string{"_all_variables/3", "variables/4"}; !slices.Equal(changed, want) {
		t.Errorf("changed %q, want %q", changed, want)
	}
}

// TestSaveUntouched copies a model with tables and assets as it is.
func TestSaveUntouched(t *testing.T) {
	m, err := savedmodel.Load("testdata/multi", nil)
	must(t, err)
	defer m.Close()
	dir := filepath.Join(t.TempDir(), "a", "saved")
	must(t, m.Save(t.Context(), dir, nil))
	var files []string
	must(t, filepath.WalkDir("testdata/multi", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "fingerprint.pb" {
			files = append(files, strings.TrimPrefix(path, "testdata/multi/"))
		}
		return err
	}))
	for _, name := range files {
		x, err := os.ReadFile(filepath.Join("testdata/multi", name))
		must(t, err)
		y, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if !bytes.Equal(x, y) && !strings.HasPrefix(name, "variables/") {
			t.Errorf("%s changed", name)
		}
	}
	again, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer again.Close()
	out, err := again.Call(t.Context(), "lookup", map[string]*tf.Tensor{"words": tensor(t, []string{"two", "none"}, 2)})
	must(t, err)
	defer closeAll(out)
	if got, err := tf.Values[int64](out["index"]); err != nil || !slices.Equal(got, []int64{2, -1}) {
		t.Errorf("lookup gives %v, %v", got, err)
	}
}

func TestSaveErrors(t *testing.T) {
	from := filepath.Join(t.TempDir(), "model")
	must(t, os.CopyFS(from, os.DirFS("testdata/keras")))
	m, err := savedmodel.Load(from, nil)
	must(t, err)
	defer m.Close()
	parent := t.TempDir()
	dir := filepath.Join(parent, "saved")
	must(t, os.Mkdir(dir, 0o777))
	must(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o666))
	if err := m.Save(t.Context(), dir, &savedmodel.SaveConfig{Overwrite: true}); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("over something else: %v", err)
	}
	remove(t, from, "variables/variables.data-00000-of-00001")
	err = m.Save(t.Context(), filepath.Join(parent, "b"), nil)
	if !errors.Is(err, tf.NotFound) || !strings.Contains(err.Error(), "variables.data-00000-of-00001") {
		t.Errorf("without the values: %v", err)
	}
	if left, _ := os.ReadDir(parent); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// TestConcurrentSave calls, saves and freezes one model from many goroutines.
func TestConcurrentSave(t *testing.T) {
	m, err := savedmodel.Load("testdata/keras", nil)
	must(t, err)
	defer m.Close()
	x := ramp(t, 2, 8, 8, 1)
	dir := t.TempDir()
	var group sync.WaitGroup
	do := func(f func() error) {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := f(); err != nil {
				t.Error(err)
			}
		}()
	}
	for i := range 3 {
		do(func() error { return m.Save(t.Context(), filepath.Join(dir, fmt.Sprint("saved", i)), nil) })
		do(func() error {
			return m.Freeze(t.Context(), filepath.Join(dir, fmt.Sprint(i, ".pb")), savedmodel.ServingDefault)
		})
		do(func() error {
			for range 10 {
				out, err := m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"input_layer": x})
				if err != nil {
					return err
				}
				closeAll(out)
			}
			return nil
		})
	}
	group.Wait()
	if left, _ := os.ReadDir(dir); len(left) != 6 {
		t.Errorf("the folder holds %v", left)
	}
}
