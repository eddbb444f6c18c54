package tf

// home is where the values that a function captured are: in a graph, in a context, or
// nowhere, then it may be called everywhere.
type home struct {
	g *Graph
	e *Eager
}

func (h home) closed() bool { return h.g != nil && h.g.h.Closed() || h.e != nil && h.e.h.Closed() }

func (h home) kind() string {
	if h.g != nil {
		return "graph"
	}
	return "eager context"
}

// level is where the operations of s are.
func (s *Scope) level() home { return home{s.g, s.e} }

// around yields s, and the scopes around the function bodies that it is in.
func (s *Scope) around(yield func(*Scope) bool) {
	for yield(s) && s.g != nil && s.g.body != nil {
		s = s.g.body.outer
	}
}

// Around is s, or the scope around the function bodies that s is in, whose
// operations are added to g; nil if there is none.
func (s *Scope) Around(g *Graph) *Scope {
	for a := range s.around {
		if a.g == g {
			return a
		}
	}
	return nil
}

// JIT reports whether s is in the body of a function that XLA compiles, which
// takes branches and loops as they are.
func (s *Scope) JIT() bool {
	for a := range s.around {
		if a.g != nil && a.g.body != nil && a.g.body.jit {
			return true
		}
	}
	return false
}

// outermost is the home of all functions' bodies that s is in.
func (s *Scope) outermost() (h home) {
	for a := range s.around {
		h = a.level()
	}
	return h
}

// homes yields where functions that can be called on s are at home.
func (s *Scope) homes(yield func(home) bool) {
	if !yield(home{}) {
		return
	}
	for a := range s.around {
		if !yield(a.level()) {
			return
		}
	}
}

// homeOf is the home of a function with such captures that was traced on s: the
// innermost of theirs.
func (s *Scope) homeOf(captures []Output) home {
	for a := range s.around {
		for _, o := range captures {
			if h := (home{o.n.g, o.n.e}); h == a.level() {
				return h
			}
		}
	}
	return home{}
}

// within reports whether s is in the body that c is made from.
func (s *Scope) within(c *trace) bool {
	for a := range s.around {
		if a.g != nil && a.g.body != nil && a.g.body.tracing == c {
			return true
		}
	}
	return false
}
