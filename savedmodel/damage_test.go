package savedmodel_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/damage"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestDamage loads and calls damaged models: each is an error or runs. It takes
// a few rounds, TestLongDamage many, of more models.
func TestDamage(t *testing.T) { damaged(t, map[string]int{"keras": 8, "tf1": 8, "kinds/saved": 4}) }

func TestLongDamage(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	damaged(t, map[string]int{"keras": 240, "multi": 240, "tf1": 240, "kinds/v1": 120, "kinds/saved": 120, "kinds/composite": 120})
}

func damaged(t *testing.T, models map[string]int) {
	for model, rounds := range models {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			damage.Test(t, "testdata/"+model, rounds)
		})
	}
}

func loadAndCall(dir string) {
	m, err := savedmodel.Load(dir, nil)
	if err != nil {
		return
	}
	defer m.Close()
	for _, s := range m.Signatures() {
		in := map[string]*tf.Tensor{}
		for _, i := range s.Inputs {
			shape := i.Shape
			for k, d := range shape {
				if d < 0 || d > 64 {
					shape[k] = 2
				}
			}
			if i.DType == tf.String {
				strs := make([]string, max(shape.NumElements(), 0))
				in[i.Name], _ = tf.NewTensor(strs, append([]int64{}, shape...)...)
			} else if n := shape.NumElements(); n >= 0 && n < 1e6 && shape.Known() {
				in[i.Name], _ = tf.NewRaw(i.DType, shape, make([]byte, int(n)*i.DType.Size()))
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		out, _ := m.Call(ctx, s.Key, in)
		cancel()
		closeAll(out)
		closeAll(in)
	}
}
