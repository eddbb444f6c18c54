package tflite

import (
	"context"
	"slices"
	"time"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Signature is one function of a model, with named inputs and outputs. It is
// open as long as its Interpreter.
type Signature struct {
	Key string // "" for the main graph

	it              *Interpreter
	g               *ctflite.Graph
	inputs, outputs []TensorInfo // as made; shapes change
	views           []ctflite.View
	allocated       int           // native.resized as of the last allocation, -1 before
	invoked         bool          // since the last allocation
	unproven        bool          // shapes were set that XNNPACK may wrongly accept
	took            time.Duration // of an invocation that ctx could end
}

func newSignature(it *Interpreter, g *ctflite.Graph, key string) *Signature {
	s := &Signature{Key: key, it: it, g: g, allocated: -1, views: ctflite.Views(g)}
	inputs := ctflite.NumInputs(g)
	for k := range s.views {
		info := describe(ctflite.GraphName(g, k), ctflite.GraphTensor(g, k))
		if k < inputs {
			s.inputs = append(s.inputs, info)
		} else {
			s.outputs = append(s.outputs, info)
		}
	}
	return s
}

// begin lends the C interpreter to one call, which ends with end.
func (s *Signature) begin(op any) (*native, error) {
	if s == nil || s.it == nil {
		return nil, errorf(op, tf.InvalidArgument, "%w", errNoGraph)
	}
	n, err := s.it.h.Acquire()
	if err != nil {
		return nil, errorf(op, tf.FailedPrecondition, "%w", errClosed)
	}
	n.turn <- struct{}{}
	return n, nil
}

// beginUntil is begin that gives up waiting for its turn when ctx ends.
func (s *Signature) beginUntil(ctx context.Context, op any) (*native, error) {
	if s == nil || s.it == nil {
		return nil, errorf(op, tf.InvalidArgument, "%w", errNoGraph)
	}
	if err := ctx.Err(); err != nil {
		return nil, ended(op, ctx)
	}
	n, err := s.it.h.Acquire()
	if err != nil {
		return nil, errorf(op, tf.FailedPrecondition, "%w", errClosed)
	}
	select {
	case n.turn <- struct{}{}:
		return n, nil
	default:
	}
	select {
	case n.turn <- struct{}{}:
		return n, nil
	case <-ctx.Done():
		s.it.h.Release()
		return nil, ended(op, ctx)
	}
}

func (s *Signature) end(n *native) {
	<-n.turn
	s.it.h.Release()
}

func (s *Signature) input(k int) *ctflite.Tensor { return ctflite.GraphTensor(s.g, k) }

// Inputs describes the inputs, with their shapes as they are now.
func (s *Signature) Inputs() []TensorInfo {
	if s == nil {
		return nil
	}
	return s.infos(s.inputs, 0)
}

// Outputs describes the outputs. A shape that depends on the inputs' values is
// right after Invoke.
func (s *Signature) Outputs() []TensorInfo {
	if s == nil {
		return nil
	}
	return s.infos(s.outputs, len(s.inputs))
}

func (s *Signature) infos(made []TensorInfo, first int) []TensorInfo {
	out := slices.Clone(made)
	n, err := s.begin("describe")
	if err != nil {
		return out
	}
	defer s.end(n)
	if s.allocate(n, "describe") != nil {
		return out
	}
	for k := range out {
		out[k].Shape = toShape(ctflite.Dims(ctflite.GraphTensor(s.g, first+k)))
	}
	return out
}

// find is the index of the named input or output.
func find(op any, kind, name string, in []TensorInfo) (int, error) {
	for k := range in {
		if in[k].Name == name {
			return k, nil
		}
	}
	names := make([]string, len(in))
	for k := range in {
		names[k] = in[k].Name
	}
	return 0, errorf(op, tf.InvalidArgument, "%s", unknown(kind, name, names))
}
