package convert

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// dedupe lets constants of the same bytes share one buffer, as Python's
// converter does; the others stay, empty.
func dedupe(m *schema.ModelT) {
	candidates := constants(m)
	slices.SortStableFunc(candidates, func(a, b uint32) int {
		return cmp.Compare(len(m.Buffers[b].Data), len(m.Buffers[a].Data))
	})
	same := map[uint32]uint32{} // from a buffer to the one that takes its place
	for i, a := range candidates {
		if _, gone := same[a]; gone {
			continue
		}
		for _, b := range candidates[i+1:] {
			if len(m.Buffers[b].Data) != len(m.Buffers[a].Data) {
				break
			}
			if _, gone := same[b]; !gone && bytes.Equal(m.Buffers[a].Data, m.Buffers[b].Data) {
				same[b] = a
			}
		}
	}
	for _, g := range m.Subgraphs {
		for _, o := range g.Operators {
			for _, t := range o.Inputs {
				if t < 0 {
					continue
				}
				if to, ok := same[g.Tensors[t].Buffer]; ok {
					g.Tensors[t].Buffer = to
				}
			}
		}
	}
	for b := range same {
		m.Buffers[b].Data = nil
	}
}

// constants are the buffers that operators only read, in Python's order.
func constants(m *schema.ModelT) (list []uint32) {
	var buffers intSet
	for _, g := range m.Subgraphs {
		if len(g.Tensors) == 0 {
			continue
		}
		tensor := func(t int32) *schema.TensorT {
			if t < 0 { // an input left out: Python counts from the end
				t += int32(len(g.Tensors))
			}
			return g.Tensors[t]
		}
		var read intSet
		written := slices.Concat(g.Inputs, g.Outputs)
		for _, o := range g.Operators {
			for i, t := range o.Inputs {
				mutable := i < len(o.MutatingVariableInputs) && o.MutatingVariableInputs[i]
				if !mutable && !tensor(t).IsVariable {
					read.add(t)
				}
			}
			written = append(append(written, o.Outputs...), o.Intermediates...)
		}
		gone := map[int32]bool{}
		for _, t := range written {
			gone[t] = true
		}
		for _, t := range read.all() {
			if !gone[t] {
				buffers.add(int32(tensor(t).Buffer))
			}
		}
	}
	for _, b := range buffers.all() {
		if len(m.Buffers[b].Data) > 0 {
			list = append(list, uint32(b))
		}
	}
	return list
}
