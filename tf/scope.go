package tf

import "context"

// Scope is where operations are added: to a graph, or, on an eager scope, run
// at once. The methods that return a Scope make a variant that shares the graph
// or values and the first error. A Scope is for one goroutine.
type Scope struct {
	g        *Graph // one of g and e is nil
	e        *Eager
	root     *root
	prefix   string // "layer/", of op names
	name     string // of the next op
	device   string // ends in NUL
	control  []Output
	recorder []*Recorder
	calling  bool // in a Recorder's Call
	attrs    func(*OpBuilder)
	ctx      context.Context
	cancel   *cancellation
	numerics uint8 // checkInherited, checkOn, checkOff
}

// root is what all variants of a scope share.
type root struct {
	err     error
	arena   arena
	cancels []*cancellation
}

const noDevice = "\x00"

// Err is the first error of the scope and its variants, or nil.
func (s *Scope) Err() error { return s.root.err }

// SetErr fails the scope, if err is not nil and it has not failed yet.
func (s *Scope) SetErr(err error) {
	if s.root.err == nil {
		s.root.err = err
	}
}

// Eager reports whether operations run at once.
func (s *Scope) Eager() bool { return s.e != nil }

// Graph is the graph that operations are added to, or nil.
func (s *Scope) Graph() *Graph { return s.g }

// Context is the eager context that operations run in, or nil.
func (s *Scope) Context() *Eager { return s.e }

// Sub is a scope whose operations' names begin with name and a slash.
func (s *Scope) Sub(name string) *Scope {
	t := *s
	t.prefix += name + "/"
	t.name = ""
	return &t
}

// Named is a scope whose operations are called name, made unique.
func (s *Scope) Named(name string) *Scope {
	t := *s
	t.name = name
	return &t
}

// OnDevice is a scope whose operations run on a device: "/cpu:0", "/gpu:1",
// "/job:worker/task:2/cpu:0". Empty: wherever TensorFlow chooses. Another string
// fails the scope. Where an operation cannot run there it runs on a CPU, unless
// [Config].StrictPlacement is set.
func (s *Scope) OnDevice(device string) *Scope {
	t := *s
	device, err := parseDevice(device)
	if err != nil {
		s.fail("OnDevice", err)
		return &t
	}
	t.device = device + "\x00"
	return &t
}

// After is a scope whose operations run after those of outs. On an eager scope
// they do anyway.
func (s *Scope) After(outs ...Output) *Scope {
	t := *s
	if s.g != nil {
		t.control = append(s.control[:len(s.control):len(s.control)], outs...)
	}
	return &t
}

// WithAttrs is a scope that calls f on each operation before it is made, to set
// attributes that the operation's function has no argument for.
func (s *Scope) WithAttrs(f func(*OpBuilder)) *Scope {
	t := *s
	if outer := s.attrs; outer != nil {
		t.attrs = func(b *OpBuilder) { outer(b); f(b) }
	} else {
		t.attrs = f
	}
	return &t
}

// WithContext is an eager scope whose operations end when ctx is done, also
// those that are running. A nil ctx never is.
func (s *Scope) WithContext(ctx context.Context) *Scope {
	t := *s
	t.ctx = ctx
	if s.e == nil || ctx == nil || ctx.Done() == nil {
		return &t
	}
	t.cancel = newCancellation(ctx)
	s.root.cancels = append(s.root.cancels, t.cancel)
	return &t
}

// Recording is a scope whose operations r sees.
func (s *Scope) Recording(r *Recorder) *Scope {
	t := *s
	t.recorder = append(s.recorder[:len(s.recorder):len(s.recorder)], r)
	return &t
}

// Recorded reports whether a Recorder sees the scope's operations.
func (s *Scope) Recorded() bool { return len(s.recorder) > 0 }

// Apart is a scope like s that no Recorder sees; an eager one has values and a
// first error of its own, and is to be closed.
func (s *Scope) Apart() *Scope {
	t := *s
	t.recorder = nil
	if s.e != nil {
		t.root = &root{}
		t.root.err = s.root.err
	}
	return &t
}

// Close frees the values made on an eager scope and its variants, except those
// given to Keep; no operation can be run on it after. On a graph scope it does
// nothing.
func (s *Scope) Close() error {
	if s.e == nil {
		return nil
	}
	s.root.arena.close()
	for _, c := range s.root.cancels {
		c.Close()
	}
	s.root.cancels = nil
	return nil
}

// Local is o as operations on s see it: in the body of a function, the argument
// that stands for a value from outside. It fails the scope where there is none.
func (s *Scope) Local(o Output) Output {
	o, _ = s.local("use of "+o.Name(), o, 0)
	return o
}

// opName is the name to make unique for an operation of the given type.
func (s *Scope) opName(typ string) string {
	if s.name != "" {
		return s.prefix + s.name
	}
	return s.prefix + typ
}

// Keep takes values out of the scope's ownership: they live until the Output
// is closed or collected. It returns its first argument. On a graph scope it does nothing.
func (s *Scope) Keep(outs ...Output) Output {
	for _, o := range outs {
		if o.n != nil && o.n.e != nil {
			s.root.arena.release(o.n)
		}
	}
	if len(outs) == 0 {
		return Output{}
	}
	return outs[0]
}
