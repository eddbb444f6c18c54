package checkpoint_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	"github.com/gotf/gotf/tf/checkpoint"
)

// program is a graph with two variables in a session.
type program struct {
	scope   *tf.Scope
	session *tf.Session
	a, b    *tf.Variable
	set     []tf.Output
}

func newProgram(t testing.TB, a string, shape ...int64) *program {
	t.Helper()
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	p := &program{scope: g.Scope()}
	p.a = tf.NewVariable(p.scope, a, tf.Float32, shape)
	p.b = tf.NewVariable(p.scope, "counter", tf.Int64, tf.Shape{})
	data := make([]float32, tf.Shape(shape).NumElements())
	for i := range data {
		data[i] = float32(i) / 4
	}
	p.set = []tf.Output{p.a.Assign(p.scope, tf.Const(p.scope, data, shape...)), p.b.Assign(p.scope, tf.ConstScalar(p.scope, int64(5)))}
	if p.session, err = tf.NewSession(g, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.session.Close() })
	return p
}

func (p *program) run(t testing.TB, fetches []tf.Output, targets ...tf.Output) []*tf.Tensor {
	t.Helper()
	out, err := p.session.Run(ctx, nil, fetches, targets...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (p *program) saver(t testing.TB, vars map[string]*tf.Variable) *checkpoint.Saver {
	t.Helper()
	s, err := checkpoint.NewSaver(p.scope, vars)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSaver(t *testing.T) {
	for name, key := range map[string]func(string) string{"names": func(s string) string { return s }, "objects": checkpoint.Key} {
		t.Run(name, func(t *testing.T) {
			p, q := newProgram(t, "w", 2, 3), newProgram(t, "w", 2, 3)
			prefix := filepath.Join(t.TempDir(), "ckpt")
			keys := func(p *program) map[string]*tf.Variable {
				return map[string]*tf.Variable{key("net/w"): p.a, key("counter"): p.b}
			}
			p.run(t, nil, p.set...)
			if err := p.saver(t, keys(p)).Save(ctx, p.session, prefix); err != nil {
				t.Fatal(err)
			}
			if err := q.saver(t, keys(q)).Restore(ctx, q.session, prefix); err != nil {
				t.Fatal(err)
			}
			got, want := q.run(t, []tf.Output{q.a.Read(q.scope), q.b.Read(q.scope)}), p.run(t, []tf.Output{p.a.Read(p.scope), p.b.Read(p.scope)})
			for i := range got {
				if text(t, got[i]) != text(t, want[i]) {
					t.Errorf("%s, want %s", text(t, got[i]), text(t, want[i]))
				}
				got[i].Close()
				want[i].Close()
			}
		})
	}
}

// TestSaverPython restores what Python wrote: by path, by name, and by name from
// a checkpoint of objects.
func TestSaverPython(t *testing.T) {
	for name, tc := range map[string]struct {
		prefix, key string
		shape       []int64
	}{
		"objects":         {"object/ckpt-3", checkpoint.Key("model/_functional/_operations/1/_kernel"), []int64{3, 4}},
		"names":           {"object/ckpt-3", "sequential/dense/kernel", []int64{3, 4}},
		"partitioned":     {"saver", "columns", []int64{2, 3, 4}},
		"older":           {"old", "rows", []int64{5, 3}},
		"older, in files": {"old-sharded", "columns", []int64{2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			prefix := filepath.Join("..", "bundle", "testdata", tc.prefix)
			r, err := bundle.Open(prefix)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if name == "objects" || name == "names" {
				objects, err := r.Objects()
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range objects {
					for _, a := range o.Attributes {
						if e, _ := r.Find(a.Key); e.Shape.Equal(tc.shape) && strings.HasSuffix(a.FullName, "kernel") && !strings.Contains(a.FullName, "adam") {
							if tc.key = a.Key; name == "names" {
								tc.key = a.FullName
							}
						}
					}
				}
			}
			p := newProgram(t, "w", tc.shape...)
			if err := p.saver(t, map[string]*tf.Variable{tc.key: p.a}).Restore(ctx, p.session, prefix); err != nil {
				t.Fatal(err)
			}
			key := tc.key
			if name == "names" {
				key = keyOf(t, r, tc.key)
			}
			want, err := r.Bytes(key)
			if err != nil {
				t.Fatal(err)
			}
			got := p.run(t, []tf.Output{p.a.Read(p.scope)})[0]
			defer got.Close()
			if raw, err := got.Bytes(); err != nil || !slices.Equal(raw, want) {
				t.Errorf("restored %v, %v; want %v", raw, err, want)
			}
		})
	}
}

func keyOf(t *testing.T, r *bundle.Reader, name string) string {
	t.Helper()
	objects, err := r.Objects()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		for _, a := range o.Attributes {
			if a.FullName == name {
				return a.Key
			}
		}
	}
	t.Fatal("no variable", name)
	return ""
}

func TestSaverErrors(t *testing.T) {
	p := newProgram(t, "w", 2)
	prefix := filepath.Join(t.TempDir(), "ckpt")
	if err := checkpoint.Write(ctx, prefix, []checkpoint.Entry{entry(t, "dense/kernel", []float32{1, 2}), entry(t, "wide", []float32{1, 2, 3})}); err != nil {
		t.Fatal(err)
	}
	for key, tc := range map[string]struct {
		want string
		code tf.Code
	}{
		"dense/kernal": {`it holds no "dense/kernal" (float32 (2,)), did you mean "dense/kernel"?`, tf.NotFound},
		"other":        {`it holds no "other" (float32 (2,)); "dense/kernel" is of that type and shape`, tf.NotFound},
		"wide":         {`key "wide" has shape (3,), want (2,)`, tf.InvalidArgument},
	} {
		err := p.saver(t, map[string]*tf.Variable{key: p.a}).Restore(ctx, p.session, prefix)
		if !errors.Is(err, tc.code) || !strings.HasSuffix(err.Error(), tc.want) {
			t.Errorf("%s: err = %v, want %s", key, err, tc.want)
		}
	}
	if _, err := checkpoint.NewSaver(p.scope, nil); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("err = %v", err)
	}
	if err := p.saver(t, map[string]*tf.Variable{"w": p.a}).Save(ctx, p.session, prefix); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("without a value: %v", err)
	}
}

