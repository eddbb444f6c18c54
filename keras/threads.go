package keras

import (
	"context"

	"github.com/gotf/gotf/tf"
)

// A step of fewer multiplications than this is faster in one thread: handing
// work over costs more than it saves.
const smallStep = 16 << 20

var (
	oneThread  = &tf.Config{IntraOpThreads: 1, InterOpThreads: 1}
	allThreads = &tf.Config{}
)

// chooseThreads configures the runner for steps with batches of the given size,
// unless the model was compiled with a configuration or is being trained.
func (m *Model) chooseThreads(ctx context.Context, batch int) error {
	g, ok := m.run.(*graphRunner)
	if !ok || m.fitting || m.compiled != nil && m.compiled.Session != nil {
		return nil
	}
	if m.cost()*int64(batch) < smallStep {
		return g.configure(ctx, oneThread)
	}
	return g.configure(ctx, allThreads)
}

// cost estimates the multiplications of one sample: each weight of a matrix or
// kernel meets each position of its layer's output.
func (m *Model) cost() (n int64) {
	for i, vs := range m.owned {
		positions := int64(1)
		if out := m.shapes[i]; len(out) > 2 {
			for _, d := range out[1 : len(out)-1] {
				positions *= max(d, 1)
			}
		}
		for _, v := range vs {
			if len(v.Shape()) > 1 {
				n += v.Shape().NumElements() * positions
			}
		}
	}
	return n
}
