// Package handle gives each C object one owner, an idempotent Close, and a
// garbage-collector safety net, so that no other package needs
// runtime.KeepAlive or finalizers.
package handle

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrClosed is returned by every use of a closed object.
var ErrClosed = errors.New("use of closed object")

var live atomic.Int64

// Live reports how many C objects are open. Tests assert on it.
func Live() int64 { return live.Load() }

// Handle owns one C object of pointer type P.
type Handle[P any] struct {
	c       *object[P]
	cleanup runtime.Cleanup
}

// object is the part that outlives its Handle. It must never point back at
// the Handle, or the cleanup would never run.
type object[P any] struct {
	mu     sync.Mutex
	ptr    P
	free   func(P)
	users  int // calls in flight
	closed bool
}

// New takes ownership of ptr; free runs exactly once.
func New[P any](ptr P, free func(P)) *Handle[P] {
	live.Add(1)
	h := &Handle[P]{c: &object[P]{ptr: ptr, free: free}}
	h.cleanup = runtime.AddCleanup(h, (*object[P]).close, h.c)
	return h
}

// Acquire lends the pointer to a C call. The caller must call Release.
func (h *Handle[P]) Acquire() (P, error) {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.c.closed {
		var zero P
		return zero, ErrClosed
	}
	h.c.users++
	return h.c.ptr, nil
}

// Release ends an Acquire.
func (h *Handle[P]) Release() {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	h.c.users--
	h.c.freeIfIdle()
}

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
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.freeIfIdle()
	}
}

func (c *object[P]) freeIfIdle() {
	if c.closed && c.users == 0 {
		c.free(c.ptr)
		live.Add(-1)
	}
}

// Count adds n to the number of open objects, for owners that free many
// objects at once and keep no Handle for each.
func Count(n int) { live.Add(int64(n)) }
