package convert_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tflite/convert"
)

// TestPeersLoops calibrates loops, branches and LSTMs with Python, on the same
// samples: the ranges are the same within 1e-6, but for those of tensors over
// which a kernel has written when Python's calibrator looks again.
func TestPeersLoops(t *testing.T) {
	const model = "testdata/models/loops"
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		if library(t) != p.Version {
			t.Skipf("the library here is %s", library(t))
		}
		r := rand.New(rand.NewPCG(6, 6))
		values := make([]float32, 20*6*4)
		for i := range values {
			values[i] = float32(r.NormFloat64())
		}
		file := writeFile(t, t.TempDir(), "samples.npz", npz(t, map[string]*npy.Array{"x": array("float32", floats(values...), 20, 6, 4)}))
		for _, key := range []string{"while", "cond", "lstm", "chain"} {
			out := t.TempDir()
			p.Check(t, "tflite_int8.py", model, "--calibration", file, "--signature", key, "--out", out)
			python, err := os.ReadFile(filepath.Join(out, "calibrated.tflite"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := convert.Calibrated(t.Context(), model, &convert.Options{Quantize: convert.Int8, Signatures: []string{key}, Calibration: open(t, file+"@"+key)})
			if err != nil {
				t.Fatal(err)
			}
			ranges, overwritten, want := convert.Ranges(got), convert.Overwritten(got), convert.Ranges(python)
			if len(ranges) != len(want) {
				t.Errorf("%s: %d ranges, Python has %d", key, len(ranges), len(want))
			}
			for at, w := range want {
				if !ranges[at].Near(w) && !overwritten[at].Near(w) {
					t.Errorf("%s: tensor %v has %v, Python %v", key, at, ranges[at], w)
				}
			}
		}
	})
}
