package tf

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
)

const fewOutputs = 64 // more take an allocation

// addNode adds the operation to the scope's graph.
func (b *OpBuilder) addNode() *node {
	s, g := b.s, b.s.g
	if err := g.acquire(); err != nil {
		s.fail(b.opType(), err)
		return nil
	}
	defer g.h.Release()
	control := make([]*ctf.Operation, len(s.control))
	for i, c := range s.control {
		if c.n == nil || c.n.g != g {
			s.fail(b.opType(), Errorf("", InvalidArgument, "control input %s is not in this graph", c.Name()))
			return nil
		}
		control[i] = c.n.op
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	name := b.name
	if name == "" {
		name = g.unique(s.opName(b.opType()))
	}
	if !validName(name) {
		s.fail(fmt.Sprintf("%s %q", b.opType(), name), Errorf("", InvalidArgument, "a name begins with a letter, digit or point; after it _ - / > and \\ may stand too"))
		return nil
	}
	var buf [fewOutputs]int32
	op, k, st := ctf.GraphOp(g.p, b.typ, name+"\x00", s.device, b.ins, b.counts, control, b.at, buf[:])
	if st.Code != 0 {
		s.fail(fmt.Sprintf("%s %q", b.opType(), name), check("", st))
		return nil
	}
	n := &node{g: g, typ: b.typ, op: op, name: name, hasInputs: true, ins: append([]Output(nil), b.outs...)}
	if k > len(buf) {
		n.dts = ctf.OpOutputs(op)
	} else {
		n.dts = append([]int32(nil), buf[:k]...)
	}
	runtime.Callers(4, n.pcs[:])
	g.nodes[op] = n
	return n
}

// run runs the operation in the scope's context.
func (b *OpBuilder) run() *node {
	s, a := b.s, &b.s.root.arena
	err := b.checkInputs()
	if err == nil {
		err = a.open(s.e)
	}
	if err != nil {
		s.fail(b.opType(), err)
		return nil
	}
	defer a.tidy()
	var cancel *ctf.CancellationManager
	if s.cancel != nil {
		c, err := s.cancel.Acquire()
		if err != nil {
			s.fail(b.opType(), Errorf("", FailedPrecondition, "the scope is closed"))
			return nil
		}
		defer s.cancel.Release()
		cancel = c.m
	}
	var hbuf [fewOutputs]*ctf.TensorHandle
	var tbuf [fewOutputs]int32
	hs, dts := hbuf[:], tbuf[:]
	op := s.e.c.takeOp()
	k, nbytes, st := ctf.RunOp(s.e.c.p, &op, b.typ, s.device, b.ins, b.counts, b.at, hs, dts, cancel)
	if want := outputsWanted(st); want > len(hs) {
		hs, dts = make([]*ctf.TensorHandle, want), make([]int32, want)
		k, nbytes, st = ctf.RunOp(s.e.c.p, &op, b.typ, s.device, b.ins, b.counts, b.at, hs, dts, cancel)
	}
	s.e.c.giveOp(op)
	if st.Code != 0 {
		if s.ctx != nil && s.ctx.Err() != nil {
			s.fail(b.opType(), contextError("", s.ctx))
		} else {
			s.fail(b.opType(), check("", st))
		}
		return nil
	}
	n := &node{e: s.e, typ: b.typ}
	if k == 1 {
		n.setOne(hs[0], dts[0])
	} else {
		n.hs = append([]*ctf.TensorHandle(nil), hs[:k]...)
		n.dts = append([]int32(nil), dts[:k]...)
	}
	a.add(n, nbytes)
	return n
}

func (n *node) setOne(h *ctf.TensorHandle, dtype int32) {
	n.oneHandle[0], n.oneType[0] = h, dtype
	n.hs, n.dts = n.oneHandle[:], n.oneType[:]
}

// outputsWanted is how many outputs an operation has that failed, before it
// ran, because it has more than there was room for; else 0.
func outputsWanted(st ctf.Status) (n int) {
	if st.Code == int32(InvalidArgument) {
		fmt.Sscanf(st.Message, "Expecting %d outputs", &n)
	}
	return n
}

// checkInputs compares the inputs with the operation's definition: eager
// operations do not, and a surplus input ends the process.
func (b *OpBuilder) checkInputs() error {
	if b.function {
		return nil
	}
	def := opDef(b.opType())
	if def == nil {
		return nil // the runtime says so
	}
	if len(b.counts) != len(def.InputArg) {
		return Errorf("", InvalidArgument, "the operation has %d inputs, got %d", len(def.InputArg), len(b.counts))
	}
	for i, arg := range def.InputArg {
		isList := arg.NumberAttr != "" || arg.TypeListAttr != ""
		if isList && b.counts[i] < 0 {
			return Errorf("", InvalidArgument, "input %s is a list, got a single value", arg.Name)
		}
		if !isList && b.counts[i] >= 0 {
			return Errorf("", InvalidArgument, "input %s is a single value, got a list", arg.Name)
		}
	}
	return nil
}

// validName reports whether TensorFlow would import a node of that name.
func validName(name string) bool {
	for i, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.':
		case i == 0 || strings.IndexByte(`_\/>-`, c) < 0:
			return false
		}
	}
	return name != ""
}
