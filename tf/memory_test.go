package tf_test

import (
	"runtime"
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
)

// Results that are dropped without Close do not pile up: 400 of 4 MB are 1.6 GB,
// and the budget asks for a collection every 256 MB.
func TestDroppedResultsAreCollected(t *testing.T) {
	const size, n = 1 << 20, 400
	g := newGraph(t)
	gs := g.Scope()
	x := tf.Placeholder(gs, tf.Float32, tf.Shape{})
	y := gs.Begin("Fill").In(tf.Const(gs, []int32{size})).In(x).One()
	wantOK(t, gs)
	sess := newSession(t, g)
	one, err := tf.NewScalar(float32(1))
	closing(t, one, err)
	e := newEager(t)
	for _, tc := range []struct {
		name string
		drop func()
	}{
		{"results of runs", func() {
			if _, err := sess.Run(background, []tf.Feed{{x, one}}, []tf.Output{y}); err != nil {
				t.Fatal(err)
			}
		}},
		{"tensors", func() {
			if _, err := tf.NewRaw(tf.Float32, tf.Shape{size}, raw); err != nil {
				t.Fatal(err)
			}
		}},
		{"values of dropped scopes", func() {
			s := e.Scope()
			s.Begin("Fill").In(tf.Const(s, []int32{size})).In(tf.ConstScalar(s, float32(1))).One()
			wantOK(t, s)
		}},
		{"kept values", func() {
			s := e.Scope()
			defer s.Close()
			s.Keep(s.Begin("Fill").In(tf.Const(s, []int32{size})).In(tf.ConstScalar(s, float32(1))).One())
			wantOK(t, s)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			runtime.GC()
			live := handle.Live()
			before, most := leaktest.Resident(t), 0
			for range n {
				tc.drop()
				most = max(most, leaktest.Resident(t)-before)
			}
			t.Logf("grew by %d MB", most/mb)
			if limit := 800 * mb; most > limit {
				t.Errorf("memory grew by %d MB, want at most %d", most/mb, limit/mb)
			}
			waitLive(t, live)
		})
	}
}

var raw = make([]byte, 4<<20)
