package savedmodel_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestPeers lets Python load what Export wrote, in each way that it has.
func TestPeers(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for name, tc := range map[string]struct {
			make func(testing.TB) *graphModel
			in   []int64
		}{
			"mlp": {newMLP, []int64{3, 784}},
			"cnn": {newCNN, []int64{3, 28, 28, 1}},
		} {
			t.Run(name, func(t *testing.T) {
				m, dir := tc.make(t), t.TempDir()
				model := filepath.Join(dir, "model")
				if err := savedmodel.Export(t.Context(), model, m.session, m.config()); err != nil {
					t.Fatal(err)
				}
				x := ramp(t, tc.in...)
				y, err := tf.NewTensor(m.run(t, x), tc.in[0], 10)
				if err != nil {
					t.Fatal(err)
				}
				defer y.Close()
				writeNPZ(t, filepath.Join(dir, "x.npz"), "x", x)
				writeNPZ(t, filepath.Join(dir, "y.npz"), "output_0", y)
				p.Check(t, "savedmodel.py", model, "--inputs", filepath.Join(dir, "x.npz"), "--want", filepath.Join(dir, "y.npz"))
			})
		}
	})
}

func writeNPZ(t *testing.T, path, name string, x *tf.Tensor) {
	t.Helper()
	writeNPZs(t, path, map[string]*tf.Tensor{name: x})
}

func writeNPZs(t *testing.T, path string, xs map[string]*tf.Tensor) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	z := zip.NewWriter(f)
	for name, x := range xs {
		raw, err := x.Bytes()
		must(t, err)
		w, err := z.Create(name + ".npy")
		must(t, err)
		must(t, npy.Write(w, &npy.Array{DType: x.DType().String(), Shape: x.Shape(), Raw: raw}))
	}
	must(t, z.Close())
}
