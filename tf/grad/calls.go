package grad

import (
	"fmt"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// callRules are the gradients of calls of functions and of control flow.
func callRules() map[string]rule {
	return map[string]rule{
		"PartitionedCall":         callRule,
		"StatefulPartitionedCall": callRule,
		"If":                      branchRule("then_branch", "else_branch"),
		"StatelessIf":             branchRule("then_branch", "else_branch"),
		"Case":                    branchRule("branches"),
		"StatelessCase":           branchRule("branches"),
		"While":                   whileRule,
		"StatelessWhile":          whileRule,
	}
}

// callRule differentiates a call: in a graph through a copy of the function's
// operations, on an eager scope by functions derived from it.
func callRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	f, err := o.Func("f")
	if err != nil {
		s.SetErr(err)
		return nil
	}
	defer f.Close()
	return callGradient(s, o, f, dy, need)
}

func callGradient(s *tf.Scope, o tf.Op, f *tf.Function, dy []tf.Output, need []bool) []tf.Output {
	if s.Eager() {
		return recall(s, o, f, dy)
	}
	if overwritten(s, o, f) {
		return nil
	}
	fs := forwardScope(s, o)
	cut := make([]tf.Output, o.NumInputs())
	for i, x := range o.Inputs() {
		cut[i] = identity(fs, x)
	}
	outs := f.Inline(fs, cut...)
	if s.SetErr(fs.Err()); s.Err() != nil {
		return nil
	}
	ops := upstream(some(outs, dy), cut)
	if bad := impure(ops, cut); !bad.IsNil() {
		return again(s, o, bad.Type(), fmt.Sprintf("%q", bad.Name()))
	}
	return through(s, ops, outs, cut, dy, need)
}

// forwardScope is where operations go that repeat part of the forward
// computation: the graph that o is in, which may be that of a body around s's.
func forwardScope(s *tf.Scope, o tf.Op) *tf.Scope {
	if g := o.Graph(); g != nil && g != s.Graph() {
		if around := s.Around(g); around != nil {
			return around.Sub("gradients").Sub(o.Name() + "_forward")
		}
		return g.Scope()
	}
	return s
}

// some are the outs that have a gradient.
func some(outs, dy []tf.Output) (ys []tf.Output) {
	for i, y := range outs {
		if !dy[i].IsNil() {
			ys = append(ys, y)
		}
	}
	return ys
}

// through is the gradient of outs, computed by ops from xs, by those of xs that
// are needed.
func through(s *tf.Scope, ops []tf.Op, outs, xs, dy []tf.Output, need []bool) []tf.Output {
	var ys, dys, by []tf.Output
	for i, y := range outs {
		if !dy[i].IsNil() {
			ys, dys = append(ys, y), append(dys, dy[i])
		}
	}
	for i, x := range xs {
		if need[i] {
			by = append(by, x)
		}
	}
	got := dense(s, pullback(s, ops, ys, by, dys))
	dxs := make([]tf.Output, len(xs))
	for i := range xs {
		if need[i] {
			dxs[i], got = got[0], got[1:]
		}
	}
	return dxs
}

// reads are stateful operations that may run twice, as long as nothing writes
// in between.
var reads = map[string]bool{
	"VarHandleOp": true, "ReadVariableOp": true, "ResourceGather": true, "ResourceGatherNd": true,
	"VariableShape": true, "VarIsInitializedOp": true, "Placeholder": true, "Assert": true, "CheckNumerics": true, "CheckNumericsV2": true, "Print": true, "PrintV2": true,
	"HashTableV2": true, "LookupTableFindV2": true, "LookupTableSizeV2": true, "Variable": true, "VariableV2": true,
}

// bodies are the attributes of operations that hold functions.
var bodies = map[string][]string{
	"PartitionedCall": {"f"}, "StatefulPartitionedCall": {"f"},
	"If": {"then_branch", "else_branch"}, "StatelessIf": {"then_branch", "else_branch"},
	"Case": {"branches"}, "StatelessCase": {"branches"},
	"While": {"cond", "body"}, "StatelessWhile": {"cond", "body"},
}

// impure finds, among ops and those they wait for, one that must not run twice.
// What the arguments, that the ops begin with, wait for is not asked.
func impure(ops []tf.Op, args []tf.Output) tf.Op {
	seen := map[tf.Op]bool{}
	for _, a := range args {
		for _, c := range a.Op().ControlInputs() {
			seen[c] = true
		}
	}
	for todo := slices.Clone(ops); len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[o] {
			continue
		}
		seen[o] = true
		if !repeatable(o) {
			return o
		}
		todo = append(todo, o.ControlInputs()...)
	}
	return tf.Op{}
}

// repeatable reports whether o may run twice: it has no state, or only reads it,
// or calls functions in which everything may.
func repeatable(o tf.Op) bool {
	return !o.IsStateful() || reads[o.Type()] || calmBodies(o)
}

// calmBodies reports whether o calls functions, and all in them may run twice.
func calmBodies(o tf.Op) bool {
	attrs := bodies[o.Type()]
	for _, a := range attrs {
		fs, err := o.Funcs(a)
		if err != nil {
			return false
		}
		restless := slices.ContainsFunc(fs, func(f *tf.Function) bool { return onceOnly(f) != "" })
		closeAll(fs)
		if restless {
			return false
		}
	}
	return attrs != nil
}

// onceOnly is the type of an operation in f that must not run twice, or "".
func onceOnly(f *tf.Function) string {
	for _, t := range f.StatefulOps() {
		if !reads[t] && bodies[t] == nil {
			return t
		}
	}
	return ""
}

// overwritten fails the scope if f, which is to run again, writes what it reads.
func overwritten(s *tf.Scope, o tf.Op, f *tf.Function) bool {
	types, err := f.SideEffects()
	if err != nil {
		s.SetErr(err)
		return true
	}
	for _, t := range types {
		if !reads[t] {
			again(s, o, t, "in "+f.Name())
			return true
		}
	}
	return false
}

// again says that the gradient of o needs what an operation of type bad gave,
// which a second run would change.
func again(s *tf.Scope, o tf.Op, bad, name string) []tf.Output {
	return fail(s, o, tf.Unimplemented, "its gradient would run %s %s again, which changes its result or a variable; %s",
		bad, name, instead(s, o, bad))
}

// instead is what to do where the gradient of o must not run again an operation
// of type bad inside.
func instead(s *tf.Scope, o tf.Op, bad string) string {
	const stateless = "use stateless operations, or move the draw or the write out of the "
	for _, t := range []string{bad, o.Type()} {
		switch t {
		case "While", "StatelessWhile":
			return stateless + "loop"
		case "If", "StatelessIf", "Case", "StatelessCase":
			return stateless + "branches"
		}
	}
	switch taped := o.Gradient() != nil; {
	case s.Eager():
		return stateless + "function"
	case taped:
		return "use stateless operations, or Function.Inline in place of the call"
	}
	return "use a Tape, or Function.Inline in place of the call"
}

// zerosOf are zeros of the shape of an x without a gradient: of the value, for
// the handle of a variable of type d.
func zerosOf(s *tf.Scope, x tf.Output, d tf.DType) tf.Output {
	if x.DType() == tf.Resource {
		x = op.ReadVariableOp(s, x, d)
	}
	return op.ZerosLike(s, x)
}
