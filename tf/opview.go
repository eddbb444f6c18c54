package tf

import "github.com/gotf/gotf/internal/ctf"

// Op is a view of one operation: of a graph, however it came there, or one that
// a Recorder noted on an eager scope. Ops can be compared.
type Op struct{ n *node }

// IsNil reports whether o is no operation.
func (o Op) IsNil() bool { return o.n == nil }

// Type is the operation's type, such as "MatMul".
func (o Op) Type() string {
	if o.n == nil {
		return ""
	}
	return o.n.typ[:len(o.n.typ)-1]
}

// Name is the operation's name in its graph; "" on an eager scope.
func (o Op) Name() string {
	if o.n == nil {
		return ""
	}
	return o.n.name
}

// Graph is the graph that o is in, or nil.
func (o Op) Graph() *Graph {
	if o.n == nil {
		return nil
	}
	return o.n.g
}

// IsStateful reports whether o may do more than compute its results, or give
// others the next time: random numbers, reads and writes of variables, calls.
func (o Op) IsStateful() bool { return opDef(o.Type()).GetIsStateful() }

// Where is the "file.go:line" that made the operation, if that is known.
func (o Op) Where() string {
	if o.n == nil || o.n.pcs[0] == 0 {
		return ""
	}
	return caller(o.n.pcs[:])
}

// Inputs are the data inputs, lists laid out flat. The slice must not be
// written to.
func (o Op) Inputs() []Output {
	n := o.n
	if n == nil || n.g == nil {
		return o.recorded()
	}
	if n.g.acquire() != nil {
		return nil
	}
	defer n.g.h.Release()
	n.g.mu.Lock()
	defer n.g.mu.Unlock()
	return n.inputs()
}

// inputs are those of a graph's operation; the graph's lock is held.
func (n *node) inputs() []Output {
	if !n.hasInputs {
		for _, in := range ctf.OpInputs(n.op) {
			n.ins = append(n.ins, Output{n.g.node((*ctf.Operation)(in.P)), in.I})
		}
		n.hasInputs = true
	}
	return n.ins
}

// GradientFunc adds the gradient of an operation; package grad tells more.
type GradientFunc = func(s *Scope, o Op, dy []Output) []Output

// SetGradient gives o a gradient of its own, instead of that of its type. It
// goes along where o is in the body of a function that is inlined.
func (o Op) SetGradient(f GradientFunc) {
	if o.n != nil {
		o.n.gradient = f
	}
}

// Gradient is what SetGradient set, or nil.
func (o Op) Gradient() GradientFunc {
	if o.n == nil {
		return nil
	}
	return o.n.gradient
}

// recorded are the inputs that a Recorder noted.
func (o Op) recorded() []Output {
	if o.n == nil {
		return nil
	}
	return o.n.ins
}

// NumInputs is len(o.Inputs()).
func (o Op) NumInputs() int { return len(o.Inputs()) }

// Input is o.Inputs()[i], or no Output where there is none.
func (o Op) Input(i int) Output {
	if ins := o.Inputs(); i >= 0 && i < len(ins) {
		return ins[i]
	}
	return Output{}
}

// ControlInputs are the operations that run before o without giving it a value.
func (o Op) ControlInputs() (out []Op) {
	if o.n == nil || o.n.g == nil || o.n.g.acquire() != nil {
		return nil
	}
	defer o.n.g.h.Release()
	o.n.g.mu.Lock()
	defer o.n.g.mu.Unlock()
	for _, c := range ctf.OpControlInputs(o.n.op) {
		out = append(out, Op{o.n.g.node(c)})
	}
	return out
}

// NumOutputs is the number of results.
func (o Op) NumOutputs() int {
	if o.n == nil {
		return 0
	}
	return len(o.n.dts)
}

// Output is result i, or no Output where there is none. Of an operation without
// results, Output 0 stands for the operation.
func (o Op) Output(i int) Output {
	if o.n == nil || i < 0 || i >= max(len(o.n.dts), 1) {
		return Output{}
	}
	return Output{o.n, int32(i)}
}

// Outputs are the results.
func (o Op) Outputs() []Output {
	if o.n == nil {
		return nil
	}
	return o.n.outputs()
}

// AttrBool is an attribute of type bool; like all Attr methods it gives the
// zero value where the operation has no such attribute.
func (o Op) AttrBool(name string) bool { return o.Attr(name).GetB() }

// AttrInt is an attribute of type int.
func (o Op) AttrInt(name string) int64 { return o.Attr(name).GetI() }

// AttrFloat is an attribute of type float.
func (o Op) AttrFloat(name string) float32 { return o.Attr(name).GetF() }

// AttrString is an attribute of type string.
func (o Op) AttrString(name string) string { return string(o.Attr(name).GetS()) }

// AttrType is an attribute of type type.
func (o Op) AttrType(name string) DType { return DType(o.Attr(name).GetType()) }

// AttrShape is an attribute of type shape.
func (o Op) AttrShape(name string) Shape { return ShapeOf(o.Attr(name).GetShape()) }

// AttrFunc is the name of the function in an attribute of type func.
func (o Op) AttrFunc(name string) string { return o.Attr(name).GetFunc().GetName() }

// AttrInts is an attribute of type list(int).
func (o Op) AttrInts(name string) []int64 { return o.Attr(name).GetList().GetI() }

// AttrFloats is an attribute of type list(float).
func (o Op) AttrFloats(name string) []float32 { return o.Attr(name).GetList().GetF() }

// AttrStrings is an attribute of type list(string).
func (o Op) AttrStrings(name string) (out []string) {
	for _, s := range o.Attr(name).GetList().GetS() {
		out = append(out, string(s))
	}
	return out
}

// AttrTypes is an attribute of type list(type).
func (o Op) AttrTypes(name string) (out []DType) {
	for _, t := range o.Attr(name).GetList().GetType() {
		out = append(out, DType(t))
	}
	return out
}
