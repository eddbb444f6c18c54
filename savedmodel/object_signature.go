package savedmodel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// addSignatures adds the functions that Python calls.
func (g *objectGraph) addSignatures() error {
	signatures := g.object(userObject("signature_map"))
	g.child(0, "signatures", signatures)
	main := mainSignature(g.p.sigKeys)
	for _, key := range g.p.sigKeys {
		f, err := g.signature(key)
		if err != nil {
			return err
		}
		g.child(signatures, key, f.bare(g))
		call := int32(-1)
		if identifier(key) && !reservedAttributes[key] && !strings.HasPrefix(key, "_") {
			call = f.callable(g)
			g.child(0, key, call)
		}
		if key != main {
			continue
		}
		if call < 0 {
			call = f.callable(g)
		}
		if !g.twice() {
			// Python saves again under this signature, and converts all signatures.
			g.child(0, "_default_save_signature", call)
		}
		if len(f.outs) == 1 {
			w := g.wrapped(f.maker, "serve")
			call = g.callable(w, f.arguments(), specValue(f.outs[0].TensorSpec))
		}
		g.child(0, "serve", call)
		g.child(0, "__call__", call)
	}
	return nil
}

// mainSignature is the key of the signature that is run if none is named, or "".
func mainSignature(keys []string) string {
	for _, key := range []string{ServingDefault, "serve"} {
		if slices.Contains(keys, key) {
			return key
		}
	}
	if len(keys) == 1 {
		return keys[0]
	}
	return ""
}

// twice reports whether the model is what Keras's model.export writes: the same
// function as "serve" and as "serving_default".
func (g *objectGraph) twice() bool {
	s := g.p.signatures
	return len(s) == 2 && g.p.endpointsOf("serve").same(g.p.endpointsOf(ServingDefault))
}

// signed is a signature and the function that computes it.
type signed struct {
	key       string
	ins, outs []endpoint // by name
	maker     *functionMaker
}

// endpointsOf are the inputs and outputs of a signature, in the order in which
// Python has them: by name.
func (p *part) endpointsOf(key string) *signed {
	e := p.signatures[key]
	f := &signed{key: key, ins: p.endpoints(e.Inputs), outs: p.endpoints(e.Outputs)}
	for i, name := range identifiers(endpointNames(f.ins)) {
		f.ins[i].argument = name
	}
	slices.SortFunc(f.ins, func(a, b endpoint) int { return strings.Compare(a.argument, b.argument) })
	return f
}

func (p *part) endpoints(m map[string]tf.Output) []endpoint {
	var out []endpoint
	for _, name := range sortedKeys(m) {
		o := m[name]
		out = append(out, endpoint{TensorSpec: tf.TensorSpec{Name: name, DType: o.DType(), Shape: o.Shape()}, tensor: p.renamed(o.Name())})
	}
	return out
}

func (f *signed) same(as *signed) bool { return f.outs != nil && f.String() == as.String() }

func (f *signed) String() string {
	var b strings.Builder
	for _, e := range [][]endpoint{f.ins, f.outs} {
		for _, e := range e {
			fmt.Fprintf(&b, "%q=%s;", e.Name, e.tensor)
		}
		b.WriteString("->")
	}
	return b.String()
}

// signature makes the function of a signature, if no other has it.
func (g *objectGraph) signature(key string) (*signed, error) {
	f := g.p.endpointsOf(key)
	id := f.String()
	if g.made[id] == nil {
		m, err := g.newFunction(key, f.ins, f.outs, nil, "")
		if err != nil {
			return nil, err
		}
		g.made[id] = m
	}
	f.maker = g.made[id]
	return f, nil
}

// arguments are the inputs as Python's functions name them.
func (f *signed) arguments() []tf.TensorSpec {
	out := specs(f.ins)
	for i, in := range f.ins {
		out[i].Name = in.argument
	}
	return out
}

// callable adds the function that is called by position or name and gives the
// results by name.
func (f *signed) callable(g *objectGraph) int32 {
	return g.callable(g.wrapped(f.maker, f.key), f.arguments(), f.results())
}

func (f *signed) results() *pb.StructuredValue { return dictOf(specs(f.outs)) }

func specs(es []endpoint) []tf.TensorSpec {
	out := make([]tf.TensorSpec, len(es))
	for i, e := range es {
		out[i] = e.TensorSpec
	}
	return out
}

// bare adds the signature itself: arguments by name, one alone also by position.
// Names that are none in Python are taken too, by the loader's older way.
func (f *signed) bare(g *objectGraph) int32 {
	names := endpointNames(f.ins)
	w := g.wrapped(f.maker, "signature_wrapper_"+f.key)
	bare := &pb.SavedBareConcreteFunction{
		ConcreteFunctionName: g.concrete(w, tupleValue(tupleValue(), dictOf(f.arguments())), f.results()),
		ArgumentKeywords:     names,
	}
	if len(names) == 1 {
		bare.AllowedPositionalArguments = 1
	}
	if !slices.ContainsFunc(f.ins, func(in endpoint) bool { return in.Name != in.argument }) {
		bare.FunctionSpec = functionSpec(nil, names, noneValue())
	}
	return g.object(&pb.SavedObject{Kind: &pb.SavedObject_BareConcreteFunction{BareConcreteFunction: bare}})
}
