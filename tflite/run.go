package tflite

import (
	"context"
	"maps"
	"slices"

	"github.com/gotf/gotf/tf"
)

// Run sets every input by name, with its shape where the model leaves it open,
// invokes, and returns every output by name. The caller closes the outputs.
// For ctx see [Signature.Invoke].
func (s *Signature) Run(ctx context.Context, inputs map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
	n, err := s.beginUntil(ctx, "run")
	if err != nil {
		return nil, err
	}
	left := false
	defer func() {
		if !left {
			s.end(n)
		}
	}()
	if err := s.feed(n, inputs); err != nil {
		return nil, err
	}
	if left, err = s.invoke(ctx, n); err != nil {
		return nil, err
	}
	out := make(map[string]*tf.Tensor, len(s.outputs))
	for k, info := range s.outputs {
		if out[info.Name] != nil {
			continue // one tensor twice
		}
		t, err := s.toTensor(step{"read", info.Name}, len(s.inputs)+k, info.DType)
		if err != nil {
			for _, t := range out {
				t.Close()
			}
			return nil, err
		}
		out[info.Name] = t
	}
	return out, nil
}

// feed sets all inputs: shapes first, because a new shape moves every tensor.
func (s *Signature) feed(n *native, inputs map[string]*tf.Tensor) error {
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if _, err := find("run", "input", name, s.inputs); err != nil {
			return err
		}
	}
	for k, info := range s.inputs {
		t, ok := inputs[info.Name]
		if !ok {
			return errorf("run", tf.InvalidArgument, "input %q (%v %v) is missing", info.Name, info.DType, info.ShapeSignature)
		}
		if err := s.reshape(step{"set", info.Name}, n, k, t); err != nil {
			return err
		}
	}
	if err := s.allocate(n, "run"); err != nil {
		return err
	}
	for k, info := range s.inputs {
		if err := s.fill(step{"set", info.Name}, n, k, inputs[info.Name]); err != nil {
			return err
		}
	}
	return nil
}

// RunInto is one run of a graph with one input and one output, from slice to
// slice: it sets the input to in, invokes, and fills out. It makes no garbage in
// invocations below 1 ms, and is the fastest way to run a small model. For ctx
// see [Signature.Invoke].
func RunInto[In, Out tf.Element](ctx context.Context, g Graph, in []In, out []Out) error {
	s := graphOf(g)
	n, err := s.beginUntil(ctx, "run")
	if err != nil {
		return err
	}
	left, err := runInto(ctx, s, n, in, out)
	if !left {
		s.end(n)
	}
	return err
}

func runInto[In, Out tf.Element](ctx context.Context, s *Signature, n *native, in []In, out []Out) (left bool, err error) {
	if len(s.inputs) != 1 || len(s.outputs) != 1 {
		return false, errorf("run", tf.InvalidArgument, "RunInto takes a graph with one input and one output, this has %d and %d", len(s.inputs), len(s.outputs))
	}
	to, from := &s.inputs[0], &s.outputs[0]
	if d := tf.DTypeOf[Out](); d != from.DType {
		return false, errorf(step{"read", from.Name}, tf.InvalidArgument, "the tensor holds %v, not %v", from.DType, d)
	}
	if err := s.allocate(n, "run"); err != nil {
		return false, err
	}
	if err := set(s, n, step{"set", to.Name}, 0, in); err != nil {
		return false, err
	}
	if left, err := s.invoke(ctx, n); err != nil {
		return left, err
	}
	return false, readInto(s, step{"read", from.Name}, 1, out)
}
