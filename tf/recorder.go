package tf

import "runtime"

// Recorder notes the operations that depend on watched values, in the order
// they are made. It serves one goroutine; what it noted of an eager scope is
// usable until that scope closes.
type Recorder struct {
	// Call, if not nil, is what [Function.Call] does on a recorded scope where an
	// argument, or a variable that the function uses, is watched. args are all that
	// the function takes, also what it captured; calls on s are calls.
	Call func(s *Scope, f *Function, args []Output) []Output

	watched   map[Output]bool
	ops       []Op
	variables []Output
	automatic bool
	all       bool
	stopped   bool
}

// NewRecorder watches nothing yet. See [Scope.Recording].
func NewRecorder() *Recorder { return &Recorder{watched: map[Output]bool{}} }

// Watch adds values whose consumers are noted.
func (r *Recorder) Watch(outs ...Output) {
	for _, o := range outs {
		r.watched[o] = true
	}
}

// WatchVariables makes the recorder watch the handles of all variables that
// recorded operations use.
func (r *Recorder) WatchVariables(on bool) { r.automatic = on }

// NoteAll makes the recorder note all operations, whatever they depend on.
func (r *Recorder) NoteAll(on bool) { r.all = on }

// Variables are the handles watched because of WatchVariables, in the order in
// which they were used first.
func (r *Recorder) Variables() []Output { return r.variables }

// Watched reports whether o is watched or depends on what is.
func (r *Recorder) Watched(o Output) bool { return r.watched[o] }

// Ops are the operations noted so far.
func (r *Recorder) Ops() []Op { return r.ops }

// Pause stops the recorder from noting, or lets it go on. It reports whether it
// was stopped.
func (r *Recorder) Pause(paused bool) (before bool) {
	before, r.stopped = r.stopped, paused
	return before
}

// Reset forgets all.
func (r *Recorder) Reset() {
	clear(r.watched)
	r.ops, r.variables = nil, nil
}

// notes reports whether an operation on ins is to be noted.
func (r *Recorder) notes(ins []Output) (yes bool) {
	if r.stopped {
		return false
	}
	yes = r.all
	for _, o := range ins {
		if r.watched[o] || o.n.g != nil && o.n.g.body != nil && r.watched[o.outer()] {
			r.watched[o] = true
			yes = true
		} else if r.automatic && DType(o.n.dts[o.i]) == Resource && r.variable(o) {
			yes = true
		}
	}
	return yes
}

// variable watches o if it is the handle of a variable, here or outside of the
// function whose body o is in.
func (r *Recorder) variable(o Output) bool {
	origin := o.outer()
	if origin.n.typ != "VarHandleOp\x00" {
		return false
	}
	r.watched[o] = true
	r.variables = append(r.variables, origin)
	return true
}

// outer is the value of an outer scope that o stands for in a function's body,
// else o.
func (o Output) outer() Output {
	for o.n.g != nil && o.n.g.body != nil {
		b := o.n.g.body
		i := 0
		for i < len(b.holders) && b.holders[i] != o {
			i++
		}
		if i == len(b.holders) {
			break
		}
		o = b.captured[i]
	}
	return o
}

// see notes n if it depends on what is watched. b is the builder that made it, nil
// if n was imported.
func (r *Recorder) see(n *node, ins []Output, b *OpBuilder) {
	if !r.notes(ins) {
		return
	}
	if b != nil && n.g == nil && !n.hasInputs {
		n.hasInputs = true
		n.ins = append([]Output(nil), ins...)
		n.attrs = append([]byte(nil), b.at...)
		n.counts = append([]int32(nil), b.counts...)
		n.holdFunctions(b.funcs, b.s.root.arena.v)
		runtime.Callers(4, n.pcs[:])
	}
	for i := range n.dts {
		r.watched[Output{n, int32(i)}] = true
	}
	r.ops = append(r.ops, Op{n})
}
