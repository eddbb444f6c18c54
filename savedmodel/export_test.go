package savedmodel_test

import (
	"context"
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

func TestExport(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(testing.TB) *graphModel
		in   []int64
	}{
		{"mlp", newMLP, []int64{3, 784}},
		{"cnn", newCNN, []int64{3, 28, 28, 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, dir := tc.make(t), filepath.Join(t.TempDir(), "model")
			if err := savedmodel.Export(t.Context(), dir, m.session, m.config()); err != nil {
				t.Fatal(err)
			}
			x := ramp(t, tc.in...)
			want := m.run(t, x)
			if got := call(t, dir, x); !slices.Equal(got, want) {
				t.Errorf("loaded model gives %v, want %v", got, want)
			}
			checkWritten(t, dir, m)
		})
	}
}

// call loads the model in dir, as it is, and runs its serving_default.
func call(t *testing.T, dir string, x *tf.Tensor) []float32 {
	t.Helper()
	m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Config: &tf.Config{}})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	return serve(t, m, x)
}

func serve(t *testing.T, m *savedmodel.Model, x *tf.Tensor) []float32 {
	t.Helper()
	out, err := m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(out)
	y, err := tf.Values[float32](out["output_0"])
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// checkWritten looks for what other programs need, and for what should not be there.
func checkWritten(t *testing.T, dir string, m *graphModel) {
	t.Helper()
	sm, err := savedmodel.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	g, err := savedmodel.MetaGraph(sm)
	if err != nil {
		t.Fatal(err)
	}
	nodes := map[string]string{}
	for _, n := range g.GraphDef.Node {
		nodes[n.Name] = n.Op
		if strings.HasPrefix(n.Name, "init/") {
			t.Errorf("%s is not needed", n.Name)
		}
	}
	for _, v := range m.vars {
		if nodes[v.Name()+"/Read/ReadVariableOp"] != "ReadVariableOp" {
			t.Errorf("variable %s has no read that the converter finds", v.Name())
		}
	}
	if nodes[g.SaverDef.GetRestoreOpName()] != "NoOp" {
		t.Errorf("SaverDef %v names no operation", g.SaverDef)
	}
	if n := len(g.CollectionDef["variables"].GetBytesList().GetValue()); n != len(m.vars) {
		t.Errorf("%d variables, want %d", n, len(m.vars))
	}
	var files []string
	filepath.WalkDir(filepath.Dir(dir), func(path string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			rel, _ := filepath.Rel(filepath.Dir(dir), path)
			files = append(files, rel)
		}
		return nil
	})
	want := []string{"model/saved_model.pb", "model/variables/variables.data-00000-of-00001", "model/variables/variables.index"}
	if !slices.Equal(files, want) {
		t.Errorf("files %v, want %v", files, want)
	}
}

func TestExportTwiceIsEqual(t *testing.T) {
	m, dir := newMLP(t), t.TempDir()
	var first [][]byte
	for _, name := range []string{"a", "b"} {
		path := filepath.Join(dir, name)
		if err := savedmodel.Export(t.Context(), path, m.session, m.config()); err != nil {
			t.Fatal(err)
		}
		var files [][]byte
		for _, f := range []string{"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"} {
			b, err := os.ReadFile(filepath.Join(path, f))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, b)
		}
		if first != nil && !slices.EqualFunc(first, files, slices.Equal) {
			t.Error("the second export differs from the first")
		}
		first = files
	}
}

// TestExportInput exports from inside a graph: the input is computed there.
func TestExportInput(t *testing.T) {
	m := newModel(t)
	s := m.scope
	raw := tf.Placeholder(s.Named("raw"), tf.Uint8, tf.Shape{-1, 4})
	m.x = op.Cast(s.Named("scaled"), raw, tf.Float32, nil)
	m.y = op.MatMul(s, m.x, m.weight("w", 4, 2), nil)
	m.start(t)
	dir := filepath.Join(t.TempDir(), "model")
	if err := savedmodel.Export(t.Context(), dir, m.session, m.config()); err != nil {
		t.Fatal(err)
	}
	x := ramp(t, 3, 4)
	if got, want := call(t, dir, x), m.run(t, x); !slices.Equal(got, want) {
		t.Errorf("loaded model gives %v, want %v", got, want)
	}
	sm, _ := savedmodel.Read(dir)
	for _, n := range sm.MetaGraphs[0].GraphDef.Node {
		if n.Name == "raw" || n.Name == "scaled" {
			t.Errorf("%s was written and is not needed", n.Name)
		}
	}
}

