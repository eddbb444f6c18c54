package tf

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	"google.golang.org/protobuf/proto"
)

// TensorSpec declares a value: the argument of a function, the input of a
// signature.
type TensorSpec struct {
	Name  string // may be empty where a position is enough
	DType DType
	Shape Shape
}

// Function is a graph with inputs and outputs, callable in both modes and the
// value of attributes such as While's body. Goroutines may share it.
type Function struct {
	h        *handle.Handle[*definition]
	name     string
	in       []TensorSpec // declared arguments, without captures
	captures []Output
	out      []DType
	results  []TensorSpec // out with names and shapes, where they are known
	jit      bool         // XLA compiles it
}

// NewFunction traces f into a function. Values of outer that f uses become
// inputs that [Function.Call] passes by itself, unless no result and no stateful
// operation needs them. The name is made unique by what the function does.
//
// The body is a graph: its operations run as their inputs allow. Where reads and
// writes of a variable must keep an order, say so with [Scope.After]. Every
// stateful operation runs, also one that no result needs.
func NewFunction(outer *Scope, name string, in []TensorSpec, f func(s *Scope, in []Output) []Output) (*Function, error) {
	b, err := BuildFunction(outer)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	args := make([]Output, len(in))
	for i, a := range in {
		args[i] = b.Arg(a)
	}
	return b.Function(name, f(b.s, args))
}

