package tf

import "github.com/gotf/gotf/internal/ctf"

// Const is a constant: a Const operation in a graph, a value on an eager scope.
// The shape is as for [NewTensor].
func Const[T Element](s *Scope, data []T, shape ...int64) Output {
	t, err := NewTensor(data, shape...)
	return s.constant(t, err)
}

// ConstScalar is a constant of rank 0.
func ConstScalar[T Element](s *Scope, v T) Output {
	t, err := NewScalar(v)
	return s.constant(t, err)
}

func (s *Scope) constant(t *Tensor, err error) Output {
	if err != nil {
		s.fail("Const", err)
		return Output{}
	}
	defer t.Close()
	return s.ConstTensor(t)
}

// ConstTensor is a constant with t's values. On an eager scope it shares t's
// memory; t may be closed at once in either mode.
func (s *Scope) ConstTensor(t *Tensor) Output {
	if s.root.err != nil {
		return Output{}
	}
	if t == nil {
		s.fail("Const", Errorf("", InvalidArgument, "the tensor is nil"))
		return Output{}
	}
	if s.g != nil {
		return s.Begin("Const\x00").Type("dtype", t.dtype).Tensor("value", t).One()
	}
	m, err := t.h.Acquire()
	if err != nil {
		s.fail("Const", Errorf("", FailedPrecondition, "the tensor is closed"))
		return Output{}
	}
	defer t.h.Release()
	a := &s.root.arena
	if err := a.open(s.e); err != nil {
		s.fail("Const", err)
		return Output{}
	}
	defer a.tidy()
	h, st := ctf.NewHandle(m.p)
	if st.Code != 0 {
		s.fail("Const", check("", st))
		return Output{}
	}
	n := &node{e: s.e, typ: "Const\x00"}
	n.setOne(h, int32(t.dtype))
	a.add(n, int64(m.nbytes))
	return Output{n: n}
}

// Placeholder is a graph's input: a run must feed it a value of the given type
// and shape.
func Placeholder(s *Scope, d DType, shape Shape) Output {
	return s.Begin("Placeholder\x00").Type("dtype", d).Shape("shape", shape).One()
}
