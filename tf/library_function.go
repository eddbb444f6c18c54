package tf

import (
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	"google.golang.org/protobuf/proto"
)

// Function finds a function of g's library by name, however it came there. The
// caller closes it.
func (g *Graph) Function(name string) (*Function, error) {
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	what := "find function"
	list, st := ctf.GraphFunctions(g.p)
	if err := check(what, st); err != nil {
		return nil, err
	}
	l := &functionLoader{g: g, library: map[string]*ctf.Function{}, made: map[string]*definition{}}
	for _, f := range list {
		l.library[ctf.FunctionName(f)] = f
	}
	defer func() {
		for _, f := range l.library { // those not made a definition of
			ctf.DeleteFunction(f)
		}
	}()
	if l.library[name] == nil {
		return nil, Errorf(what, NotFound, "the graph has no function %q", name)
	}
	d, def, err := l.load(name)
	for n, other := range l.made {
		if n != name || err != nil {
			other.release() // its callers hold it
		}
	}
	if err != nil {
		return nil, err
	}
	return newImported(d, def), nil
}

// newImported takes over a count of d.
func newImported(d *definition, def *functionpb.FunctionDef) *Function {
	f := &Function{h: handle.New(d, (*definition).release), name: d.name}
	for i, arg := range def.Signature.InputArg {
		spec := TensorSpec{Name: arg.Name, DType: DType(arg.Type)}
		if shapes := def.ArgAttr[uint32(i)].GetAttr()["_output_shapes"].GetList().GetShape(); len(shapes) == 1 {
			spec.Shape = ShapeOf(shapes[0])
		}
		f.in = append(f.in, spec)
	}
	for _, arg := range def.Signature.OutputArg {
		f.out = append(f.out, DType(arg.Type))
	}
	return f
}

// functionLoader makes definitions of a graph's library.
type functionLoader struct {
	g       *Graph
	library map[string]*ctf.Function // not used yet
	made    map[string]*definition
}

