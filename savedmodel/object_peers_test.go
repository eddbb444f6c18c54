package savedmodel_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// objectCase is a model of which Python is to see an object with variables and
// functions.
type objectCase struct {
	make      func(t testing.TB) (*graphModel, *savedmodel.ExportConfig)
	signature string // "": serving_default
	inputs    map[string]*tf.Tensor
	trainable string // names, by commas
	frozen    string
	skip      string
	trains    string // an output that calls lower
}

// TestPeersObjects lets Python use, tune and save what Export wrote.
func TestPeersObjects(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for name, tc := range objectCases(t) {
			t.Run(name, func(t *testing.T) { tc.check(t, p) })
		}
	})
}

func (tc objectCase) check(t *testing.T, p peers.Peer) {
	m, cfg := tc.make(t)
	dir := t.TempDir()
	must(t, savedmodel.Export(t.Context(), filepath.Join(dir, "written"), m.session, cfg))
	model := filepath.Join(dir, "moved") // it must not know where it was
	must(t, os.Rename(filepath.Join(dir, "written"), model))
	if tc.signature == "" {
		tc.signature = savedmodel.ServingDefault
	}
	want := m.evaluate(t, cfg.Signatures[tc.signature], tc.inputs)
	x, y := filepath.Join(dir, "x.npz"), filepath.Join(dir, "y.npz")
	writeArchive(t, x, tc.inputs)
	writeArchive(t, y, want)
	args := []string{model, "--inputs", x, "--want", y, "--signature", tc.signature, "--trainable", tc.trainable, "--frozen", tc.frozen}
	if tc.skip != "" {
		args = append(args, "--skip", tc.skip)
	}
	if tc.trains != "" {
		args = append(args, "--trains", tc.trains)
	}
	p.Check(t, "savedmodel_objects.py", args...)
	m.sameInGo(t, model, tc, want)
}

// sameInGo compares with the model that Go loads.
func (m *graphModel) sameInGo(t *testing.T, dir string, tc objectCase, want map[string]*tf.Tensor) {
	t.Helper()
	loaded, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer loaded.Close()
	out, err := loaded.Call(t.Context(), tc.signature, tc.inputs)
	must(t, err)
	defer closeAll(out)
	for name, w := range want {
		if !slices.Equal(mustBytes(t, w), mustBytes(t, out[name])) {
			t.Errorf("%s: %v in Go, want %v", name, out[name], w)
		}
	}
	var names []string
	for _, v := range loaded.Variables() {
		if !v.Frozen {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	var all []string
	if tc.trainable != "" {
		all = strings.Split(tc.trainable, ",")
	}
	slices.Sort(all)
	if len(all) > 0 && tc.signature == savedmodel.ServingDefault && !slices.Equal(names, all) {
		t.Errorf("Go sees %v, want %v", names, all)
	}
}

func mustBytes(t *testing.T, x *tf.Tensor) []byte {
	t.Helper()
	if x.DType() == tf.String {
		v, err := tf.Values[string](x)
		must(t, err)
		return []byte(strings.Join(v, "\x00"))
	}
	b, err := x.Bytes()
	must(t, err)
	return b
}
