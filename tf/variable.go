package tf

import "slices"

// Variable is a value that steps of a program read and write. In a graph it
// belongs to each session that runs the graph; on an eager scope to the
// context, and it lives until it is closed or collected. Reads and writes take the scope they
// happen on.
type Variable struct {
	handle Output
	name   string
	dtype  DType
	shape  Shape
}

// NewVariable declares a variable, without a value until it is assigned one.
func NewVariable(s *Scope, name string, d DType, shape Shape) *Variable {
	v := &Variable{name: name, dtype: d, shape: shape}
	if s.e != nil {
		// This shared name asks for a resource that dies with its handle.
		const anonymous = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"
		b := s.Begin("VarHandleOp\x00").Type("dtype", d).Shape("shape", shape)
		attrs := slices.Clone(b.at)
		v.handle = b.Str("shared_name", anonymous).Str("container", "").One()
		if n := v.handle.n; n != nil {
			n.name, n.attrs = name, attrs
		}
		s.Keep(v.handle)
		return v
	}
	g := s.g
	g.mu.Lock()
	v.name = g.unique(s.prefix + name)
	g.mu.Unlock()
	b := s.Begin("VarHandleOp\x00").Type("dtype", d).Shape("shape", shape).Str("shared_name", v.name)
	b.name = v.name
	v.handle = b.One()
	return v
}

// Handle is the resource: what gradients are taken with respect to.
func (v *Variable) Handle() Output { return v.handle }

// Name is the name asked for; in a graph that of its operation.
func (v *Variable) Name() string { return v.name }

// DType is the type of the elements.
func (v *Variable) DType() DType { return v.dtype }

// Shape is the declared shape.
func (v *Variable) Shape() Shape { return v.shape }

// Read is the value.
func (v *Variable) Read(s *Scope) Output {
	o := s.Begin("ReadVariableOp\x00").In(v.handle).Type("dtype", v.dtype).One()
	switch {
	case o.n == nil || s.e != nil || v.handle.n.g == s.g:
	case v.handle.n.e != nil && v.shape != nil:
		// One without a value reads as a vector of length 0.
		return s.Begin("EnsureShape\x00").In(o).Shape("shape", v.shape).One()
	default:
		s.SetErr(s.g.SetShape(o, v.shape)) // a captured handle does not tell its shape
	}
	return o
}

// Assign sets the value. The result is for [Scope.After] and targets.
func (v *Variable) Assign(s *Scope, value Output) Output {
	return v.write(s, "AssignVariableOp\x00", value)
}

// AssignAdd adds to the value.
func (v *Variable) AssignAdd(s *Scope, delta Output) Output {
	return v.write(s, "AssignAddVariableOp\x00", delta)
}

// AssignSub subtracts from the value.
func (v *Variable) AssignSub(s *Scope, delta Output) Output {
	return v.write(s, "AssignSubVariableOp\x00", delta)
}

func (v *Variable) write(s *Scope, op string, value Output) Output {
	if value.n != nil && value.DType() != v.dtype {
		s.fail(op[:len(op)-1], Errorf("", InvalidArgument, "variable %q holds %v, got %v", v.name, v.dtype, value.DType()))
		return Output{}
	}
	if value.n != nil && !v.shape.Accepts(value.Shape()) {
		s.fail(op[:len(op)-1], Errorf("", InvalidArgument, "variable %q has shape %v, got %v", v.name, v.shape, value.Shape()))
		return Output{}
	}
	return s.Begin(op).In(v.handle).In(value).Type("dtype", v.dtype).Node()
}

// IsInitialized is a bool scalar: whether the variable has a value.
func (v *Variable) IsInitialized(s *Scope) Output {
	return s.Begin("VarIsInitializedOp\x00").In(v.handle).One()
}

// Close frees an eager variable. On others it does nothing.
func (v *Variable) Close() error {
	if v == nil {
		return nil
	}
	return v.handle.Close()
}
