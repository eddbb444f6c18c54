package savedmodel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// TestNames runs models many variables of which have one name, also saved again
// and frozen.
func TestNames(t *testing.T) {
	arrays := golden.Load(t, "testdata/names/values.safetensors.gz")
	for _, c := range golden.Cases[goldenCase](t, "testdata/names/values.json") {
		t.Run(c.Name, func(t *testing.T) {
			dir := filepath.Join("testdata/names", c.Dir)
			callKind(t, dir, c, arrays)
			m, err := savedmodel.Load(dir, nil)
			must(t, err)
			defer m.Close()
			again, pb := filepath.Join(t.TempDir(), "again"), filepath.Join(t.TempDir(), "frozen.pb")
			must(t, m.Save(t.Context(), again, nil))
			callKind(t, again, c, arrays)
			must(t, m.Freeze(t.Context(), pb, c.Signature))
			frozen, err := savedmodel.LoadFrozen(pb, nil)
			must(t, err)
			defer frozen.Close()
			x, err := toTensor(arrays[c.Name+"/in/x"])
			must(t, err)
			defer x.Close()
			out, err := frozen.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
			must(t, err)
			defer closeAll(out)
			for _, name := range c.Outputs {
				compare(t, name, out[name], arrays[c.Name+"/out/"+name])
			}
		})
	}
}

// TestSaveNames changes one variable at a time: of the values in the checkpoint
// its own alone changes and, in what Keras exported, that of its copy.
func TestSaveNames(t *testing.T) {
	for dir, copies := range map[string]int{"same": 0, "different": 0, "several": 0, "exported": 1} {
		t.Run(dir, func(t *testing.T) {
			from, seen := filepath.Join("testdata/names", dir), map[string]bool{}
			for i := range variableCount(t, from) {
				m, err := savedmodel.Load(from, nil)
				must(t, err)
				s := m.Session().Graph().Scope()
				set := addTo(s, m.Variables()[i].Handle, 1)
				must(t, s.Err())
				_, err = m.Session().Run(t.Context(), nil, nil, set)
				must(t, err)
				saved := filepath.Join(t.TempDir(), "saved")
				must(t, m.Save(t.Context(), saved, nil))
				must(t, m.Close())
				changed := changedKeys(t, from, saved)
				if len(changed) != 1+copies {
					t.Fatalf("variable %d: %q changed, want %d", i, changed, 1+copies)
				}
				for _, key := range changed {
					if seen[key] {
						t.Errorf("variable %d: %q changed with another", i, key)
					}
					seen[key] = true
				}
			}
		})
	}
}

func variableCount(t *testing.T, dir string) int {
	m, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer m.Close()
	return len(m.Variables())
}

// changedKeys are the values that a model has and its copy has with 1 more.
func changedKeys(t *testing.T, from, to string) (keys []string) {
	t.Helper()
	a, err := bundle.Open(filepath.Join(from, "variables", "variables"))
	must(t, err)
	defer a.Close()
	b, err := bundle.Open(filepath.Join(to, "variables", "variables"))
	must(t, err)
	defer b.Close()
	c, err := bundle.Compare(a, b)
	must(t, err)
	for _, d := range c.Both {
		if !d.Same {
			keys = append(keys, d.A.Name)
			if d.Max < 0.999 || d.Max > 1.001 {
				t.Errorf("%+v", d)
			}
		}
	}
	return keys
}

// TestNamesDamaged does not guess where an object is two of the checkpoint's, or
// none.
func TestNamesDamaged(t *testing.T) {
	list := func(nodes []*pb.SavedObject) *pb.SavedObject {
		for _, c := range nodes[0].Children {
			if c.LocalName == "all" {
				return nodes[c.NodeId]
			}
		}
		return nil
	}
	for name, tc := range map[string]struct {
		edit func(nodes []*pb.SavedObject)
		want string
	}{
		"two":  {func(nodes []*pb.SavedObject) { c := list(nodes).Children; c[0].NodeId = c[1].NodeId }, `"all/0" and "all/1" are one object of the model and two of its checkpoint`},
		"none": {func(nodes []*pb.SavedObject) { list(nodes).Children[2].LocalName = "3" }, "has no value"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			must(t, os.CopyFS(dir, os.DirFS("testdata/names/same")))
			saved, err := savedmodel.Read(dir)
			must(t, err)
			tc.edit(saved.MetaGraphs[0].ObjectGraphDef.Nodes)
			raw, err := proto.Marshal(saved)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o644))
			m, err := savedmodel.Load(dir, nil)
			if err == nil {
				defer m.Close()
				x := ramp(t, 1, 3)
				_, err = m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %q", err, tc.want)
			}
		})
	}
}

// TestPeersNames lets Python load what Save wrote after each variable changed.
func TestPeersNames(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for _, c := range golden.Cases[goldenCase](t, "testdata/names/values.json") {
			t.Run(c.Name, func(t *testing.T) {
				m, err := savedmodel.Load(filepath.Join("testdata/names", c.Dir), nil)
				must(t, err)
				defer m.Close()
				s := m.Session().Graph().Scope()
				var set []tf.Output
				for i, v := range m.Variables() {
					set = append(set, addTo(s, v.Handle, float32(i+1)/8))
				}
				must(t, s.Err())
				_, err = m.Session().Run(t.Context(), nil, nil, set...)
				must(t, err)
				dir := t.TempDir()
				must(t, m.Save(t.Context(), filepath.Join(dir, "saved"), nil))
				x := ramp(t, 2, 3)
				y, err := m.Call(t.Context(), c.Signature, map[string]*tf.Tensor{"x": x})
				must(t, err)
				defer closeAll(y)
				file := func(name string) string { return filepath.Join(dir, name+".npz") }
				writeNPZ(t, file("x"), "x", x)
				writeNPZ(t, file("y"), c.Outputs[0], y[c.Outputs[0]])
				skip := "tfsm_layer,tflite"
				if c.Dir != "exported" {
					skip += ",v1_loader" // Keras stores these for Python's loader only
				}
				p.Check(t, "savedmodel.py", filepath.Join(dir, "saved"), "--inputs", file("x"), "--want", file("y"), "--signature", c.Signature, "--skip", skip)
			})
		}
	})
}
