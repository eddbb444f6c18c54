package tf

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// tracer is what a Traced knows apart from types: what was traced, by where it
// may be called and by the kind of the arguments.
type tracer struct {
	name   string
	o      TraceOptions
	err    error // of Trace
	traces atomic.Int64

	mu     sync.Mutex
	homes  map[home]map[string][]*trace
	closed bool
}

func newTracer(name string, o TraceOptions) *tracer {
	o.Signature = slices.Clone(o.Signature)
	return &tracer{name: name, o: o, homes: map[home]map[string][]*trace{}}
}

// trace is a function made, or in the making, for one kind of arguments.
type trace struct {
	specs []TensorSpec // of the tensors that are present
	done  chan struct{}

	// Set before done is closed.
	fn     *Function
	layout any // of the results
	err    error
}

// bodyFunc builds the body of a function. It returns the results as a layout, the
// tensors in it and what those are called. absent says which tensors of the
// structure are not among args.
type bodyFunc func(s *Scope, args []Output, absent func(i int) bool) (layout any, outs []Output, names []string)

// compiled marks the kind of a function that a compiled one calls; it is none of
// the marks of CheckNumerics.
const compiled = 0xff

// usable reports whether t can be called on s; if not, s has failed.
func (t *tracer) usable(s *Scope) bool {
	s.SetErr(t.err)
	return s.root.err == nil
}

// get finds or makes the trace for the arguments a. If specs are given they stand
// for the tensors. It returns nil if s fails.
func (t *tracer) get(s *Scope, a *flat, specs []TensorSpec, names func() []string, f bodyFunc) *trace {
	c, err := t.find(s, a, specs, names, f)
	if err != nil {
		if e := (*Error)(nil); errors.As(err, &e) && e.Op != "" {
			s.SetErr(err) // it has a place
		} else {
			s.fail("call of "+t.name, err)
		}
		return nil
	}
	return c
}

func (t *tracer) find(s *Scope, a *flat, specs []TensorSpec, names func() []string, f bodyFunc) (*trace, error) {
	if h := s.level(); h.closed() {
		return nil, Errorf("", FailedPrecondition, "the %s is closed", h.kind())
	}
	want, err := t.specify(s, a, specs, names)
	if err != nil {
		return nil, err
	}
	key := t.key(a, want)
	if s.checking() {
		key = append(key, checkOn) // its body has nodes that check
	}
	if s.JIT() {
		key = append(key, compiled) // its loops are left to XLA
	}
	for {
		c, fresh, err := t.lookup(s, key, want)
		if err != nil {
			return nil, err
		}
		if fresh {
			t.make(s, c, key, names(), f)
		}
		select {
		case <-c.done:
		default:
			if s.within(c) {
				return nil, Errorf("", FailedPrecondition, "the function calls itself with the kind of arguments that it is traced for")
			}
			<-c.done
			if c.err == nil {
				continue // it may be of use elsewhere only
			}
		}
		return c, c.err
	}
}

// specify declares each tensor, as the call or the signature says. One that is
// absent has no type.
func (t *tracer) specify(s *Scope, a *flat, specs []TensorSpec, names func() []string) ([]TensorSpec, error) {
	if specs != nil {
		if len(specs) != len(a.outs) {
			return nil, Errorf("", InvalidArgument, "the arguments hold %d tensors, got %d specs", len(a.outs), len(specs))
		}
	} else {
		specs = make([]TensorSpec, len(a.outs))
		for i, o := range a.outs {
			if o.n == nil {
				continue
			}
			if !s.reaches(o) {
				s.local(argument(i, names())+" of "+t.name, o, i) // says why
				return nil, s.root.err
			}
			specs[i] = TensorSpec{DType: o.DType(), Shape: o.Shape()}
		}
	}
	if t.o.Signature == nil {
		return specs, nil
	}
	return t.signed(specs, names)
}

// signed declares the tensors as the signature does. An entry is for the next
// tensor that is present; entries of absent ones are passed over where there is
// one for each, or where they have the argument's name.
func (t *tracer) signed(specs []TensorSpec, names func() []string) ([]TensorSpec, error) {
	sig := t.o.Signature
	at, held := 0, 0
	declared := sig
	if len(sig) != len(specs) || slices.ContainsFunc(specs, TensorSpec.absent) {
		declared = make([]TensorSpec, len(specs))
	}
	for i, spec := range specs {
		if spec.absent() {
			if at < len(sig) && (len(sig) == len(specs) || sig[at].Name != "" && sig[at].Name == names()[i]) {
				at++
			}
			continue
		}
		if at == len(sig) {
			return nil, Errorf("", InvalidArgument, "the signature has %d tensors, the arguments hold more: %s has no entry", len(sig), argument(i, names()))
		}
		switch want := sig[at]; {
		case spec.DType != want.DType:
			return nil, Errorf("", InvalidArgument, "%s takes %v, got %v", argument(i, names()), want.DType, spec.DType)
		case !want.Shape.Accepts(spec.Shape):
			return nil, Errorf("", InvalidArgument, "%s takes shape %v, got %v", argument(i, names()), want.Shape, spec.Shape)
		}
		declared[i] = sig[at]
		at, held = at+1, held+1
	}
	if at < len(sig) || held == 0 && len(sig) > 0 {
		return nil, Errorf("", InvalidArgument, "the signature has %d tensors, the arguments hold %d%s", len(sig), held, absentOf(specs, names()))
	}
	return declared, nil
}

// absent reports whether s stands for a tensor that is not there.
func (s TensorSpec) absent() bool { return s.DType == 0 }

