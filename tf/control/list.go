package control

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// List is a list of tensors of one type, whose shapes may differ in the
// dimensions that Shape leaves open. It is a value: Set, Push and Pop give a new
// list and leave the old one as it was. As a loop's variable it travels by its
// Handle; [List.With] is the list of the next turn.
//
// Out of range, or of another shape than Shape, an element is an InvalidArgument
// error: on an eager scope at once, of a graph when it runs.
//
// https://www.tensorflow.org/api_docs/python/tf/TensorArray
type List struct {
	Handle tf.Output // a scalar of tf.Variant
	DType  tf.DType  // of the elements
	Shape  tf.Shape  // of each element; -1 is a dimension that may differ, nil any shape
}

// NewList is an empty list, to push to.
func NewList(s *tf.Scope, d tf.DType, shape tf.Shape) List {
	return List{op.EmptyTensorList(s, shapeTensor(s, shape), tf.ConstScalar(s, int32(-1)), d), d, shape}
}

// Reserve is a list of n elements to set, n being an int32 scalar. What is not
// set is zeros, where the list tells the shape.
func Reserve(s *tf.Scope, d tf.DType, shape tf.Shape, n tf.Output) List {
	n = int32Scalar(s, "Reserve", "n must be", n)
	return List{op.TensorListReserve(s, shapeTensor(s, shape), n, d), d, shape}
}

// ListOf is the list of x[0], x[1], ...
func ListOf(s *tf.Scope, x tf.Output) List {
	var shape tf.Shape
	if whole := x.Shape(); len(whole) > 0 {
		shape = slices.Clone(whole[1:])
	} else if whole != nil {
		fail(s, "ListOf", "a scalar has no elements")
	}
	return List{op.TensorListFromTensor(s, x, shapeTensor(s, shape)), x.DType(), shape}
}

// With is a list of the same type and shape that handle stands for.
func (l List) With(handle tf.Output) List { return List{handle, l.DType, l.Shape} }

// Len is the number of elements, an int32 scalar.
func (l List) Len(s *tf.Scope) tf.Output { return op.TensorListLength(s, l.Handle) }

// Get is element i, an int32 scalar.
func (l List) Get(s *tf.Scope, i tf.Output) tf.Output {
	i = int32Scalar(s, "List.Get", "i must be", i)
	return op.TensorListGetItem(s, l.Handle, i, shapeTensor(s, l.Shape), l.DType)
}

// Set is the list with x as element i, an int32 scalar.
func (l List) Set(s *tf.Scope, i, x tf.Output) List {
	i = int32Scalar(s, "List.Set", "i must be", i)
	if !l.takes(s, "Set", x) {
		return l.With(tf.Output{})
	}
	return l.With(op.TensorListSetItem(s, l.Handle, i, x, nil))
}

// Push is the list with x at its end.
func (l List) Push(s *tf.Scope, x tf.Output) List {
	if !l.takes(s, "Push", x) {
		return l.With(tf.Output{})
	}
	return l.With(op.TensorListPushBack(s, l.Handle, x))
}

// Pop is the list without its last element, and that element.
func (l List) Pop(s *tf.Scope) (List, tf.Output) {
	handle, x := op.TensorListPopBack(s, l.Handle, shapeTensor(s, l.Shape), l.DType)
	return l.With(handle), x
}

// Stack joins the elements along a new first dimension. They must have one
// shape; of no elements, dimensions that Shape leaves open are 0.
func (l List) Stack(s *tf.Scope) tf.Output { return l.stack(s, -1) }

// stack is Stack for a list of n elements; -1: unknown.
func (l List) stack(s *tf.Scope, n int64) tf.Output {
	shape := shapeTensor(s, l.Shape)
	if l.Shape != nil && !l.Shape.Known() && n <= 0 {
		empty := op.Equal(s, l.Len(s), tf.ConstScalar(s, int32(0)), nil)
		shape = op.SelectV2(s, empty, op.Maximum(s, shape, tf.ConstScalar(s, int32(0))), shape)
	}
	x := op.TensorListStack(s, l.Handle, shape, l.DType, &op.TensorListStackAttrs{NumElements: op.Ptr(n)})
	if l.Shape != nil && s.Graph() != nil && s.Err() == nil {
		s.SetErr(s.Graph().SetShape(x, append(tf.Shape{n}, l.Shape...)))
	}
	return x
}

func (l List) takes(s *tf.Scope, what string, x tf.Output) bool {
	switch {
	case s.Err() != nil:
	case x.DType() != l.DType:
		fail(s, "List."+what, "the list holds %v, got %v", l.DType, x.DType())
	case !l.Shape.Accepts(x.Shape()):
		fail(s, "List."+what, "the list holds elements of shape %v, got %v", l.Shape, x.Shape())
	}
	return s.Err() == nil
}

// int32Scalar is o, checked now or when the graph runs: TensorFlow ends the
// process where an index is empty.
func int32Scalar(s *tf.Scope, what, must string, o tf.Output) tf.Output {
	if isScalar(s, what, must, tf.Int32, o) && o.Shape() == nil {
		return op.EnsureShape(s, o, tf.Shape{})
	}
	return o
}

// shapeTensor is a shape as an operation's input: -1 alone is any.
func shapeTensor(s *tf.Scope, shape tf.Shape) tf.Output {
	if shape == nil {
		return tf.ConstScalar(s, int32(-1))
	}
	dims := make([]int32, len(shape))
	for i, d := range shape {
		if dims[i] = int32(d); int64(dims[i]) != d {
			fail(s, "List", "elements of shape %v are too large for a list", shape)
		}
	}
	return tf.Const(s, dims)
}
