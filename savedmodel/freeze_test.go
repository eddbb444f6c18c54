package savedmodel_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestFreeze freezes models of every kind, with functions, branches and loops
// that read variables, and runs what it wrote.
func TestFreeze(t *testing.T) {
	mlp := newMLP(t)
	flat := filepath.Join(t.TempDir(), "mlp")
	must(t, savedmodel.Export(t.Context(), flat, mlp.session, mlp.config()))
	from := []string{"testdata/keras", "testdata/tf1", flat}
	for _, pattern := range []string{"testdata/gradients/[ag]*/saved_model.pb", "testdata/functions/*/saved_model.pb"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			from = append(from, filepath.Dir(f))
		}
	}
	if len(from) < 15 {
		t.Fatal(from)
	}
	for _, dir := range from {
		t.Run(filepath.Base(dir), func(t *testing.T) { freezeAndCompare(t, dir) })
	}
}

func freezeAndCompare(t *testing.T, dir string) {
	t.Parallel()
	m, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer m.Close()
	sign := m.Signatures()[0]
	in := map[string]*tf.Tensor{}
	for _, i := range sign.Inputs {
		in[i.Name] = someValue(t, i)
	}
	defer closeAll(in)
	want, err := m.Call(t.Context(), sign.Key, in)
	if err != nil {
		t.Skip(err) // not an input that it likes
	}
	defer closeAll(want)
	path := filepath.Join(t.TempDir(), "graph.pb")
	must(t, m.Freeze(t.Context(), path, sign.Key))
	def, err := savedmodel.ReadGraph(path)
	must(t, err)
	nodes := def.GetNode()
	for _, f := range def.GetLibrary().GetFunction() {
		nodes = append(nodes, f.GetNodeDef()...)
	}
	for _, n := range nodes {
		if n.Op == "VarHandleOp" || n.Op == "ReadVariableOp" || n.Op == "VariableV2" || n.Op == "ResourceGather" {
			t.Errorf("the graph has %s %q", n.Op, n.Name)
		}
	}
	frozen, err := savedmodel.LoadFrozen(path, nil)
	must(t, err)
	defer frozen.Close()
	got, err := frozen.Call(t.Context(), savedmodel.ServingDefault, in)
	must(t, err)
	defer closeAll(got)
	for name, w := range want {
		if got[name] == nil {
			t.Fatalf("no output %q among %v", name, frozen.Signatures())
		}
		if w.DType() != tf.Float32 {
			a, _ := w.Bytes()
			if b, err := got[name].Bytes(); err != nil || string(a) != string(b) {
				t.Errorf("%s differs: %v", name, err)
			}
			continue
		}
		x, err := tf.Values[float32](got[name])
		must(t, err)
		y, err := tf.Values[float32](w)
		must(t, err)
		if err := golden.Near(x, y, 1e-5); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// someValue is an input that a signature may take.
func someValue(t *testing.T, i savedmodel.TensorInfo) *tf.Tensor {
	shape := append(tf.Shape{}, i.Shape...)
	for k, d := range shape {
		if d < 0 {
			shape[k] = 2
		}
	}
	raw := make([]byte, int(shape.NumElements())*i.DType.Size())
	x, err := tf.NewRaw(i.DType, shape, raw)
	must(t, err)
	if i.DType == tf.Float32 {
		x.Close()
		return ramp(t, shape...)
	}
	return x
}

// TestFreezeSession freezes a part of a graph in a session.
func TestFreezeSession(t *testing.T) {
	m := newMLP(t)
	path := filepath.Join(t.TempDir(), "graph.pbtxt")
	must(t, savedmodel.Freeze(t.Context(), path, m.session, savedmodel.Endpoints{
		Inputs: map[string]tf.Output{"image": m.x}, Outputs: map[string]tf.Output{"image": m.y}}))
	frozen, err := savedmodel.LoadFrozen(path, &savedmodel.FrozenConfig{Inputs: []string{"image:0"}, Outputs: []string{"image_1"}})
	must(t, err)
	defer frozen.Close()
	x := ramp(t, 2, 784)
	got, err := frozen.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"image": x})
	must(t, err)
	if err := golden.Near(floats(t, got["image_1"]), m.run(t, x), 1e-5); err != nil {
		t.Error(err)
	}
	_, err = savedmodel.LoadFrozen(path, &savedmodel.FrozenConfig{Outputs: []string{"imagge"}})
	if !errors.Is(err, tf.NotFound) || !strings.Contains(err.Error(), `did you mean "image"?`) {
		t.Errorf("err = %v", err)
	}
	if err := frozen.Save(t.Context(), filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("err = %v", err)
	}
}