// function makes a function of g, the graph of a body, without what no result
// and no stateful operation needs.
func (g *Graph) function(name string, in []TensorSpec, args, outs []Output) (*Function, error) {
	what := "new function " + strconv.Quote(name)
	if strings.IndexByte(name, 0) >= 0 {
		return nil, Errorf(what, InvalidArgument, "the name contains NUL")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	parts := g.dissect(args, outs)
	fn := &Function{in: slices.Clone(in), captures: parts.captures, jit: g.body.jit}
	for i, o := range outs {
		fn.out = append(fn.out, o.DType())
		fn.results = append(fn.results, TensorSpec{g.body.resultName(i), o.DType(), o.Shape()})
	}
	suffix, err := g.digest(parts.params, parts.results)
	if err != nil {
		return nil, err
	}
	fn.name = name + "_" + suffix
	c, st := ctf.NewFunction(g.p, fn.name, parts.ops, parts.params, parts.results, g.body.resultNames, parts.stateful)
	if err := check(what, st); err != nil {
		return nil, err
	}
	if fn.jit {
		if err := check(what, ctf.SetFunctionAttr(c, mustCompile, trueAttr())); err != nil {
			ctf.DeleteFunction(c)
			return nil, err
		}
	}
	fn.h = handle.New(newDefinition(c, fn.name, g.body.deps, parts.nodes), (*definition).release)
	g.body.deps = nil
	return fn, nil
}

// mustCompile is the attribute of functions and calls that XLA compiles.
const mustCompile = "_XlaMustCompile"

func trueAttr() []byte {
	raw, err := proto.Marshal(&attr.AttrValue{Value: &attr.AttrValue_B{B: true}})
	if err != nil {
		panic(err) // a constant message
	}
	return raw
}

// digest tells the function that g's nodes make from others. g.mu is held.
func (g *Graph) digest(params, results []ctf.In) (string, error) {
	def, err := g.def()
	if err != nil {
		return "", err
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(def)
	if err != nil {
		return "", Errorf("new function", Internal, "%v", err)
	}
	sum := sha256.New()
	sum.Write(raw)
	fmt.Fprint(sum, g.body.jit, g.body.resultNames)
	for _, in := range slices.Concat(params, results) {
		sum.Write(append([]byte(ctf.OpName((*ctf.Operation)(in.P))), 0))
		sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(in.I)))
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

// Name is the function's name in graphs and contexts.
func (f *Function) Name() string { return f.name }

// Captures are the values of outer scopes that the body uses, in the order in
// which they follow the arguments.
func (f *Function) Captures() []Output { return slices.Clone(f.captures) }

// Inputs are the declared arguments.
func (f *Function) Inputs() []TensorSpec { return slices.Clone(f.in) }

// OutputTypes are the types of the results.
func (f *Function) OutputTypes() []DType { return slices.Clone(f.out) }

// Outputs are the results as far as they are known: the names and shapes of an
// imported function's are not.
func (f *Function) Outputs() []TensorSpec {
	if f.results == nil {
		out := make([]TensorSpec, len(f.out))
		for i, d := range f.out {
			out[i].DType = d
		}
		return out
	}
	return slices.Clone(f.results)
}

// Call runs the function, or adds a call of it to a graph.
func (f *Function) Call(s *Scope, args ...Output) []Output {
	if err := f.accepts(args); err != nil {
		s.fail("call of "+f.name, err)
		return nil
	}
	return f.invoke(s, args)
}

// invoke is Call with arguments that are known to be right.
func (f *Function) invoke(s *Scope, args []Output) []Output {
	for _, c := range f.captures {
		if c.n.owner != nil && c.n.owner.Closed() {
			s.fail("call of "+f.name, Errorf("", FailedPrecondition, "a value that the function captured, of %s, is closed; use Scope.Keep, or make it an argument", c.Name()))
			return nil
		}
	}
	return f.apply(s, slices.Concat(args, f.captures))
}

// Apply is Call with values also for all that f captured.
func (f *Function) Apply(s *Scope, all ...Output) []Output {
	if len(all) != len(f.in)+len(f.captures) {
		s.fail("call of "+f.name, Errorf("", InvalidArgument, "the function takes %d values, got %d", len(f.in)+len(f.captures), len(all)))
		return nil
	}
	return f.apply(s, all)
}

func (f *Function) apply(s *Scope, all []Output) []Output {
	if !s.calling {
		for _, r := range s.recorder {
			if r.Call != nil && r.notes(all) {
				t := *s
				t.calling = true
				return r.Call(&t, f, all)
			}
		}
	}
	return f.call(s, all)
}

func (f *Function) call(s *Scope, all []Output) []Output {
	if s.e != nil {
		b := s.Begin(f.name)
		var err error
		if b.function, err = b.hold(f); err != nil {
			s.fail("call of "+f.name, err)
		}
		b.funcs = append(b.funcs, f)
		for _, a := range all {
			b.In(a)
		}
		return b.Outs()
	}
	types := make([]DType, len(all))
	for i, a := range all {
		types[i] = a.DType()
	}
	b := s.Begin("StatefulPartitionedCall\x00").InList(all).Types("Tin", types).Types("Tout", f.out).Func("f", f)
	if f.jit {
		b.Bool(mustCompile, true)
	}
	return b.Outs()
}

func (f *Function) accepts(args []Output) error {
	if len(args) != len(f.in) {
		return Errorf("", InvalidArgument, "the function takes %d arguments, got %d", len(f.in), len(args))
	}
	for i, a := range args {
		switch want := f.in[i]; {
		case a.IsNil():
			return Errorf("", InvalidArgument, "argument %d is missing", i)
		case a.DType() != want.DType:
			return Errorf("", InvalidArgument, "argument %d takes %v, got %v", i, want.DType, a.DType())
		case want.Shape != nil && !want.Shape.Accepts(a.Shape()):
			return Errorf("", InvalidArgument, "argument %d takes shape %v, got %v", i, want.Shape, a.Shape())
		}
	}
	return nil
}

// Def is the message form.
func (f *Function) Def() (*functionpb.FunctionDef, error) {
	d, err := f.h.Acquire()
	if err != nil {
		return nil, Errorf("function "+f.name, FailedPrecondition, "it is closed")
	}
	defer f.h.Release()
	raw, s := ctf.FunctionDef(d.p)
	if err := check("function "+f.name, s); err != nil {
		return nil, err
	}
	def := &functionpb.FunctionDef{}
	if err := proto.Unmarshal(raw, def); err != nil {
		return nil, Errorf("function "+f.name, Internal, "%v", err)
	}
	return def, nil
}

// Close frees the function and removes it from the contexts that called it, once
// no other function calls it. Graphs keep their copy.
func (f *Function) Close() error {
	if f == nil {
		return nil
	}
	return f.h.Close()
}
