package verify

import (
	"encoding/binary"
	"fmt"
	"slices"
)

const maxRank = 32

type tensor struct {
	shape    []int
	kind     uint64
	constant []byte // nil if the tensor is computed
	variable bool   // keeps its value between invocations
	empty    bool   // has no elements
	open     bool   // has dimensions that Resize may set
}

// elementSizes is the bytes of one element by TensorType; 0 where that is not
// fixed. int4 (17), int2 (19) and uint4 (20) share bytes.
var elementSizes = [...]int{4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8, 16, 8, 0, 0, 4, 2, 0, 2, 0, 0}

// memorySize is the bytes that an element takes at least.
func memorySize(kind uint64) int {
	if kind == kindString {
		return 8 // an offset, twice
	}
	return max(1, elementSizes[kind])
}

// Values of TensorType that are named here.
const (
	kindFloat32 = 0
	kindFloat16 = 1
	kindString  = 5
)

func (m *model) readTensors(g record) (subgraph, error) {
	s := subgraph{record: g}
	for i, r := range g.records("Tensors") {
		t, err := m.tensor(r)
		if err != nil {
			return s, in(fmt.Sprintf("Tensors.%d", i), err)
		}
		s.tensors = append(s.tensors, t)
	}
	return s, nil
}

func (m *model) tensor(r record) (tensor, error) {
	t := tensor{shape: r.ints("Shape"), kind: r.uint("Type")}
	if t.kind >= uint64(len(elementSizes)) {
		return t, damaged("unknown type %d", t.kind)
	}
	if len(t.shape) > maxRank {
		return t, damaged("%d dimensions are impossible", len(t.shape))
	}
	elements, ok := product(t.shape, 1)
	if _, fits := product(t.shape, memorySize(t.kind)); !ok || !fits {
		return t, damaged("the shape %v is impossible", t.shape)
	}
	m.facts.Largest = max(m.facts.Largest, elements)
	t.variable, t.empty = r.uint("IsVariable") != 0, elements == 0
	b := r.uint("Buffer")
	if b >= uint64(len(m.buffers)) && (b != 0 || r.uint("ExternalBuffer") == 0) {
		return t, damaged("buffer %d does not exist, there are %d", b, len(m.buffers))
	}
	if b > 0 { // buffer 0 is the empty one
		t.constant, _ = m.constant(m.buffers[b])
	}
	if len(t.constant) == 0 {
		t.constant = nil
	}
	t.open = slices.Contains(r.ints("ShapeSignature"), -1)
	if n := r.length("ShapeSignature"); n != 0 && n != len(t.shape) {
		return t, damaged("the shape signature has %d dimensions, the shape %d", n, len(t.shape))
	}
	if err := quantization(r, t); err != nil {
		return t, in("Quantization", err)
	}
	sparse, ok := r.record("Sparsity")
	switch {
	case t.constant == nil:
		return t, nil
	case ok:
		m.facts.Sparse, m.facts.Unpacked = true, true
		return t, in("Sparsity", sparsity(sparse, t))
	case t.kind == kindString:
		return t, stringConstant(t.constant, elements)
	}
	want := elements * elementSizes[t.kind]
	if t.kind == 17 || t.kind == 20 {
		want = (elements + 1) / 2
	} else if t.kind == 19 {
		want = (elements + 3) / 4
	}
	if want != len(t.constant) {
		return t, damaged("shape %v takes %d bytes, the buffer has %d", t.shape, want, len(t.constant))
	}
	return t, nil
}

// stringConstant checks a count, that many offsets and one more, and bytes.
func stringConstant(raw []byte, elements int) error {
	if len(raw) < 8 || int(binary.LittleEndian.Uint32(raw)) != elements || len(raw) < 4*(elements+2) {
		return damaged("the string buffer does not hold %d strings", elements)
	}
	last := uint32(4 * (elements + 2))
	for i := range elements + 1 {
		at := binary.LittleEndian.Uint32(raw[4*(i+1):])
		if at < last || at > uint32(len(raw)) {
			return damaged("string %d lies outside the buffer", i)
		}
		last = at
	}
	return nil
}

func quantization(r record, t tensor) error {
	q, ok := r.record("Quantization")
	if !ok {
		return nil
	}
	scales, zeros, axis := q.length("Scale"), q.length("ZeroPoint"), q.int("QuantizedDimension")
	if scales == 0 {
		return nil
	}
	if zeros != scales && zeros > 1 {
		return damaged("%d zero points for %d scales", zeros, scales)
	}
	if scales == 1 {
		return nil
	}
	if axis < 0 || axis >= len(t.shape) {
		return damaged("dimension %d does not exist, there are %d", axis, len(t.shape))
	}
	if scales != t.shape[axis] {
		return damaged("%d scales for dimension %d of size %d", scales, axis, t.shape[axis])
	}
	return nil
}

// sparsity checks what walks over a compressed constant rely on.
func sparsity(s record, t tensor) error {
	order, blocks, dims := s.ints("TraversalOrder"), s.ints("BlockMap"), s.records("DimMetadata")
	if len(order) != len(dims) || len(order) != len(t.shape)+len(blocks) {
		return damaged("%d dimensions are traversed, %d described, of a tensor of %d", len(order), len(dims), len(t.shape))
	}
	seen := make([]bool, len(order))
	for _, d := range order {
		if d < 0 || d >= len(order) || seen[d] {
			return in("TraversalOrder", damaged("%v is no order", order))
		}
		seen[d] = true
	}
	for _, b := range blocks {
		if b < 0 || b >= len(t.shape) {
			return in("BlockMap", damaged("dimension %d does not exist, there are %d", b, len(t.shape)))
		}
	}
	return nil
}