// load makes the definition of a function and of those it calls.
func (l *functionLoader) load(name string) (*definition, *functionpb.FunctionDef, error) {
	p := l.library[name]
	delete(l.library, name) // also ends recursion
	raw, st := ctf.FunctionDef(p)
	def := &functionpb.FunctionDef{}
	err := check("function "+name, st)
	if err == nil {
		if e := proto.Unmarshal(raw, def); e != nil {
			err = Errorf("function "+name, DataLoss, "%v", e)
		}
	}
	if err != nil {
		ctf.DeleteFunction(p)
		return nil, nil, err
	}
	var nodes map[string]bodyNode
	if known := l.g.funcs[name]; known != nil {
		nodes = known.nodes
	}
	d := newDefinition(p, name, nil, nodes)
	l.made[name] = d
	deps := map[string]*definition{}
	for _, callee := range callees(def) {
		if l.library[callee] != nil {
			if _, _, err := l.load(callee); err != nil {
				return nil, nil, err
			}
		}
		if dep := l.made[callee]; dep != nil && dep != d {
			deps[callee] = dep
			for _, more := range dep.deps {
				deps[more.name] = more
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(deps)) {
		deps[n].refs.Add(1)
		d.deps = append(d.deps, deps[n])
	}
	return d, def, nil
}

// callees are the names that def's nodes call functions by, among others.
func callees(def *functionpb.FunctionDef) (names []string) {
	for _, n := range def.NodeDef {
		names = append(names, n.Op)
		for _, a := range n.Attr {
			names = append(names, functionNames(a)...)
		}
	}
	return names
}

func functionNames(a *attr.AttrValue) (names []string) {
	if f := a.GetFunc(); f != nil {
		names = append(names, f.Name)
	}
	for _, f := range a.GetList().GetFunc() {
		names = append(names, f.Name)
	}
	return names
}

// Func is the function in an attribute of type func, such as the body of a
// While, to be called or inlined. The caller closes it. Of an eager operation it
// is known only if a Recorder noted it.
func (o Op) Func(name string) (*Function, error) {
	fs, err := o.Funcs(name)
	if err != nil {
		return nil, err
	}
	if len(fs) != 1 {
		closeFunctions(fs)
		return nil, Errorf(o.Type()+" "+o.Name(), NotFound, "attribute %s holds %d functions, want 1", name, len(fs))
	}
	return fs[0], nil
}

// Callee is the function that o calls by its type, as eager calls do that a
// Recorder noted, and graphs of old. The caller closes it.
func (o Op) Callee() (*Function, error) {
	switch {
	case o.n == nil:
		return nil, Errorf("no operation", NotFound, "it calls nothing")
	case o.n.g != nil:
		return o.n.g.Function(o.Type())
	}
	return o.recordedFunction(o.Type())
}

// Funcs are the functions in an attribute of type func or list(func).
func (o Op) Funcs(name string) (fs []*Function, err error) {
	for _, fn := range functionNames(o.Attr(name)) {
		var f *Function
		if o.n.g != nil {
			f, err = o.n.g.Function(fn)
		} else {
			f, err = o.recordedFunction(fn)
		}
		if err != nil {
			closeFunctions(fs)
			return nil, err
		}
		fs = append(fs, f)
	}
	return fs, nil
}

func closeFunctions(fs []*Function) {
	for _, f := range fs {
		f.Close()
	}
}

// recorded is a function that an eager operation was given.
type recorded struct {
	f *Function
	d *definition
}

// holdFunctions notes what n was given, for as long as v lives.
func (n *node) holdFunctions(fs []*Function, v *values) {
	if v == nil {
		return
	}
	for _, f := range fs {
		d, err := f.h.Acquire()
		if err != nil {
			continue
		}
		d.refs.Add(1)
		f.h.Release()
		v.functions = append(v.functions, d)
		n.funcs = append(n.funcs, recorded{f, d})
	}
}

// recordedFunction is a new owner of a function that an eager operation got.
func (o Op) recordedFunction(name string) (*Function, error) {
	if _, err := o.n.owner.Acquire(); err != nil {
		return nil, Errorf("function "+name, FailedPrecondition, "the scope of its operation is closed")
	}
	defer o.n.owner.Release()
	for _, r := range o.n.funcs {
		if r.d.name == name {
			r.d.refs.Add(1)
			return &Function{h: handle.New(r.d, (*definition).release), name: name, in: r.f.Declared(), out: r.f.out}, nil
		}
	}
	return nil, Errorf("function "+name, NotFound, "the operation was not recorded with it")
}

// Declared are all that f takes: the arguments, then what it captured.
func (f *Function) Declared() []TensorSpec {
	all := slices.Clone(f.in)
	for _, c := range f.captures {
		all = append(all, TensorSpec{DType: c.DType(), Shape: c.Shape()})
	}
	return all
}

// SideEffects are the types of the operations in f, and in what it calls, that
// [Function.Inline] leaves out although they use resources, variables mostly, that
// the results are made from: writes that come after the reads.
func (f *Function) SideEffects() ([]string, error) {
	d, err := f.h.Acquire()
	if err != nil {
		return nil, Errorf("function "+f.name, FailedPrecondition, "it is closed")
	}
	defer f.h.Release()
	flat, err := flatten(d)
	if err != nil {
		return nil, err
	}
	return flat.overwrites, nil
}

// Keep is f for what is recorded on s: it stays usable when f is closed, on an
// eager scope until that is closed, else until it is no longer used.
func (f *Function) Keep(s *Scope) *Function {
	d, err := f.h.Acquire()
	if err != nil {
		s.fail("function "+f.name, Errorf("", FailedPrecondition, "it is closed"))
		return f
	}
	defer f.h.Release()
	d.refs.Add(1)
	kept := *f
	kept.h = handle.New(d, (*definition).release)
	switch {
	case s.e != nil && s.root.arena.v != nil:
		s.root.arena.v.kept = append(s.root.arena.v.kept, kept.h)
	case s.g != nil:
		s.g.mu.Lock()
		s.g.kept = append(s.g.kept, kept.h)
		s.g.mu.Unlock()
	}
	return &kept
}

// StatefulOps are the types of the stateful operations in f and in what it
// calls.
func (f *Function) StatefulOps() (types []string) {
	d, err := f.h.Acquire()
	if err != nil {
		return nil
	}
	defer f.h.Release()
	for _, each := range append(d.deps[:len(d.deps):len(d.deps)], d) {
		raw, st := ctf.FunctionDef(each.p)
		def := &functionpb.FunctionDef{}
		if st.Code != 0 || proto.Unmarshal(raw, def) != nil {
			continue
		}
		for _, n := range def.NodeDef {
			if opDef(n.Op).GetIsStateful() {
				types = append(types, n.Op)
			}
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}
