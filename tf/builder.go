package tf

import (
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
)

// OpBuilder makes one operation. [Scope.Begin] starts it; inputs and attributes
// follow in any order, inputs in the order of the operation's definition; One,
// Outs or Node ends it. The functions of package tf/op are made of this; use it
// yourself for operations that a loaded library registers.
type OpBuilder struct {
	s      *Scope
	typ    string // ends in NUL
	ins    []ctf.In
	counts []int32 // -1 for a single input, else the length of a list
	outs   []Output
	at     []byte
	name   string     // exact, taken already; "" to use the scope's
	held   []releaser // what must stay open until the operation is made
	funcs  []*Function

	unassigned  bool // an input may be a variable without a value
	handwritten bool // the attributes' names may be wrong

	flat []int32             // counts of inputs that are passed one by one
	hs   []*ctf.TensorHandle // room for fewOutputs results
	dts  []int32

	function *definition // not nil: typ is a function, whose call checked the inputs
}

const fewOutputs = 64 // more take an allocation

type releaser interface{ Release() }

// Methods that generated code calls are kept out of line: inlining them would
// make package tf/op several times larger.

var builders = sync.Pool{New: func() any {
	return &OpBuilder{
		ins: make([]ctf.In, 0, 8), counts: make([]int32, 0, 8), outs: make([]Output, 0, 8), at: make([]byte, 0, 256),
		hs: make([]*ctf.TensorHandle, fewOutputs), dts: make([]int32, fewOutputs),
	}
}}

// Begin starts an operation of the given type, such as "MatMul".
//
//go:noinline
func (s *Scope) Begin(typ string) *OpBuilder {
	generated := strings.HasSuffix(typ, "\x00")
	if !generated {
		typ += "\x00"
	}
	b := builders.Get().(*OpBuilder)
	b.s, b.typ, b.name, b.function, b.handwritten = s, typ, "", nil, !generated
	if strings.IndexByte(typ, 0) != len(typ)-1 {
		s.fail(strings.ReplaceAll(typ, "\x00", `\0`), Errorf("", InvalidArgument, "an operation's type may not contain NUL"))
	}
	return b
}

// In adds a single input.
//
//go:noinline
func (b *OpBuilder) In(o Output) *OpBuilder {
	b.input(o)
	b.counts = append(b.counts, -1)
	return b
}

// InList adds an input that is a list.
//
//go:noinline
func (b *OpBuilder) InList(os []Output) *OpBuilder {
	for _, o := range os {
		b.input(o)
	}
	b.counts = append(b.counts, int32(len(os)))
	return b
}

func (b *OpBuilder) input(o Output) {
	if b.s.root.err != nil {
		return
	}
	o, ok := b.s.local(b.opType(), o, len(b.outs))
	if !ok {
		return
	}
	if w := o.n.owner; w != nil && w != b.s.root.arena.h {
		if _, err := w.Acquire(); err != nil {
			b.s.fail(b.opType(), Errorf("", FailedPrecondition, "input %d is a value that is closed", len(b.outs)))
			return
		}
		b.held = append(b.held, w)
	}
	if o.n.dts[o.i] == int32(Resource) && o.n.isUnassigned() {
		b.unassigned = true
	}
	b.ins = append(b.ins, o.in())
	b.outs = append(b.outs, o)
}

// opType is the operation's type.
func (b *OpBuilder) opType() string { return b.typ[:len(b.typ)-1] }

// local is o as an input on s: o itself, or the placeholder that stands for it in the
// body of a function. It fails the scope if there is none.
func (s *Scope) local(op string, o Output, i int) (Output, bool) {
	bad := func(code Code, format string, args ...any) (Output, bool) {
		s.fail(op, Errorf("", code, "input %d "+format, append([]any{i}, args...)...))
		return Output{}, false
	}
	switch {
	case o.n == nil:
		return bad(InvalidArgument, "is missing; so is a gradient where y does not depend on x")
	case int(o.i) >= len(o.n.dts):
		return bad(InvalidArgument, "is %s, which has no results", o.Name())
	case s.e != nil && o.n.g != nil && o.n.g.body != nil:
		return bad(InvalidArgument, "is %s", o.leaked())
	case s.e != nil && o.n.g != nil:
		return bad(InvalidArgument, "is %s of a graph; an eager scope takes eager values", o.Name())
	case s.e != nil && o.n.e != s.e:
		return bad(InvalidArgument, "belongs to another eager context")
	case s.e != nil && o.n.owner.Closed():
		return bad(FailedPrecondition, "is a value that is closed")
	case s.g != nil && o.n.g != s.g:
		if s.g.body != nil {
			return s.g.body.capture(s, o)
		}
		if o.n.e != nil {
			return bad(InvalidArgument, "is an eager value; a graph takes outputs of its own")
		}
		if o.n.g.body != nil {
			return bad(InvalidArgument, "is %s", o.leaked())
		}
		return bad(InvalidArgument, "is %s of another graph", o.Name())
	}
	return o, true
}

// leaked says of a value of a function's body, used outside, where it was made.
func (o Output) leaked() string {
	made := ""
	if where := o.Op().Where(); where != "" {
		made = " (made at " + where + ")"
	}
	return o.Name() + " of the body of a function" + made + "; outside of it only its results can be used"
}

// One ends an operation that has one result, and returns it.
//
//go:noinline
func (b *OpBuilder) One() Output {
	if n := b.done(); n != nil {
		return Output{n: n}
	}
	return Output{}
}

// Node ends an operation without results.
//
//go:noinline
func (b *OpBuilder) Node() Output { return b.One() }

// Outs ends an operation and returns its results, or nil if it failed.
//
//go:noinline
func (b *OpBuilder) Outs() []Output {
	n := b.done()
	if n == nil {
		return nil
	}
	return n.outputs()
}

func (n *node) outputs() []Output {
	out := make([]Output, len(n.dts))
	for i := range out {
		out[i] = Output{n, int32(i)}
	}
	return out
}

func (b *OpBuilder) done() (n *node) {
	s := b.s
	if s.root.err == nil && s.ctx != nil && s.ctx.Err() != nil {
		s.fail(b.opType(), contextError("", s.ctx))
	}
	if b.handwritten {
		b.checkAttrNames()
	}
	if s.root.err == nil && s.attrs != nil {
		s.attrs(b)
	}
	if b.unassigned {
		b.needVariables()
	}
	if s.root.err == nil {
		if s.g != nil {
			n = b.addNode()
		} else {
			n = b.run()
		}
	}
	if n != nil && s.checking() {
		n = b.checkNumerics(n)
	}
	if n != nil {
		for _, r := range s.recorder {
			r.see(n, b.outs, b)
		}
	}
	b.recycle()
	return n
}

func (b *OpBuilder) recycle() {
	for _, h := range b.held {
		h.Release()
	}
	clear(b.held)
	clear(b.outs)
	clear(b.funcs)
	b.ins, b.counts, b.outs, b.at, b.held, b.funcs = b.ins[:0], b.counts[:0], b.outs[:0], b.at[:0], b.held[:0], b.funcs[:0]
	b.s, b.function, b.unassigned = nil, nil, false
	if cap(b.at) <= maxPooledAttrs {
		builders.Put(b)
	}
}

const maxPooledAttrs = 64 << 10 // bytes
