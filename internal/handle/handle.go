// Package handle gives each C object one owner, an idempotent Close, and a
// garbage-collector safety net, so that no other package needs
// runtime.KeepAlive or finalizers.
package handle

import (
	"errors"
	"math"
	"runtime"
	"sync/atomic"
)

// ErrClosed is returned by every use of a closed object.
var ErrClosed = errors.New("use of closed object")

var live atomic.Int64

// Live reports how many C objects are open. Tests assert on it.
func Live() int64 { return live.Load() }

// Handle owns one C object, described by a P. Goroutines may share it.
type Handle[P any] struct {
	c       *object[P]
	cleanup runtime.Cleanup
}

// object is the part that outlives its Handle. It must never point back at
// the Handle, or the cleanup would never run; neither may ptr or free.
type object[P any] struct {
	users atomic.Int64 // calls in flight; closed is added when closed
	ptr   P
	free  func(P)
}

const closed = math.MinInt64

// New takes ownership of ptr; free runs exactly once.
func New[P any](ptr P, free func(P)) *Handle[P] {
	live.Add(1)
	h := &Handle[P]{c: &object[P]{ptr: ptr, free: free}}
	h.cleanup = runtime.AddCleanup(h, (*object[P]).close, h.c)
	return h
}

// Acquire lends the pointer to a C call. The caller must call Release.
func (h *Handle[P]) Acquire() (P, error) {
	for {
		n := h.c.users.Load()
		if n < 0 {
			var zero P
			return zero, ErrClosed
		}
		if h.c.users.CompareAndSwap(n, n+1) {
			return h.c.ptr, nil
		}
	}
}

// Retain is an Acquire by one who holds another: it works after Close too.
func (h *Handle[P]) Retain() { h.c.users.Add(1) }

// Release ends an Acquire or a Retain.
func (h *Handle[P]) Release() {
	if h.c.users.Add(-1) == closed {
		h.c.destroy()
	}
}

// Closed reports whether Close was called.
func (h *Handle[P]) Closed() bool { return h.c.users.Load() < 0 }

// Close frees the object now, or when the last call in flight ends. Closing
// twice, or closing a nil Handle, does nothing.
func (h *Handle[P]) Close() error {
	if h != nil {
		h.cleanup.Stop()
		h.c.close()
	}
	return nil
}

func (c *object[P]) close() {
	for {
		n := c.users.Load()
		if n < 0 {
			return
		}
		if c.users.CompareAndSwap(n, n+closed) {
			if n == 0 {
				c.destroy()
			}
			return
		}
	}
}

func (c *object[P]) destroy() {
	c.free(c.ptr)
	live.Add(-1)
}

// Count adds n to the number of open objects, for owners that free many
// objects at once and keep no Handle for each.
func Count(n int) { live.Add(int64(n)) }
