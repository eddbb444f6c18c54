package keras

import "context"

// feed is data loaded where the model runs, for passes of training or of
// evaluation.
type feed interface {
	// start begins a pass over the samples with the numbers in order.
	start(ctx context.Context, order []int64) error
	// steps takes the next k batches of the pass, or as many as are left.
	steps(ctx context.Context, k int) error
	// size is that of a batch.
	size() int
	// close frees the samples.
	close(ctx context.Context)
}

// load makes a feed. Feeds of different roles can be in use at once.
func (m *Model) load(ctx context.Context, role string, a Arrays, batch int, training bool) (feed, error) {
	switch r := m.run.(type) {
	case *eagerRunner:
		return m.loadEager(r, a, batch, training), nil
	default:
		return m.loadGraph(ctx, r.(*graphRunner), role, a, batch, training)
	}
}
