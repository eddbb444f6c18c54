package tflite

import (
	"math"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Resize sets the shape of an input, after which all inputs are to be set
// again. Where the model leaves dimensions open only those may change; else any
// shape may be tried, and Invoke says whether the model works with it.
func (s *Signature) Resize(input string, shape tf.Shape) error {
	op := "resize " + input
	n, err := s.begin(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	k, err := s.find(op, "input", input, s.inputs)
	if err != nil {
		return err
	}
	if open := s.inputs[k].ShapeSignature; !open.Known() && !open.Accepts(shape) {
		return errorf(op, tf.InvalidArgument, "the input takes shape %v, got %v", open, shape)
	}
	return s.resize(n, op, k, shape)
}

func (s *Signature) resize(n *native, op string, k int, shape tf.Shape) error {
	dims := make([]int32, len(shape))
	elements := int64(1)
	for i, d := range shape {
		if d < 0 || d > math.MaxInt32 || elements > math.MaxInt32 {
			return errorf(op, tf.InvalidArgument, "shape %v is unknown or too large", shape)
		}
		dims[i], elements = int32(d), elements*d
	}
	if elements > math.MaxInt32 || shape == nil {
		return errorf(op, tf.InvalidArgument, "shape %v is unknown or too large", shape)
	}
	n.resized++
	s.unproven = s.unproven || !s.inputs[k].onlyBatch(shape)
	if s.resizeTo(n, k, dims) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "%s", reports(n.reporter))
	}
	return nil
}

func (s *Signature) resizeTo(n *native, k int, dims []int32) int {
	if s.runner == nil {
		return ctflite.Resize(n.interpreter, k, dims)
	}
	return ctflite.RunnerResize(s.runner, k, dims)
}

func (s *Signature) allocateAll(n *native) int {
	if s.runner == nil {
		return ctflite.Allocate(n.interpreter)
	}
	return ctflite.RunnerAllocate(s.runner)
}

// allocate gives the tensors memory, if a resize took it.
func (s *Signature) allocate(n *native, op string) error {
	if s.allocated == n.resized {
		return nil
	}
	if s.unproven && n.xnnpack != nil {
		if err := s.prove(n, op); err != nil {
			return err
		}
	}
	if s.allocateAll(n) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "the shapes do not fit the model: %s", reports(n.reporter))
	}
	s.allocated, s.invoked, s.unproven = n.resized, false, false
	return s.emptyStrings(op, n)
}

// prove tries the inputs' shapes without XNNPACK, which checks ranks and
// channels less than the kernels that it replaces do.
func (s *Signature) prove(n *native, op string) error {
	plain := &native{reporter: n.reporter}
	plain.interpreter = ctflite.NewInterpreter(n.source, 1, false, nil, n.reporter)
	if plain.interpreter == nil {
		return errorf(op, tf.Internal, "%s", reports(n.reporter))
	}
	defer ctflite.DeleteInterpreter(plain.interpreter)
	try := &Signature{Key: s.Key, inputs: s.inputs}
	if s.runner != nil {
		try.runner = ctflite.NewRunner(plain.interpreter, s.Key)
		defer ctflite.DeleteRunner(try.runner)
	}
	for k := range s.inputs {
		if try.resizeTo(plain, k, ctflite.Dims(s.input(n, k))) != ctflite.OK {
			return errorf(op, tf.InvalidArgument, "%s", reports(n.reporter))
		}
	}
	if try.allocateAll(plain) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "the shapes do not fit the model: %s", reports(n.reporter))
	}
	return nil
}

// emptyStrings fills string inputs that hold no strings of their shape, which
// the kernels would read all the same.
func (s *Signature) emptyStrings(op string, n *native) error {
	for k, info := range s.inputs {
		if info.DType != tf.String {
			continue
		}
		t := s.input(n, k)
		count := int(toShape(ctflite.Dims(t)).NumElements())
		if holdsStrings(ctflite.Data(t), count) {
			continue
		}
		if ctflite.Realloc(t, stringHeader(count)) != ctflite.OK {
			return errorf(op, tf.ResourceExhausted, "%s", reports(n.reporter))
		}
		putEmptyStrings(ctflite.Data(t), count)
	}
	return nil
}
