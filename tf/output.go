package tf

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/gotf/gotf/internal/ctf"
)

// Output is one result of an operation: an endpoint of a graph, or a value on an
// eager scope. Outputs can be compared; the zero Output is none. An operation
// without results has an Output too, for use as a target or in [Scope.After].
type Output struct {
	n *node
	i int32
}

// node is an operation of a graph, or what an eager operation left.
type node struct {
	g   *Graph // one of g and e is nil
	e   *Eager
	typ string // ends in NUL
	dts []int32

	op   *ctf.Operation // graph
	name string         // also of an eager variable
	pcs  [6]uintptr     // where it was made

	checks []*ctf.Operation // graph: fail if a result holds a NaN or an Inf

	hs     []*ctf.TensorHandle // eager; valid while owner is held
	owner  *owner
	at     int   // index of hs in the owner's values
	nbytes int64 // of hs
	kept   bool  // owner owns nothing else

	assigned atomic.Bool // eager variable: it has a value

	hasInputs bool
	ins       []Output
	counts    []int32      // of recorded eager operations: -1 for a single input, else the length of a list
	attrs     []byte       // of recorded eager operations: as the builder wrote them
	funcs     []recorded   // of recorded eager operations; held by owner
	gradient  GradientFunc // instead of that of the operation's type

	shape atomic.Pointer[Shape] // graph: what Session.Run compares a feed of output 0 with

	oneHandle [1]*ctf.TensorHandle // backs hs and dts of the common case
	oneType   [1]int32
}

// noOutput is what errors say of the zero Output.
const noOutput = "there is no output; a gradient is missing where y does not depend on x"

// IsNil reports whether o is no output.
func (o Output) IsNil() bool { return o.n == nil }

// DType is the type of the elements; 0 for an operation without results.
func (o Output) DType() DType {
	if o.n == nil || int(o.i) >= len(o.n.dts) {
		return 0
	}
	return DType(o.n.dts[o.i])
}

// Index is the position among the operation's results.
func (o Output) Index() int { return int(o.i) }

// Op is the operation that gives o.
func (o Output) Op() Op { return Op{o.n} }

// Name is "op:index", such as "dense/MatMul:0", in a graph; on an eager scope it
// is the operation's type.
func (o Output) Name() string {
	switch {
	case o.n == nil:
		return "none"
	case o.n.g != nil:
		return fmt.Sprintf("%s:%d", o.n.name, o.i)
	}
	return o.Op().Type()
}

// String describes the output: "dense/MatMul:0 float32 (None, 10)", and an eager
// value with its first elements.
func (o Output) String() string {
	if o.n == nil {
		return "no output"
	}
	if t, err := o.Value(); err == nil {
		defer t.Close()
		return o.Name() + " " + t.String()
	}
	return fmt.Sprintf("%s %v %v", o.Name(), o.DType(), o.Shape())
}

// Eager reports whether o is a value rather than an endpoint of a graph.
func (o Output) Eager() bool { return o.n != nil && o.n.e != nil }

// Shape is what is known of the shape: in a graph what could be inferred, on an
// eager scope the exact shape. It is nil when nothing is known, and when the
// graph or the value is closed.
func (o Output) Shape() (shape Shape) {
	if o.n == nil || int(o.i) >= len(o.n.dts) {
		return nil
	}
	o.n.use(func() {
		var d []int64
		var s ctf.Status
		if o.n.e == nil {
			d, s = ctf.OutputShape(o.n.g.p, o.n.op, int(o.i))
		} else {
			d, s = ctf.HandleShape(o.n.hs[o.i])
		}
		if s.Code == 0 {
			shape = d
		}
	})
	return shape
}

// Device names the device that an eager value is on, or that a graph's
// operation is asked to run on ("" is any).
func (o Output) Device() (name string) {
	if o.n == nil {
		return ""
	}
	o.n.use(func() {
		if o.n.e == nil {
			name = ctf.OpDevice(o.n.op)
		} else if int(o.i) < len(o.n.hs) {
			name, _ = ctf.HandleDevice(o.n.hs[o.i])
		}
	})
	return name
}

// use calls f with n's C objects held. It returns false if they are closed.
func (n *node) use(f func()) bool {
	if n.g != nil {
		if n.g.acquire() != nil {
			return false
		}
		defer n.g.h.Release()
	} else {
		if _, err := n.owner.Acquire(); err != nil {
			return false
		}
		defer n.owner.Release()
	}
	f()
	return true
}

// Value copies an eager value to the host. In a graph it is a
// FailedPrecondition error: run a Session instead.
func (o Output) Value() (t *Tensor, err error) {
	if o.n == nil {
		return nil, Errorf("value of none", FailedPrecondition, noOutput)
	}
	if o.n.e == nil || int(o.i) >= len(o.n.hs) {
		return nil, Errorf("value of "+o.Name(), FailedPrecondition, "not an eager value; fetch it with Session.Run")
	}
	open := o.n.use(func() {
		c, s := ctf.Resolve(o.n.hs[o.i])
		if err = check("value of "+o.Name(), s); err == nil {
			t = adopt(c)
		}
	})
	if !open {
		return nil, Errorf("value of "+o.Name(), FailedPrecondition, "it is closed")
	}
	return t, err
}

// Close frees a value that [Scope.Keep] returned, with all results of its
// operation. On others it does nothing.
func (o Output) Close() error {
	if o.n == nil || !o.n.kept {
		return nil
	}
	return o.n.owner.Close()
}

// in is o for a C call, while o's graph or owner is held.
func (o Output) in() ctf.In {
	if o.n.e != nil {
		return ctf.In{P: unsafe.Pointer(o.n.hs[o.i])}
	}
	return ctf.In{P: unsafe.Pointer(o.n.op), I: o.i}
}
