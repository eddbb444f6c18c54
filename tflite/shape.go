package tflite

import (
	"math"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Resize sets the shape of an input, after which all inputs are to be set
// again: they are zero, or empty strings. Where the model leaves dimensions open only those may change; else any
// shape may be tried, and Invoke says whether the model works with it.
func (s *Signature) Resize(input string, shape tf.Shape) error {
	op := step{"resize", input}
	n, err := s.begin(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	k, err := find(op, "input", input, s.inputs)
	if err != nil {
		return err
	}
	if open := s.inputs[k].ShapeSignature; !open.Known() && !open.Accepts(shape) {
		return errorf(op, tf.InvalidArgument, "the input takes shape %v, got %v", open, shape)
	}
	return s.resize(n, op, k, shape)
}

func (s *Signature) resize(n *native, op step, k int, shape tf.Shape) error {
	dims, ok := toDims(shape)
	if !ok {
		return errorf(op, tf.InvalidArgument, "shape %v is unknown or too large", shape)
	}
	n.resized++
	s.unproven = s.unproven || !s.inputs[k].onlyBatch(shape)
	if ctflite.Resize(s.g, k, dims) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "%w", n.reason())
	}
	return nil
}

// toDims refuses what the runtime cannot count.
func toDims(shape tf.Shape) (dims []int32, ok bool) {
	if shape == nil {
		return nil, false
	}
	dims = make([]int32, len(shape))
	elements := int64(1)
	for i, d := range shape {
		if d < 0 || d > math.MaxInt32 || elements > math.MaxInt32 {
			return nil, false
		}
		dims[i], elements = int32(d), elements*d
	}
	return dims, elements <= math.MaxInt32
}

// allocate gives the tensors memory, if a resize took it, and finds them where
// another graph's call may have moved them.
func (s *Signature) allocate(n *native, op any) error {
	if s.allocated == n.resized {
		if n.last != s {
			ctflite.Look(s.g)
			n.last = s
		}
		return nil
	}
	if s.unproven && n.xnnpack {
		if err := s.prove(n, op); err != nil {
			return err
		}
	}
	n.last = s
	if ctflite.Allocate(s.g) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "the shapes do not fit the model: %w", n.reason())
	}
	s.allocated, s.invoked, s.unproven, s.took = n.resized, false, false, 0
	for k, info := range s.inputs {
		if info.DType != tf.String {
			clear(s.data(k))
		}
	}
	return s.emptyStrings(op, n)
}

// prove tries the inputs' shapes without XNNPACK, which checks ranks and
// channels less than the kernels that it replaces do.
func (s *Signature) prove(n *native, op any) error {
	if len(n.onlyXNNPACK) > 0 {
		return errorf(op, tf.Unimplemented, "the model needs XNNPACK for the custom %s: only the batch of its inputs can change", operations(n.onlyXNNPACK))
	}
	o := n.options
	o.NoXNNPACK, o.XNNPACK = true, XNNPACK{}
	n.model.Retain()
	plain := n.like(o)
	defer plain.free()
	if err := plain.make(); err != nil {
		return errorf(op, tf.InvalidArgument, "%w", err)
	}
	g := plain.graphs[0]
	if s.Key != "" {
		if g = plain.runnerGraph(s.Key); g == nil {
			return errorf(op, tf.Internal, "%w", plain.reason())
		}
	}
	for k := range s.inputs {
		if ctflite.Resize(g, k, ctflite.Dims(s.input(k))) != ctflite.OK {
			return errorf(op, tf.InvalidArgument, "%w", plain.reason())
		}
	}
	if ctflite.Allocate(g) != ctflite.OK {
		return errorf(op, tf.InvalidArgument, "the shapes do not fit the model: %w", plain.reason())
	}
	return nil
}

// emptyStrings fills string inputs that hold no strings of their shape, which
// the kernels would read all the same.
func (s *Signature) emptyStrings(op any, n *native) error {
	for k, info := range s.inputs {
		if info.DType != tf.String {
			continue
		}
		t := s.input(k)
		count := int(toShape(ctflite.Dims(t)).NumElements())
		if holdsStrings(ctflite.Data(t), count) {
			continue
		}
		if ctflite.Realloc(t, stringHeader(count)) != ctflite.OK {
			return errorf(op, tf.ResourceExhausted, "%w", n.reason())
		}
		putEmptyStrings(ctflite.Data(t), count)
		ctflite.Look(s.g)
	}
	return nil
}
