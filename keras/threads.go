package keras

import (
	"context"

	"github.com/gotf/gotf/tf"
)

// A step of fewer multiplications than this is faster in one thread: handing
// work over costs more than it saves.
const smallStep = 6 << 20

var (
	allThreads = &tf.Config{}

	// Training stays in a thread of TensorFlow's, where numbers too small to be
	// normal count as zero: the means that Adam keeps decay to such numbers, and
	// computing with them is several times slower.
	oneThread = &tf.Config{IntraOpThreads: 1, InterOpThreads: 1}

	// Prediction alone is fastest in the caller's thread.
	noThreads = &tf.Config{IntraOpThreads: 1, SingleThreaded: true}
)

// chooseThreads configures the runner for steps with batches of the given size,
// unless the model was compiled with a configuration. Changing costs as much as
// the first step does, so only training changes what was chosen before.
func (m *Model) chooseThreads(ctx context.Context, batch int, training bool) error {
	g, ok := m.run.(*graphRunner)
	if !ok || g.chosen && !training || m.compiled != nil && m.compiled.Session != nil {
		return nil
	}
	g.chosen = true
	switch {
	case m.cost()*int64(batch) >= smallStep:
		return g.configure(ctx, allThreads)
	case m.compiled != nil:
		return g.configure(ctx, oneThread)
	}
	return g.configure(ctx, noThreads)
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
