package tf

import "strconv"

// FunctionBuilder makes a function step by step, where [NewFunction] is too
// short: arguments may be added while the body is being built. It serves one
// goroutine.
type FunctionBuilder struct {
	g    *Graph
	s    *Scope
	in   []TensorSpec
	args []Output
}

// BuildFunction starts a function whose body may use values of outer.
func BuildFunction(outer *Scope) (*FunctionBuilder, error) {
	if err := outer.Err(); err != nil {
		return nil, err
	}
	g, err := NewGraph()
	if err != nil {
		return nil, err
	}
	g.body = &body{outer: outer}
	return &FunctionBuilder{g: g, s: g.Scope()}, nil
}

// Scope is where the body is built.
func (b *FunctionBuilder) Scope() *Scope { return b.s }

// Arg adds an argument. An empty name becomes "argN".
func (b *FunctionBuilder) Arg(spec TensorSpec) Output {
	name := spec.Name
	if name == "" {
		name = "arg" + strconv.Itoa(len(b.in))
	}
	o := Placeholder(b.s.Named(name), spec.DType, spec.Shape)
	b.in, b.args = append(b.in, spec), append(b.args, o)
	return o
}

// Function ends the body: outs are its results. The name is made unique by what
// the function does. Values of the builder's scope stay readable until Close.
func (b *FunctionBuilder) Function(name string, outs []Output) (*Function, error) {
	results := make([]Output, len(outs))
	for i, o := range outs {
		if b.s.Err() == nil && o.IsNil() {
			b.s.fail("result "+strconv.Itoa(i)+" of function "+name, Errorf("", InvalidArgument, "it is missing"))
		}
		results[i] = b.s.Begin("Identity\x00").In(o).One() // an input cannot be an output
	}
	if err := b.s.Err(); err != nil {
		return nil, err
	}
	return b.g.function(name, b.in, b.args, results)
}

// Close frees the body; a function made of it stays.
func (b *FunctionBuilder) Close() error {
	b.g.body.release()
	return b.g.Close()
}
