package tf

import (
	"runtime"
	"sync/atomic"
)

// memory counts the C bytes of open tensors and eager values. Go's collector
// sees only the few Go bytes of each, so growth past a budget asks for a
// collection: past firstBudget, and past twice what the last one left.
var memory budget

const firstBudget = 256 << 20 // bytes

type budget struct {
	live       atomic.Int64
	low        atomic.Int64 // the least that was live since the last collection
	collecting atomic.Bool
}

func (b *budget) add(n int64) {
	live := b.live.Add(n)
	if n <= 0 {
		for low := b.low.Load(); live < low && !b.low.CompareAndSwap(low, live); low = b.low.Load() {
		}
		return
	}
	if live > max(2*b.low.Load(), firstBudget) && b.collecting.CompareAndSwap(false, true) {
		b.low.Store(live) // cleanups, which run after GC returns, lower it
		runtime.GC()
		b.collecting.Store(false)
	}
}
