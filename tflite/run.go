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
	n, err := s.begin("run")
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	if err := s.feed(n, inputs); err != nil {
		return nil, err
	}
	if err := s.invoke(ctx, n); err != nil {
		return nil, err
	}
	out := make(map[string]*tf.Tensor, len(s.outputs))
	for k, info := range s.outputs {
		if out[info.Name] != nil {
			continue // one tensor twice
		}
		t, err := toTensor("read "+info.Name, s.output(n, k), info.DType)
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
		if _, err := s.find("run", "input", name, s.inputs); err != nil {
			return err
		}
	}
	for k, info := range s.inputs {
		t, ok := inputs[info.Name]
		if !ok {
			return errorf("run", tf.InvalidArgument, "input %q (%v %v) is missing", info.Name, info.DType, info.ShapeSignature)
		}
		if err := s.reshape("set "+info.Name, n, k, t); err != nil {
			return err
		}
	}
	if err := s.allocate(n, "run"); err != nil {
		return err
	}
	for k, info := range s.inputs {
		if err := s.fill("set "+info.Name, n, k, inputs[info.Name]); err != nil {
			return err
		}
	}
	return nil
}