// TestExportFunctions exports a graph that calls functions, one of them not.
func TestExportFunctions(t *testing.T) {
	m := newModel(t)
	s := m.scope
	spec := []tf.TensorSpec{{Name: "a", DType: tf.Float32, Shape: tf.Shape{-1, 2}}}
	inner, err := tf.NewFunction(s, "inner", spec, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.AddV2(s, in[0], in[0])}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	outer, err := tf.NewFunction(s, "outer", spec, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Neg(s, inner.Call(s, in...)[0])}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	unused, err := tf.NewFunction(s, "unused", spec, func(s *tf.Scope, in []tf.Output) []tf.Output { return in })
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	m.x = tf.Placeholder(s, tf.Float32, tf.Shape{-1, 2})
	unused.Call(s, m.x)
	m.y = outer.Call(s, m.x)[0]
	m.start(t)
	dir := filepath.Join(t.TempDir(), "model")
	if err := savedmodel.Export(t.Context(), dir, m.session, m.config()); err != nil {
		t.Fatal(err)
	}
	if got := call(t, dir, ramp(t, 1, 2)); !slices.Equal(got, m.run(t, ramp(t, 1, 2))) {
		t.Errorf("loaded model gives %v", got)
	}
	sm, _ := savedmodel.Read(dir)
	for _, f := range sm.MetaGraphs[0].GraphDef.Library.GetFunction() {
		if strings.HasPrefix(f.Signature.Name, "unused") {
			t.Errorf("function %s was written and is not needed", f.Signature.Name)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 2})
	other := tf.Placeholder(s.Named("rate"), tf.Float32, nil)
	m.y = op.MatMul(s, m.x, m.weight("w", 2, 2), nil)
	scaled := op.Mul(s, m.y, other)
	unset := tf.NewVariable(s, "unset", tf.Float32, tf.Shape{2})
	needsUnset := op.AddV2(s, m.y, unset.Read(s))
	old := s.Begin("VariableV2").Type("dtype", tf.Float32).Shape("shape", tf.Shape{2}).Str("container", "").Str("shared_name", "").One()
	needsOld := op.AddV2(s, m.y, s.Begin("Identity").In(old).One())
	m.start(t)

	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	must(t, os.MkdirAll(filepath.Join(full, "photos"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o644))
	sig := func(in, out map[string]tf.Output) map[string]savedmodel.Endpoints {
		return map[string]savedmodel.Endpoints{"serving_default": {Inputs: in, Outputs: out}}
	}
	x := map[string]tf.Output{"x": m.x}
	for _, tc := range []struct {
		name, dir string
		cfg       savedmodel.ExportConfig
		want      string
		code      tf.Code
	}{
		{"no signatures", "new", savedmodel.ExportConfig{}, "no signatures", tf.InvalidArgument},
		{"no outputs", "new", savedmodel.ExportConfig{Signatures: sig(x, nil)}, `signature "serving_default" has no outputs`, tf.InvalidArgument},
		{"no tensor", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": {}})}, `output "y" (none) is no tensor`, tf.InvalidArgument},
		{"an operation", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.inits[0]})}, `is no tensor`, tf.InvalidArgument},
		{"needs a feed", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": scaled})}, `needs a value for "rate"`, tf.InvalidArgument},
		{"variable without value", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": needsUnset})}, `unset`, tf.FailedPrecondition},
		{"reference variable", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": needsOld})}, `TensorFlow 1 variable`, tf.Unimplemented},
		{"variable left out", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.y}), Variables: []savedmodel.Variable{}}, `variable "w"`, tf.InvalidArgument},
		{"no variable", "new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.y}), Variables: []savedmodel.Variable{{Handle: m.x}}}, `x:0 is no variable`, tf.InvalidArgument},
		{"reserved name", "new", savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{"__saved_model_init_op": {Outputs: x}}}, `is no name for a signature`, tf.InvalidArgument},
		{"not a model", "full", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.y}), Overwrite: true}, `something else than a SavedModel`, tf.FailedPrecondition},
		{"there already", "full", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.y})}, `there already`, tf.AlreadyExists},
		{"under a file", "file/new", savedmodel.ExportConfig{Signatures: sig(x, map[string]tf.Output{"y": m.y})}, `not a directory`, tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := savedmodel.Export(t.Context(), filepath.Join(dir, tc.dir), m.session, &tc.cfg)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %q and %v in one line", err, tc.want, tc.code)
			}
		})
	}
	if err := savedmodel.Export(t.Context(), filepath.Join(dir, "new"), m.session, nil); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("err = %v, want %v", err, tf.InvalidArgument)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("failed exports left %v", entries)
	}
}

func TestExportOverwrite(t *testing.T) {
	m, dir := newMLP(t), filepath.Join(t.TempDir(), "model")
	x := ramp(t, 1, 784)
	export := func(overwrite bool) error {
		cfg := m.config()
		cfg.Overwrite = overwrite
		return savedmodel.Export(t.Context(), dir, m.session, cfg)
	}
	if err := os.Mkdir(dir, 0o755); err != nil { // an empty folder is as good as none
		t.Fatal(err)
	}
	if err := export(false); err != nil {
		t.Fatal(err)
	}
	before := m.run(t, x)
	if _, err := m.session.Run(t.Context(), nil, nil, m.vars[3].Assign(m.scope, tf.Const(m.scope, make([]float32, 10)))); err != nil {
		t.Fatal(err)
	}
	if err := export(false); !errors.Is(err, tf.AlreadyExists) {
		t.Errorf("err = %v, want %v", err, tf.AlreadyExists)
	}
	if got := call(t, dir, x); !slices.Equal(got, before) {
		t.Error("the first model has changed")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := m.config()
	cfg.Overwrite = true
	if err := savedmodel.Export(cancelled, dir, m.session, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	if got := call(t, dir, x); !slices.Equal(got, before) {
		t.Error("a cancelled export has changed the model")
	}
	if err := export(true); err != nil {
		t.Fatal(err)
	}
	if got := call(t, dir, x); !slices.Equal(got, m.run(t, x)) || slices.Equal(got, before) {
		t.Error("the model was not replaced")
	}
	if entries, _ := os.ReadDir(filepath.Dir(dir)); len(entries) != 1 {
		t.Errorf("the exports left %v", entries)
	}
}