// TestReadPython reads all values of Python's checkpoints through the runtime and
// without it.
func TestReadPython(t *testing.T) {
	for _, name := range []string{"types", "bare/", "object/ckpt-3", "saver", "old", "old-sharded"} {
		prefix := "../bundle/testdata/" + name
		r, err := bundle.Open(prefix)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, e := range r.Entries() {
			got, err := checkpoint.Read(ctx, prefix, tf.TensorSpec{Name: e.Name})
			if err != nil {
				t.Errorf("%s: %s: %v", name, e.Name, err)
				continue
			}
			if e.DType == tf.String {
				a, _ := tf.Values[string](got[0])
				if b, err := r.Strings(e.Name); err != nil || !slices.Equal(a, b) {
					t.Errorf("%s: %s: %q, %v; want %q", name, e.Name, b, err, a)
				}
			} else {
				a, _ := got[0].Bytes()
				if b, err := r.Bytes(e.Name); err != nil || !slices.Equal(a, b) {
					t.Errorf("%s: %s: %v, %v; want %v", name, e.Name, b, err, a)
				}
			}
			got[0].Close()
		}
	}
}

func TestAll(t *testing.T) {
	dir := t.TempDir()
	m := &checkpoint.Manager{Dir: dir, Keep: 2}
	for i := range 3 {
		if _, err := m.Save(ctx, i, []checkpoint.Entry{entry(t, "w", []float32{1})}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := checkpoint.All(dir)
	if want := []string{filepath.Join(dir, "ckpt-1"), filepath.Join(dir, "ckpt-2")}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	if got, err := checkpoint.All("../bundle/testdata/object"); err != nil || len(got) != 2 {
		t.Errorf("Python's: %v, %v", got, err)
	}
}

// TestPeersSaver has Python restore what Go wrote, through the runtime and
// without it.
func TestPeersSaver(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for name, key := range map[string]func(string) string{"names": func(s string) string { return s }, "objects": checkpoint.Key} {
			t.Run(name, func(t *testing.T) {
				m := newProgram(t, "w", 2, 3)
				m.run(t, nil, m.set...)
				dir := t.TempDir()
				saver := m.saver(t, map[string]*tf.Variable{key("net/w"): m.a, key("counter"): m.b})
				if err := saver.Save(ctx, m.session, filepath.Join(dir, "a")); err != nil {
					t.Fatal(err)
				}
				values := m.run(t, []tf.Output{m.a.Read(m.scope), m.b.Read(m.scope)})
				defer values[0].Close()
				defer values[1].Close()
				writeNPZ(t, filepath.Join(dir, "w.npz"), map[string]*tf.Tensor{"net/w": values[0], "counter": values[1]})
				rewritten(t, filepath.Join(dir, "a"), filepath.Join(dir, "b"))
				for _, prefix := range []string{"a", "b"} {
					args := []string{filepath.Join(dir, prefix), "--want", filepath.Join(dir, "w.npz")}
					if name == "objects" {
						args = append(args, "--objects")
					}
					p.Check(t, "restore.py", args...)
				}
			})
		}
	})
}

// rewritten writes the values of a checkpoint to another without the library.
func rewritten(t *testing.T, from, to string) {
	t.Helper()
	r, err := bundle.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var values []bundle.Value
	for _, e := range r.Entries() {
		v := bundle.Value{Name: e.Name, DType: e.DType, Shape: e.Shape}
		if e.DType == tf.String {
			v.Strings, err = r.Strings(e.Name)
		} else {
			v.Bytes, err = r.Bytes(e.Name)
		}
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	if err := bundle.Write(to, values); err != nil {
		t.Fatal(err)
	}
}

func writeNPZ(t *testing.T, path string, xs map[string]*tf.Tensor) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, x := range xs {
		raw, err := x.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(name + ".npy")
		if err == nil {
			err = npy.Write(w, &npy.Array{DType: x.DType().String(), Shape: x.Shape(), Raw: raw})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