func TestFreezeRefuses(t *testing.T) {
	dir := t.TempDir()
	m, err := savedmodel.Load("testdata/multi", nil)
	must(t, err)
	defer m.Close()
	err = m.Freeze(t.Context(), filepath.Join(dir, "a.pb"), "lookup")
	if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "table") {
		t.Errorf("a table: %v", err)
	}
	g := newMLP(t)
	add := op.AssignAddVariableOp(g.scope, g.vars[1].Handle(), tf.Const(g.scope, make([]float32, 128)))
	y := op.Identity(g.scope.After(add), g.y)
	must(t, g.scope.Err())
	err = savedmodel.Freeze(t.Context(), filepath.Join(dir, "b.pb"), g.session, savedmodel.Endpoints{Outputs: map[string]tf.Output{"y": y}})
	if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), `more with variable "dense/bias"`) {
		t.Errorf("a write: %v", err)
	}
	must(t, m.Freeze(t.Context(), filepath.Join(t.TempDir(), "new", "folder", "a.pb"), savedmodel.ServingDefault))
	if err := m.Freeze(t.Context(), filepath.Join("testdata/values.json", "a.pb"), savedmodel.ServingDefault); err == nil || !strings.Contains(err.Error(), "freeze testdata/values.json/a.pb") {
		t.Errorf("a file for a folder: %v", err)
	}
	if err := m.Freeze(t.Context(), filepath.Join(dir, "a.pb"), "serving"); !errors.Is(err, tf.NotFound) {
		t.Errorf("no signature: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for path, code := range map[string]tf.Code{"testdata/keras/saved_model.pb": tf.InvalidArgument, "testdata/values.json": tf.DataLoss,
		"testdata/none.pb": tf.NotFound, "testdata": tf.InvalidArgument} {
		if _, err := savedmodel.LoadFrozen(path, nil); !errors.Is(err, code) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestFreezeAsset: the path of an asset is not baked in, wherever it is kept.
func TestFreezeAsset(t *testing.T) {
	dir := t.TempDir()
	m, cfg := reader(t, write(t, filepath.Join(dir, "note.txt"), "text"))
	must(t, savedmodel.Export(t.Context(), filepath.Join(dir, "model"), m.session, cfg))
	loaded, err := savedmodel.Load(filepath.Join(dir, "model"), nil)
	must(t, err)
	defer loaded.Close()
	path := filepath.Join(dir, "a.pb")
	err = loaded.Freeze(t.Context(), path, savedmodel.ServingDefault)
	if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), `asset file "note.txt"`) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a graph")
	}
}

// TestLoadFrozen runs frozen graphs that Python wrote.
func TestLoadFrozen(t *testing.T) {
	type frozenCase struct {
		Name, File      string
		Inputs, Outputs []string
	}
	arrays := golden.Load(t, "testdata/frozen/values.safetensors.gz")
	for _, c := range golden.Cases[frozenCase](t, "testdata/frozen/values.json") {
		t.Run(c.Name, func(t *testing.T) {
			m, err := savedmodel.LoadFrozen("testdata/frozen/"+c.File, nil)
			must(t, err)
			defer m.Close()
			in := map[string]*tf.Tensor{}
			for _, name := range c.Inputs {
				in[name], err = toTensor(arrays[c.Name+"/in/"+name])
				must(t, err)
			}
			defer closeAll(in)
			got, err := m.Call(t.Context(), savedmodel.ServingDefault, in)
			must(t, err)
			defer closeAll(got)
			if len(got) != len(c.Outputs) {
				t.Errorf("outputs %v, want %v", m.Signatures()[0].Outputs, c.Outputs)
			}
			for _, name := range c.Outputs {
				compare(t, name, got[name], arrays[c.Name+"/out/"+name])
			}
		})
	}
}

// TestPeersFrozen has Python run what Freeze wrote.
func TestPeersFrozen(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for _, from := range []string{"testdata/keras", "testdata/tf1", "testdata/gradients/gru", "testdata/gradients/embedding",
			"testdata/functions/loop", "testdata/functions/branches"} {
			t.Run(filepath.Base(from), func(t *testing.T) {
				m, err := savedmodel.Load(from, nil)
				must(t, err)
				defer m.Close()
				dir, sign := t.TempDir(), m.Signatures()[0]
				in := map[string]*tf.Tensor{}
				for _, i := range sign.Inputs {
					in[i.Name] = someValue(t, i)
				}
				defer closeAll(in)
				out, err := m.Call(t.Context(), sign.Key, in)
				must(t, err)
				defer closeAll(out)
				file := func(name string) string { return filepath.Join(dir, name) }
				must(t, m.Freeze(t.Context(), file("graph.pb"), sign.Key))
				writeNPZs(t, file("x.npz"), in)
				writeNPZs(t, file("y.npz"), out)
				p.Check(t, "frozen.py", file("graph.pb"), "--inputs", file("x.npz"), "--want", file("y.npz"))
			})
		}
	})
}
