package tf

import (
	"sync"
	"sync/atomic"
	"weak"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
)

// definition is a function's C object, shared by its Function and by the
// functions that call it. What uses it last frees it and removes it from the
// contexts that know it; graphs have copies.
type definition struct {
	p     *ctf.Function
	name  string
	deps  []*definition // functions that the body calls, each counted
	nodes map[string]bodyNode

	attached attachments

	refs atomic.Int64
	mu   sync.Mutex
	in   []weak.Pointer[handle.Handle[*eagerContext]]
}

// bodyNode says where a node of a function's body was made.
type bodyNode struct {
	typ      string
	pcs      [6]uintptr
	gradient GradientFunc
}

// newDefinition takes over p and a count of each of deps.
func newDefinition(p *ctf.Function, name string, deps []*definition, nodes map[string]bodyNode) *definition {
	handle.Count(1)
	d := &definition{p: p, name: name, deps: deps, nodes: nodes}
	d.refs.Add(1)
	return d
}

func (d *definition) release() {
	if d.refs.Add(-1) > 0 {
		return
	}
	for _, w := range d.in {
		if h := w.Value(); h != nil {
			if c, err := h.Acquire(); err == nil {
				c.removeFunction(d.name)
				h.Release()
			}
		}
	}
	d.attached.close()
	ctf.DeleteFunction(d.p)
	handle.Count(-1)
	for _, dep := range d.deps {
		dep.release()
	}
}

// addFunction makes d and what it calls known to g.
func (g *Graph) addFunction(d *definition) error {
	if err := g.acquire(); err != nil {
		return err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range append(d.deps[:len(d.deps):len(d.deps)], d) {
		if g.funcs[f.name] != nil {
			continue
		}
		if err := check("", ctf.CopyFunction(g.p, f.p)); err != nil {
			return err
		}
		g.funcs[f.name] = f
		if g.body != nil {
			f.refs.Add(1) // until the body is a function
			g.body.deps = append(g.body.deps, f)
		}
	}
	return nil
}

// addFunction makes d and what it calls known to e, which the caller holds open.
func (e *Eager) addFunction(d *definition) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.h.Release()
	for _, f := range append(d.deps[:len(d.deps):len(d.deps)], d) {
		if err := f.addTo(e); err != nil {
			return err
		}
	}
	return nil
}

func (d *definition) addTo(e *Eager) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.in {
		if w.Value() == e.h {
			return nil
		}
	}
	if err := e.c.addFunction(d); err != nil {
		return err
	}
	d.in = append(d.in, weak.Make(e.h))
	return nil
}

func (c *eagerContext) addFunction(d *definition) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.funcs[d.name] == 0 {
		if err := check("", ctf.AddFunction(c.p, d.p)); err != nil {
			return err
		}
	}
	c.funcs[d.name]++
	return nil
}

// leftovers is how many removed functions may leave their compiled kernels,
// some 40 kB each, in a context's caches.
const leftovers = 64

func (c *eagerContext) removeFunction(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.funcs[name]--; c.funcs[name] > 0 {
		return
	}
	delete(c.funcs, name)
	ctf.RemoveFunction(c.p, name)
	if c.removed++; c.removed >= leftovers {
		c.removed = 0
		ctf.ClearCaches(c.p)
	}
}
