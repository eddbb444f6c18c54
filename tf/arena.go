package tf

import (
	"slices"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
)

// values are eager values that are freed together. They point neither to their
// owner nor to nodes, which keep it alive.
type values struct {
	hs     []*ctf.TensorHandle // nil where a value was taken out
	count  int                 // operations whose results are in hs
	nbytes int64
	e      *handle.Handle[*eagerContext] // held as long as the values live

	functions []*definition // of recorded operations, each counted
	kept      []*handle.Handle[*definition]
}

// owner frees values when it is closed or collected, after the calls in flight
// that use them.
type owner = handle.Handle[*values]

func newOwner(v *values) *owner { return handle.New(v, (*values).free) }

func (v *values) free() {
	ctf.DeleteHandles(v.hs)
	for _, d := range v.functions {
		d.release()
	}
	for _, h := range v.kept {
		h.Close()
	}
	handle.Count(-v.count)
	memory.add(-v.nbytes)
	v.e.Release()
}

// arena owns the values made on an eager scope. Without values it holds nothing.
type arena struct {
	h      *owner
	v      *values
	closed bool
}

// open readies a for values made in e.
func (a *arena) open(e *Eager) error {
	if a.closed {
		return Errorf("", FailedPrecondition, "the scope is closed")
	}
	if e.h.Closed() {
		return Errorf("", FailedPrecondition, "the eager context is closed")
	}
	if a.h != nil {
		return nil
	}
	if _, err := e.h.Acquire(); err != nil {
		return Errorf("", FailedPrecondition, "the eager context is closed")
	}
	a.v = &values{e: e.h}
	a.h = newOwner(a.v)
	return nil
}

func (a *arena) add(n *node, nbytes int64) {
	n.owner, n.at, n.nbytes = a.h, len(a.v.hs), nbytes
	a.v.hs = append(a.v.hs, n.hs...)
	a.v.nbytes += nbytes
	a.v.count++
	handle.Count(1)
	memory.add(nbytes)
}

// release hands n's values over to an owner of their own.
func (a *arena) release(n *node) {
	if a.h == nil || n.owner != a.h {
		return
	}
	a.v.e.Retain()
	clear(a.v.hs[n.at : n.at+len(n.hs)])
	a.v.count--
	a.v.nbytes -= n.nbytes
	n.owner = newOwner(&values{hs: slices.Clone(n.hs), count: 1, nbytes: n.nbytes, e: a.v.e})
	n.kept = true
	a.tidy()
}

// tidy lets go of the context when no value is left.
func (a *arena) tidy() {
	if a.h != nil && a.v.count == 0 {
		a.h.Close()
		a.h, a.v = nil, nil
	}
}

func (a *arena) close() {
	a.closed = true
	if a.h != nil {
		a.h.Close()
		a.h, a.v = nil, nil
	}
}
