package tf

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
)

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
	control = checksOf(checksOf(control, s.control), b.outs)
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
	op, k, st := ctf.GraphOp(g.p, b.typ, name+"\x00", s.device, b.ins, b.counts, control, b.at, b.dts)
	if st.Code != 0 {
		if opDef(b.opType()) == nil {
			st.Code = int32(NotFound) // as the eager runtime says
		}
		s.fail(fmt.Sprintf("%s %q", b.opType(), name), b.refused(st))
		return nil
	}
	n := &node{g: g, typ: b.typ, op: op, name: name, hasInputs: true, ins: append([]Output(nil), b.outs...)}
	if k > len(b.dts) {
		n.dts = ctf.OpOutputs(op)
	} else {
		n.dts = append([]int32(nil), b.dts[:k]...)
	}
	runtime.Callers(4, n.pcs[:])
	g.nodes[op] = n
	return n
}

// run runs the operation in the scope's context.
func (b *OpBuilder) run() *node {
	s, a := b.s, &b.s.root.arena
	counts, err := b.inferAttrs()
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
	hs, dts := b.hs, b.dts
	op, k, nbytes, st := ctf.RunOp(s.e.c.p, s.e.c.takeOp(), b.typ, s.device, b.ins, counts, b.at, hs, dts, cancel)
	if want := outputsWanted(st); want > len(hs) {
		hs, dts = make([]*ctf.TensorHandle, want), make([]int32, want)
		op, k, nbytes, st = ctf.RunOp(s.e.c.p, op, b.typ, s.device, b.ins, counts, b.at, hs, dts, cancel)
	}
	s.e.c.giveOp(op)
	if st.Code != 0 {
		if s.ctx != nil && s.ctx.Err() != nil {
			s.fail(b.opType(), contextError("", s.ctx))
		} else {
			inside, err := b.explain(st)
			s.failAt(b.opType(), inside, err)
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

// explain is the error of an eager operation, with the node that failed if it is
// a function.
func (b *OpBuilder) explain(st ctf.Status) (inside string, err error) {
	if inside, err := numericsError(st.Message); err != nil {
		return inside, err
	}
	if x := readXLARefusal(st.Message); x != nil {
		if d := b.function.within(x.inside); d != nil {
			inside = d.where(x.node)
		}
		return inside, &Error{Code: Code(st.Code), Message: x.String()}
	}
	if m := nodeMark.FindStringSubmatch(st.Message); m != nil && b.function != nil {
		inside = b.function.where(m[1])
	}
	if op, _, _ := strings.Cut(inside, " "); usesVariable(op) || op == "EnsureShape" {
		if err := b.unassignedInput(); err != nil {
			return inside, err
		}
	}
	return inside, check("", st)
}
