package tf

import (
	"reflect"
	"strconv"
)

// Traced is a Go function that becomes a graph: it runs once for each kind of
// arguments, and calls run what it built. Goroutines may share it.
//
// The arguments In and the results Out are tensors and what holds them: an
// [Output], or a struct, slice, array or map from strings of such. Booleans,
// numbers and strings may stand in between: in the arguments they are part of
// the kind, like a training flag; in the results they are those of the trace. A
// nil Output stands for an argument or a result that is absent.
//
// Arguments are of the same kind if they agree in the lengths of slices, the keys
// of maps, what is absent, the values of static parts, and each tensor's type
// and shape. [TraceOptions] let one trace serve many shapes.
//
// In signatures a part is called by the fields, indices and keys that lead to it,
// such as "params/0/kernel"; a field's tag `tf:"name"` replaces its name.
type Traced[In, Out any] struct {
	t *tracer
	f func(s *Scope, in In) Out
}

// TraceOptions say what kinds of arguments there are, and how calls run. Nil is
// the zero value.
type TraceOptions struct {
	// Signature declares each tensor of the arguments, struct fields in their
	// order, maps by sorted keys. Dimensions of -1 and nil shapes accept all, and one
	// trace serves all calls. Nil: each shape is traced.
	//
	// A tensor that is absent has no entry, or one that is passed over: where all
	// tensors have entries, or where the entry has the tensor's name. What is absent
	// is part of the kind, as without a signature.
	Signature []TensorSpec

	// ReduceRetracing traces a second shape of an argument with unknown dimensions
	// where it differs from the first, so that others need no trace.
	ReduceRetracing bool

	// JIT compiles the function with XLA, in one piece. A call fails with an error
	// that names the operation that cannot be compiled, if there is one.
	// https://www.tensorflow.org/xla
	JIT bool
}

// Trace makes a traced function of f. Nothing is traced yet.
//
// Values of outer scopes and variables that f uses become inputs that calls pass
// by themselves; values have to be kept ([Scope.Keep]) as long as it is called.
// In the body, operations on the same variable keep the order in which they are
// made, and those without results, such as printing, too.
//
// What f does besides making operations happens when it is traced and not in
// calls.
func Trace[In, Out any](name string, f func(s *Scope, in In) Out, o *TraceOptions) *Traced[In, Out] {
	if o == nil {
		o = &TraceOptions{}
	}
	t := newTracer(name, *o)
	t.err = checkStructure("arguments of "+name, reflect.TypeFor[In](), "", nil)
	if t.err == nil {
		t.err = checkStructure("results of "+name, reflect.TypeFor[Out](), "", nil)
	}
	if t.err == nil && f == nil {
		t.err = Errorf("trace "+name, InvalidArgument, "the function is nil")
	}
	return &Traced[In, Out]{t, f}
}

// Call runs the function on an eager scope, or adds a call of it to a graph. It
// traces what is not traced yet. On failure the scope has the error, of the body
// with the line in it.
func (t *Traced[In, Out]) Call(s *Scope, in In) (out Out) {
	if !t.t.usable(s) {
		return out
	}
	a := &flat{}
	takeApart(a, &in)
	c := t.trace(s, in, a, nil)
	if c == nil {
		return out
	}
	results := c.fn.invoke(s, a.present())
	if results == nil && len(c.fn.out) > 0 {
		return out
	}
	return replaced(c.layout.(Out), inOrder(results))
}

// Concrete is the function that calls with such arguments run, for use where a
// [Function] is asked for. It is traced now if it is new, and belongs to t. If
// specs are given, one for each tensor in the order of [TraceOptions.Signature],
// they stand for the tensors, which may be nil in like.
func (t *Traced[In, Out]) Concrete(s *Scope, like In, specs ...TensorSpec) (*Function, error) {
	if !t.t.usable(s) {
		return nil, s.Err()
	}
	a := &flat{}
	takeApart(a, &like)
	if c := t.trace(s, like, a, specs); c != nil {
		return c.fn, nil
	}
	return nil, s.Err()
}

// Traces is how often the function has been traced.
func (t *Traced[In, Out]) Traces() int { return int(t.t.traces.Load()) }

// Close frees what was traced, once no graph and no call uses it. Calls fail
// after. A Traced that is dropped is freed by the collector.
func (t *Traced[In, Out]) Close() error {
	if t != nil {
		t.t.close()
	}
	return nil
}

// trace finds what the arguments' kind was traced to, or traces it. It returns
// nil if the scope fails.
func (t *Traced[In, Out]) trace(s *Scope, in In, a *flat, specs []TensorSpec) *trace {
	named := func() []string {
		f := &flat{named: true}
		takeApart(f, &in)
		return f.names
	}
	return t.t.get(s, a, specs, named, func(s *Scope, args []Output, absent func(i int) bool) (any, []Output, []string) {
		i := -1
		next := inOrder(args)
		out := t.f(s, replaced(in, func(Output) Output {
			if i++; absent(i) {
				return Output{}
			}
			return next(present)
		}))
		r := &flat{named: true}
		takeApart(r, &out)
		layout := replaced(out, func(o Output) Output {
			if o.n == nil {
				return o
			}
			return present
		})
		return layout, r.outs, r.names
	})
}

// present stands for a tensor in the layout of a structure.
var present = Output{n: &node{}}

// inOrder gives outs one after the other, to all that are present.
func inOrder(outs []Output) func(Output) Output {
	i := 0
	return func(o Output) Output {
		if o.n == nil {
			return o
		}
		i++
		return outs[i-1]
	}
}

// present are the tensors of f.
func (f *flat) present() []Output {
	for i, o := range f.outs {
		if o.n != nil {
			continue
		}
		outs := append([]Output(nil), f.outs[:i]...)
		for _, o := range f.outs[i:] {
			if o.n != nil {
				outs = append(outs, o)
			}
		}
		return outs
	}
	return f.outs
}

// argument is what messages call tensor i.
func argument(i int, names []string) string {
	switch {
	case len(names) <= i:
		return "argument " + strconv.Itoa(i)
	case names[i] == "":
		return "the argument"
	}
	return "argument " + names[i]
}
