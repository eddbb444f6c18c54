package tflite

import (
	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// SetTensor gives an input its values and, where the model leaves its shape
// open, its shape.
func (s *Signature) SetTensor(input string, t *tf.Tensor) error {
	op := step{"set", input}
	n, err := s.begin(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	k, err := find(op, "input", input, s.inputs)
	if err != nil {
		return err
	}
	if err := s.reshape(op, n, k, t); err != nil {
		return err
	}
	if err := s.allocate(n, op); err != nil {
		return err
	}
	return s.fill(op, n, k, t)
}

// reshape checks t's type, and resizes input k to t's shape where they differ
// and the model allows it.
func (s *Signature) reshape(op step, n *native, k int, t *tf.Tensor) error {
	info := &s.inputs[k]
	if t == nil {
		return errorf(op, tf.InvalidArgument, "the tensor is nil")
	}
	if t.DType() != info.DType {
		return errorf(op, tf.InvalidArgument, "the input takes %v, got %v", info.DType, t.DType())
	}
	want, got := toShape(ctflite.Dims(s.input(k))), t.Shape()
	if want.Equal(got) {
		return nil
	}
	if !info.ShapeSignature.Accepts(got) {
		return errorf(op, tf.InvalidArgument, "the input takes shape %v, got %v", info.ShapeSignature, got)
	}
	return s.resize(n, op, k, got)
}

// fill copies t, whose type and shape are right, into input k.
func (s *Signature) fill(op step, n *native, k int, t *tf.Tensor) error {
	if t.DType() == tf.String {
		texts, err := tf.Values[string](t)
		if err != nil {
			return errorf(op, tf.FailedPrecondition, "%w", err)
		}
		return s.writeStrings(op, n, k, texts)
	}
	raw, err := t.Bytes()
	if err != nil {
		return errorf(op, tf.FailedPrecondition, "%w", err)
	}
	return s.writeBytes(op, k, raw)
}

// Tensor copies an output, or an input. Outputs have values after Invoke.
func (s *Signature) Tensor(name string) (*tf.Tensor, error) {
	op := step{"read", name}
	n, err := s.begin(op)
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	k, info, err := s.valued(n, op)
	if err != nil {
		return nil, err
	}
	return s.toTensor(op, k, info.DType)
}

func (s *Signature) toTensor(op step, k int, d tf.DType) (*tf.Tensor, error) {
	shape := toShape(ctflite.Dims(ctflite.GraphTensor(s.g, k)))
	if d == tf.String {
		texts, err := read[string](op, s.data(k), shape)
		if err != nil {
			return nil, err
		}
		return tf.NewTensor(texts, shape...)
	}
	return tf.NewRaw(d, shape, s.data(k))
}
