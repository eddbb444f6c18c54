package savedmodel_test

import (
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestPeersSave has Python read the weights that Save wrote into models that it
// made itself, or Export did.
func TestPeersSave(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		mlp := newMLP(t)
		exported := filepath.Join(t.TempDir(), "mlp")
		must(t, savedmodel.Export(t.Context(), exported, mlp.session, mlp.config()))
		for _, tc := range []struct {
			from, in, out string
			shape         []int64
		}{
			{"testdata/keras", "input_layer", "output_0", []int64{3, 8, 8, 1}},
			{"testdata/gradients/gru", "keras_tensor", "output_0", []int64{2, 6, 3}},
			{exported, "x", "output_0", []int64{2, 784}},
		} {
			t.Run(filepath.Base(tc.from), func(t *testing.T) {
				m, err := savedmodel.Load(tc.from, nil)
				must(t, err)
				defer m.Close()
				dir := t.TempDir()
				weights := changeTrained(t, m, 0.125)
				must(t, m.Save(t.Context(), filepath.Join(dir, "saved"), nil))
				x := ramp(t, tc.shape...)
				y, err := m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{tc.in: x})
				must(t, err)
				defer closeAll(y)
				file := func(name string) string { return filepath.Join(dir, name+".npz") }
				writeNPZ(t, file("x"), tc.in, x)
				writeNPZ(t, file("y"), tc.out, y[tc.out])
				writeNPZs(t, file("w"), weights)
				p.Check(t, "saved_weights.py", filepath.Join(dir, "saved"), "--inputs", file("x"), "--want", file("y"), "--weights", file("w"))
			})
		}
	})
}

// changeTrained is trained, for values that live as long as the test.
func changeTrained(t *testing.T, m *savedmodel.Model, by float32) map[string]*tf.Tensor {
	out := trained(t, m, by)
	t.Cleanup(func() { closeAll(out) })
	return out
}

// trained adds a number to the variables that are trained and returns their
// values by name.
func trained(t *testing.T, m *savedmodel.Model, by float32) map[string]*tf.Tensor {
	t.Helper()
	s := m.Session().Graph().Scope()
	var set, reads []tf.Output
	var names []string
	for _, v := range m.Variables() {
		if !v.Frozen {
			set, reads = append(set, addTo(s, v.Handle, by)), append(reads, op.ReadVariableOp(s, v.Handle, tf.Float32))
			names = append(names, v.Name)
		}
	}
	must(t, s.Err())
	_, err := m.Session().Run(t.Context(), nil, nil, set...)
	must(t, err)
	values, err := m.Session().Run(t.Context(), nil, reads)
	must(t, err)
	out := map[string]*tf.Tensor{}
	for i, name := range names {
		out[name] = values[i]
	}
	return out
}
