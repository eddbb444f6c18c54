package savedmodel

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gotf/gotf/tf"
)

// ExportFunctions writes functions traced on an eager scope as a SavedModel, with
// the variables that they use, each function as the signature of its key. The
// inputs are called as the function's arguments are, the outputs as its results.
//
// [tf.Traced.Concrete] gives the function for one kind of arguments. Of cfg,
// Variables name those that they captured, say which are not to be trained, and
// may add others; Signatures, Assets and Init must be empty. A nil cfg is the
// zero value.
func ExportFunctions(ctx context.Context, dir string, s *tf.Scope, functions map[string]*tf.Function, cfg *ExportConfig) error {
	if cfg == nil {
		cfg = &ExportConfig{}
	}
	e := &functionExport{op: "export " + dir, eager: s, made: map[tf.Output]tf.Output{}}
	if s == nil {
		return errorf(e.op, tf.InvalidArgument, "the scope is nil")
	}
	if !s.Eager() || len(cfg.Signatures)+len(cfg.Assets)+len(cfg.Init) > 0 {
		return errorf(e.op, tf.InvalidArgument, "functions of an eager scope are exported without Signatures, Assets and Init; for those of a graph call them there, and use Export")
	}
	g, err := tf.NewGraph()
	if err != nil {
		return err
	}
	defer g.Close()
	e.s = g.Scope()
	defer e.close()
	out := *cfg
	out.Signatures, out.Variables = map[string]Endpoints{}, []Variable{}
	for _, v := range cfg.Variables {
		if _, err := e.capture(v.Handle); err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(functions) {
		if out.Signatures[key], err = e.add(key, functions[key]); err != nil {
			return err
		}
	}
	for _, v := range e.variables {
		i := slices.IndexFunc(cfg.Variables, func(known Variable) bool { return e.made[known.Handle] == v.Handle })
		if i >= 0 {
			v.Frozen = cfg.Variables[i].Frozen
			if cfg.Variables[i].Name != "" {
				v.Name = cfg.Variables[i].Name
			}
		}
		out.Variables = append(out.Variables, v)
	}
	session, err := e.start(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	return Export(ctx, dir, session, &out)
}

// functionExport puts functions of an eager scope in a graph.
type functionExport struct {
	op        string
	eager, s  *tf.Scope
	made      map[tf.Output]tf.Output // what functions captured -> what stands for it in the graph
	variables []Variable
	feeds     []tf.Feed
	inits     []tf.Output
}

func (e *functionExport) close() {
	for _, f := range e.feeds {
		f.Tensor.Close()
	}
}

// add calls f in the graph, on placeholders.
func (e *functionExport) add(key string, f *tf.Function) (Endpoints, error) {
	ends := Endpoints{Inputs: map[string]tf.Output{}, Outputs: map[string]tf.Output{}}
	if f == nil {
		return ends, errorf(e.op, tf.InvalidArgument, "signature %q: the function is nil", key)
	}
	var args []tf.Output
	for i, in := range f.Inputs() {
		if in.Name == "" {
			in.Name = fmt.Sprintf("input_%d", i)
		}
		if !ends.Inputs[in.Name].IsNil() {
			return ends, errorf(e.op, tf.InvalidArgument, "signature %q has two inputs %q", key, in.Name)
		}
		x := tf.Placeholder(e.s.Named(nodeName(key+"_"+in.Name)), in.DType, in.Shape)
		ends.Inputs[in.Name], args = x, append(args, x)
	}
	for _, c := range f.Captures() {
		o, err := e.capture(c)
		if err != nil {
			return ends, err
		}
		args = append(args, o)
	}
	results := f.Apply(e.s, args...)
	if err := e.s.Err(); err != nil {
		return ends, err
	}
	for i, r := range f.Outputs() {
		if r.Name == "" {
			r.Name = fmt.Sprintf("output_%d", i)
		}
		if r.Shape != nil {
			if err := e.s.Graph().SetShape(results[i], r.Shape); err != nil {
				return ends, err
			}
		}
		ends.Outputs[r.Name] = results[i]
	}
	return ends, nil
}

// capture is what stands in the graph for a value of the eager scope.
func (e *functionExport) capture(o tf.Output) (tf.Output, error) {
	if to, ok := e.made[o]; ok {
		return to, nil
	}
	if !o.Eager() {
		return o, errorf(e.op, tf.InvalidArgument, "%s is no value of the eager scope; for functions of a graph use Export", o.Name())
	}
	to, err := e.copy(o)
	e.made[o] = to
	return to, err
}

func (e *functionExport) copy(o tf.Output) (tf.Output, error) {
	if o.DType() != tf.Resource {
		t, err := o.Value()
		if err != nil {
			return o, err
		}
		defer t.Close()
		return e.s.ConstTensor(t), e.s.Err()
	}
	op := o.Op()
	switch typ := op.Type(); typ {
	case "VarHandleOp":
		dtype := op.AttrType("dtype")
		v := tf.NewVariable(e.s, nodeName(cmp.Or(op.Name(), "variable")), dtype, op.AttrShape("shape"))
		value, err := e.value(e.eager.Begin("ReadVariableOp\x00").In(o).Type("dtype", dtype).One())
		if err != nil {
			return o, err
		}
		e.inits = append(e.inits, v.Assign(e.s, value))
		e.variables = append(e.variables, Variable{Name: op.Name(), Handle: v.Handle()})
		return v.Handle(), e.s.Err()
	default:
		return o, errorf(e.op, tf.Unimplemented, "a function captured the handle of a %s, which cannot be written; make it in a graph, and use Export", typ)
	}
}

// value is a placeholder that is fed what o is.
func (e *functionExport) value(o tf.Output) (tf.Output, error) {
	if err := e.eager.Err(); err != nil {
		return o, err
	}
	t, err := o.Value()
	if err != nil {
		return o, err
	}
	x := tf.Placeholder(e.s, t.DType(), t.Shape())
	e.feeds = append(e.feeds, tf.Feed{Output: x, Tensor: t})
	return x, e.s.Err()
}

// start opens a session with the values that the eager scope has.
func (e *functionExport) start(ctx context.Context) (*tf.Session, error) {
	session, err := tf.NewSession(e.s.Graph(), nil)
	if err != nil || len(e.inits) == 0 {
		return session, err
	}
	if _, err := session.Run(ctx, e.feeds, nil, e.inits...); err != nil {
		session.Close()
		return nil, err
	}
	return session, nil
}