// absentOf names the arguments that are absent, as the end of a message.
func absentOf(specs []TensorSpec, names []string) string {
	var absent []string
	for i, spec := range specs {
		if spec.absent() {
			absent = append(absent, argument(i, names))
		}
	}
	if len(absent) == 0 {
		return ""
	}
	return ", not " + strings.Join(absent, ", ")
}

// key tells kinds of arguments apart.
func (t *tracer) key(a *flat, specs []TensorSpec) []byte {
	key := a.key
	for _, spec := range specs {
		key = binary.AppendUvarint(key, uint64(spec.DType))
		if t.o.ReduceRetracing || t.o.Signature != nil {
			continue
		}
		key = appendShape(key, spec.Shape)
	}
	return key
}

func appendShape(to []byte, s Shape) []byte {
	if s == nil {
		return append(to, 0)
	}
	to = binary.AppendUvarint(to, uint64(len(s)+1))
	for _, d := range s {
		to = binary.AppendVarint(to, d)
	}
	return to
}

// lookup finds a trace that accepts want, or enters a fresh one, to be made.
func (t *tracer) lookup(s *Scope, key []byte, want []TensorSpec) (c *trace, fresh bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, false, t.isClosed()
	}
	var known []*trace
	for h := range s.homes {
		for _, c := range t.homes[h][string(key)] {
			if c.accepts(want) {
				return c, false, nil
			}
			known = append(known, c)
		}
	}
	if t.o.ReduceRetracing && t.o.Signature == nil {
		for _, c := range known {
			want = relax(c.specs, want)
		}
	}
	c = &trace{specs: want, done: make(chan struct{})}
	t.enter(s.outermost(), key, c)
	return c, true, nil
}

func (c *trace) accepts(want []TensorSpec) bool {
	for i, spec := range c.specs {
		if !covers(spec.Shape, want[i].Shape) {
			return false
		}
	}
	return true
}

// covers reports whether all values of shape t are of shape s.
func covers(s, t Shape) bool {
	if s == nil || t == nil {
		return s == nil
	}
	if len(s) != len(t) {
		return false
	}
	for i, d := range s {
		if d >= 0 && d != t[i] {
			return false
		}
	}
	return true
}

// relax keeps what the shapes of two kinds have in common.
func relax(a, b []TensorSpec) []TensorSpec {
	out := slices.Clone(b)
	for i := range out {
		p, q := a[i].Shape, b[i].Shape
		if p == nil || len(p) != len(q) {
			out[i].Shape = nil
			continue
		}
		out[i].Shape = slices.Clone(q)
		for k, d := range p {
			if d != q[k] {
				out[i].Shape[k] = -1
			}
		}
	}
	return out
}

// make traces, with c entered under the outermost home, and enters it where it
// may be called.
func (t *tracer) make(s *Scope, c *trace, key []byte, names []string, f bodyFunc) {
	defer close(c.done)
	defer t.settle(s, c, key)
	c.err = Errorf("", Aborted, "the body panicked")
	t.traces.Add(1)
	c.err = c.build(s, t.name, t.o.JIT, names, f)
}

func (c *trace) build(s *Scope, name string, jit bool, names []string, f bodyFunc) error {
	b, err := BuildFunction(s)
	if err != nil {
		return err
	}
	defer b.Close()
	body := b.g.body
	body.tracing, body.jit = c, jit
	var args []Output
	for i, spec := range c.specs {
		if spec.absent() {
			continue
		}
		if spec.Name == "" {
			spec.Name = nodeName(names[i])
		}
		args = append(args, b.Arg(spec))
	}
	if err := b.s.Err(); err != nil {
		return err
	}
	layout, outs, called := f(b.s, args, func(i int) bool { return c.specs[i].absent() })
	if err := b.s.Err(); err != nil {
		return err
	}
	b.g.orderEffects()
	outs, called = presentOf(outs, called)
	body.resultNames = resultNames(called)
	c.fn, err = b.Function(name, outs)
	c.layout = layout
	return err
}

func presentOf(outs []Output, names []string) (o []Output, n []string) {
	for i, out := range outs {
		if out.n != nil {
			o, n = append(o, out), append(n, names[i])
		}
	}
	return o, n
}

// settle enters c where its captures are, or forgets it.
func (t *tracer) settle(s *Scope, c *trace, key []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kinds := t.homes[s.outermost()]
	kinds[string(key)] = slices.DeleteFunc(kinds[string(key)], func(other *trace) bool { return other == c })
	switch {
	case c.err != nil:
	case t.closed:
		c.fn.Close()
		c.err = t.isClosed()
	default:
		t.enter(s.homeOf(c.fn.captures), key, c)
	}
}

// enter adds c, and forgets what was traced for graphs and contexts that are
// closed. t.mu is held.
func (t *tracer) enter(h home, key []byte, c *trace) {
	kinds := t.homes[h]
	if kinds == nil {
		for old := range t.homes {
			if old.closed() {
				t.forget(old)
			}
		}
		kinds = map[string][]*trace{}
		t.homes[h] = kinds
	}
	kinds[string(key)] = append(kinds[string(key)], c)
}

// forget frees what was traced for a home. t.mu is held.
func (t *tracer) forget(h home) {
	for _, kind := range t.homes[h] {
		for _, c := range kind {
			select {
			case <-c.done:
				c.fn.Close()
			default: // settle will
			}
		}
	}
	delete(t.homes, h)
}

func (t *tracer) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for h := range t.homes {
		t.forget(h)
	}
}

func (t *tracer) isClosed() error {
	return Errorf("", FailedPrecondition, "the traced function is closed")
}
