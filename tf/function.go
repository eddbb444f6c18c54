package tf

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
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
}

// NewFunction traces f into a function. Values of outer that f uses become
// inputs that [Function.Call] passes by itself. The name is made unique by what
// the function does.
//
// The body is a graph: its operations run as their inputs allow. Where reads and
// writes of a variable must keep an order, say so with [Scope.After]. Every
// stateful operation runs, also one that no result needs.
func NewFunction(outer *Scope, name string, in []TensorSpec, f func(s *Scope, in []Output) []Output) (*Function, error) {
	if err := outer.Err(); err != nil {
		return nil, err
	}
	g, err := NewGraph()
	if err != nil {
		return nil, err
	}
	g.body = &body{outer: outer}
	defer g.Close()
	defer func() { g.body.release() }()

	s := g.Scope()
	args := make([]Output, len(in))
	for i, a := range in {
		if a.Name == "" {
			a.Name = "arg" + strconv.Itoa(i)
		}
		args[i] = Placeholder(s.Named(a.Name), a.DType, a.Shape)
	}
	outs := slices.Clone(f(s, slices.Clone(args)))
	for i, o := range outs {
		if s.Err() == nil && o.IsNil() {
			s.fail("result "+strconv.Itoa(i)+" of function "+name, Errorf("", InvalidArgument, "it is missing"))
		}
		outs[i] = s.Begin("Identity\x00").In(o).One() // an input cannot be an output
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return g.function(name, in, args, outs)
}

// function makes a function of g, the graph of a body.
func (g *Graph) function(name string, in []TensorSpec, args, outs []Output) (*Function, error) {
	fn := &Function{in: slices.Clone(in), captures: g.body.captured}
	var params, results []ctf.In
	for _, o := range slices.Concat(args, g.body.holders) {
		params = append(params, o.in())
	}
	for _, o := range outs {
		results = append(results, o.in())
		fn.out = append(fn.out, o.DType())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	suffix, err := g.digest(params, results)
	if err != nil {
		return nil, err
	}
	what := "new function " + strconv.Quote(name)
	if fn.name = name + "_" + suffix; strings.IndexByte(name, 0) >= 0 {
		return nil, Errorf(what, InvalidArgument, "the name contains NUL")
	}
	nodes := make(map[string]bodyNode, len(g.nodes))
	var stateful []*ctf.Operation
	for n := range g.each {
		typ := n.typ[:len(n.typ)-1]
		nodes[n.name] = bodyNode{typ, n.pcs}
		if typ != "Placeholder" && opDef(typ).GetIsStateful() {
			stateful = append(stateful, n.op)
		}
	}
	c, st := ctf.NewFunction(g.p, fn.name, params, results, nil, stateful)
	if err := check(what, st); err != nil {
		return nil, err
	}
	fn.h = handle.New(newDefinition(c, fn.name, g.body.deps, nodes), (*definition).release)
	g.body.deps = nil
	return fn, nil
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

// Call runs the function, or adds a call of it to a graph.
func (f *Function) Call(s *Scope, args ...Output) []Output {
	if err := f.accepts(args); err != nil {
		s.fail("call of "+f.name, err)
		return nil
	}
	all := slices.Concat(args, f.captures)
	if s.e != nil {
		b := s.Begin(f.name)
		var err error
		if b.function, err = b.hold(f); err != nil {
			s.fail("call of "+f.name, err)
		}
		for _, a := range all {
			b.In(a)
		}
		return b.Outs()
	}
	types := make([]DType, len(all))
	for i, a := range all {
		types[i] = a.DType()
	}
	return s.Begin("StatefulPartitionedCall\x00").InList(all).Types("Tin", types).Types("Tout", f.out).Func("f", f).Outs()
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
