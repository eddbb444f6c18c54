package tf

import (
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
)

// Eager runs operations at once. Many goroutines may share it, each with a
// [Scope] of its own.
type Eager struct {
	h *handle.Handle[*eagerContext]
	c *eagerContext // for use while h is held
}

// eagerContext is the C context with what belongs to it.
type eagerContext struct {
	p *ctf.Context

	mu    sync.Mutex
	ops   []*ctf.EagerOp // idle, to be reused
	funcs map[string]int // how many definitions of the name were added

	removed int // functions, since the caches were cleared
}

// NewEager starts an eager context. A nil cfg is the default.
func NewEager(cfg *Config) (*Eager, error) {
	if err := open(); err != nil {
		return nil, err
	}
	b, err := cfg.marshal()
	if err != nil {
		return nil, err
	}
	p, s := ctf.NewContext(b)
	if err := check("new eager context", s); err != nil {
		return nil, err
	}
	c := &eagerContext{p: p, funcs: map[string]int{}}
	return &Eager{c: c, h: handle.New(c, (*eagerContext).free)}, nil
}

func (c *eagerContext) free() {
	for _, op := range c.ops {
		ctf.DeleteEagerOp(op)
	}
	ctf.DeleteContext(c.p)
}

// takeOp gives an idle operation to reuse, or nil.
func (c *eagerContext) takeOp() (op *ctf.EagerOp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := len(c.ops) - 1; last >= 0 {
		op, c.ops = c.ops[last], c.ops[:last]
	}
	return op
}

func (c *eagerContext) giveOp(op *ctf.EagerOp) {
	if op == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ops = append(c.ops, op)
}

// Scope is a fresh scope, which owns the values made on it. On a closed context
// it has failed.
func (e *Eager) Scope() *Scope {
	s := &Scope{e: e, root: &root{}, device: noDevice}
	if e.h.Closed() {
		s.root.err = Errorf("eager context", FailedPrecondition, "it is closed")
	}
	return s
}

// Close frees the context when the last of its scopes, variables and kept
// values is closed. No operation can be run on them after.
func (e *Eager) Close() error {
	if e == nil {
		return nil
	}
	return e.h.Close()
}

// Devices lists the devices the context may use.
func (e *Eager) Devices() ([]Device, error) {
	if err := e.acquire(); err != nil {
		return nil, err
	}
	defer e.h.Release()
	list, s := ctf.ContextDevices(e.c.p)
	return deviceList("list devices", list, s)
}

// ClearCaches gives back memory that compiled kernels hold.
func (e *Eager) ClearCaches() error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.h.Release()
	ctf.ClearCaches(e.c.p)
	return nil
}

func (e *Eager) acquire() error {
	if _, err := e.h.Acquire(); err != nil {
		return Errorf("eager context", FailedPrecondition, "it is closed")
	}
	return nil
}
