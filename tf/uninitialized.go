package tf

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
)

// noValue is the error of using a variable that was not assigned.
func noValue(name string) *Error {
	what := "a variable"
	if name != "" {
		what = "variable " + strconv.Quote(name)
	}
	return Errorf("", FailedPrecondition, "%s has no value: run its initial Assign first, or restore a checkpoint", what)
}

// usesVariable reports whether an operation needs the value of a variable that is
// its input.
func usesVariable(op string) bool {
	switch op {
	case "ReadVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "VariableShape":
		return true
	}
	return strings.HasPrefix(op, "Resource")
}

// isUnassigned reports whether n is an eager variable that may have no value.
func (n *node) isUnassigned() bool {
	return n.e != nil && n.typ == "VarHandleOp\x00" && !n.assigned.Load()
}

// needVariables fails the scope if b uses an eager variable that has no value. To
// TensorFlow it is a vector of length 0.
func (b *OpBuilder) needVariables() {
	if b.s.root.err == nil && usesVariable(b.opType()) {
		if err := b.unassignedInput(); err != nil {
			b.s.fail(b.opType(), err)
		}
	}
}

// isAssigned asks whether an eager variable has a value, which it then keeps.
func (n *node) isAssigned() (bool, error) {
	s := n.e.Scope()
	defer s.Close()
	t, err := s.Begin("VarIsInitializedOp\x00").In(Output{n: n}).One().Value()
	if err != nil {
		return false, err
	}
	defer t.Close()
	has := false
	err = View(t, func(v []bool) { has = len(v) == 1 && v[0] })
	if has {
		n.assigned.Store(true)
	}
	return has, err
}

// unassignedInput is the error of the first input that is a variable without a
// value, or nil.
func (b *OpBuilder) unassignedInput() *Error {
	for _, o := range b.outs {
		if !o.n.isUnassigned() {
			continue
		}
		if has, err := o.n.isAssigned(); err == nil && !has {
			return noValue(o.n.name)
		}
	}
	return nil
}

// What the runtime says when a variable has no value, and where it names it.
var (
	missingVariable = regexp.MustCompile(`Could not find (?:variable|resource)|[Ii]nvalid variable reference|uninitialized variable|Error while reading resource variable|Resource \S+ does not exist`)
	variableName    = regexp.MustCompile(`Could not find variable (\S+)\.|Could not find resource: [^/\s]*/([^\s)]+)|reading resource variable (\S+) from|uninitialized variables?: (\S+)|Resource [^/\s]*/(\S+)/\S+ does not exist`)
)

// unassigned is the error of a run that failed because a variable has no value,
// or nil. The failed node is in function, if that is not empty; if node is, it is
// one that the run's fetches or targets need.
func (s *Session) unassigned(message, function, node string, r *step) *Error {
	if !missingVariable.MatchString(message) || s.g.acquire() != nil {
		return nil
	}
	defer s.g.h.Release()
	if m := variableName.FindStringSubmatch(message); m != nil {
		for _, v := range s.g.variables() {
			if name := v.variableName(); strings.Contains(" "+strings.Join(m[1:], " ")+" ", " "+name+" ") {
				return noValue(name)
			}
		}
	}
	for _, v := range variablesOf(s.g.failed(function, node, r)) {
		if has, known := s.isAssigned(v); known && !has {
			return noValue(v.variableName())
		}
	}
	return nil
}

// variables are g's handles of variables.
func (g *Graph) variables() (vars []*node) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for n := range g.each {
		if n.typ == "VarHandleOp\x00" {
			vars = append(vars, n)
		}
	}
	return vars
}

// failed are the operations of g of which one is, or calls, the node that failed.
func (g *Graph) failed(function, name string, r *step) (ops []Op) {
	for end := len(name); function == "" && end > 0; end = strings.LastIndexByte(name[:end], '/') {
		if op, err := g.Op(name[:end]); err == nil {
			return []Op{op}
		}
	}
	for _, op := range g.upstream(r) {
		if name == "" || op.AttrFunc("f") == function {
			ops = append(ops, op)
		}
	}
	return ops
}

// upstream are the operations that the fetches and targets of a run need.
func (g *Graph) upstream(r *step) (ops []Op) {
	g.mu.Lock()
	for _, in := range r.fetches {
		ops = append(ops, Op{g.node((*ctf.Operation)(in.P))})
	}
	for _, op := range r.targets {
		ops = append(ops, Op{g.node(op)})
	}
	g.mu.Unlock()
	seen := map[Op]bool{}
	for i := 0; i < len(ops); i++ {
		for _, in := range ops[i].Inputs() {
			if op := in.Op(); !seen[op] {
				seen[op] = true
				ops = append(ops, op)
			}
		}
		for _, op := range ops[i].ControlInputs() {
			if !seen[op] {
				seen[op] = true
				ops = append(ops, op)
			}
		}
	}
	return ops
}

// variablesOf are the variables whose values ops use.
func variablesOf(ops []Op) (vars []*node) {
	for _, op := range ops {
		if op.Type() == "AssignVariableOp" || op.Type() == "VarIsInitializedOp" {
			continue
		}
		for _, in := range op.Inputs() {
			for in.Op().Type() == "Identity" {
				in = in.Op().Input(0)
			}
			if in.Op().Type() == "VarHandleOp" {
				vars = append(vars, in.n)
			}
		}
	}
	return vars
}

// variableName is the name under which a handle's variable is shared.
func (n *node) variableName() string {
	if name := string(opAttr(n.op, "shared_name").GetS()); name != "" {
		return name
	}
	return n.name
}

// isAssigned asks the session whether a variable has a value, by a node that is
// added to the graph the first time.
func (s *Session) isAssigned(v *node) (has, known bool) {
	ask, err := s.g.Op(v.name + "/IsInitialized")
	if err != nil {
		t := s.g.Scope()
		ask = t.Named(v.name + "/IsInitialized").Begin("VarIsInitializedOp\x00").In(Output{n: v}).One().Op()
	}
	if ask.Type() != "VarIsInitializedOp" || ask.Input(0).n != v {
		return false, false
	}
	c, err := s.h.Acquire()
	if err != nil {
		return false, false
	}
	defer s.h.Release()
	out := []*ctf.Tensor{nil}
	if st := ctf.Run(c, nil, nil, []ctf.In{ask.Output(0).in()}, out, nil); st.Code != 0 {
		return false, false
	}
	t := adopt(out[0])
	defer t.Close()
	err = View(t, func(b []bool) { has = len(b) == 1 && b[0] })
	return has, err == nil
}
