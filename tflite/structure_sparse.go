package tflite

import (
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// sparsity says where the stored values of a constant belong: dimensions,
// those of the tensor and then those inside a block, in the order in which
// they are walked.
type sparsity struct {
	order  []int
	blocks []int       // the tensor's dimension that each block dimension splits
	dims   []sparseDim // by place in the walk
}

// sparseDim holds all indices below size or, compressed, those that each parent
// has: indices[segments[parent]:segments[parent+1]].
type sparseDim struct {
	size              int
	compressed        bool
	segments, indices []int
}

func (r *structureReader) sparsity(p *schema.SparsityParameters) sparsity {
	s := sparsity{
		order:  r.ints(p.TraversalOrderLength(), p.TraversalOrder),
		blocks: r.ints(p.BlockMapLength(), p.BlockMap),
	}
	s.dims = tables(r, p.DimMetadataLength(), p.DimMetadata, func(d *schema.DimensionMetadata) sparseDim {
		out := sparseDim{size: int(d.DenseSize()), compressed: d.Format() != 0}
		var t flatbuffers.Table
		if d.ArraySegments(&t) {
			out.segments = r.indexVector(d.ArraySegmentsType(), t)
		}
		if d.ArrayIndices(&t) {
			out.indices = r.indexVector(d.ArrayIndicesType(), t)
		}
		return out
	})
	return s
}

func (r *structureReader) indexVector(kind schema.SparseIndexVector, t flatbuffers.Table) []int {
	switch kind {
	case schema.SparseIndexVectorInt32Vector:
		var v schema.Int32Vector
		v.Init(t.Bytes, t.Pos)
		return r.ints(v.ValuesLength(), v.Values)
	case schema.SparseIndexVectorUint16Vector:
		var v schema.Uint16Vector
		v.Init(t.Bytes, t.Pos)
		return r.ints(v.ValuesLength(), func(i int) int32 { return int32(v.Values(i)) })
	case schema.SparseIndexVectorUint8Vector:
		var v schema.Uint8Vector
		v.Init(t.Bytes, t.Pos)
		return r.ints(v.ValuesLength(), func(i int) int32 { return int32(v.Values(i)) })
	}
	return nil
}

var errSparse = errors.New("the table of its zeros is damaged")

// expand puts the n stored values at their places in a tensor of zeros.
func (s *sparsity) expand(shape tf.Shape, n int, read func(int) float32) ([]float32, error) {
	total := shape.NumElements()
	if most := 1<<20 + 1000*int64(n); total > most {
		return nil, fmt.Errorf("%d values are stored for %d", n, total)
	}
	if len(s.dims) != len(s.order) || len(s.order) != len(shape)+len(s.blocks) {
		return nil, errSparse
	}
	limits, err := s.limits(shape)
	if err != nil {
		return nil, err
	}
	w := &sparseWalk{sparsity: s, shape: shape, limits: limits, at: make([]int, len(s.order)), n: n, read: read, out: make([]float32, total)}
	if err := w.walk(0, 0); err != nil {
		return nil, err
	}
	return w.out, nil
}

// limits is the size of each dimension, a split one counted in blocks.
func (s *sparsity) limits(shape tf.Shape) ([]int, error) {
	limits := make([]int, len(s.order))
	for d, n := range shape {
		limits[d] = int(n)
	}
	for level, d := range s.order {
		if b := d - len(shape); b >= 0 {
			limits[d] = s.dims[level].size
			of := s.blocks[b]
			if limits[d] <= 0 || limits[of]%limits[d] != 0 {
				return nil, errSparse
			}
			limits[of] /= limits[d]
		}
	}
	return limits, nil
}

type sparseWalk struct {
	*sparsity
	shape  tf.Shape
	limits []int
	at     []int // index in each dimension
	n      int
	read   func(int) float32
	out    []float32
}

// walk visits the dimensions from level on; parent is the position of the
// values above.
func (w *sparseWalk) walk(level, parent int) error {
	if level == len(w.order) {
		if parent >= w.n {
			return errSparse
		}
		w.out[w.place()] = w.read(parent)
		return nil
	}
	d, to := w.dims[level], w.order[level]
	if !d.compressed {
		if d.size != w.limits[to] {
			return errSparse
		}
		for i := range d.size {
			w.at[to] = i
			if err := w.walk(level+1, parent*d.size+i); err != nil {
				return err
			}
		}
		return nil
	}
	if parent+1 >= len(d.segments) {
		return errSparse
	}
	from, end := d.segments[parent], d.segments[parent+1]
	if from < 0 || end < from || end > len(d.indices) {
		return errSparse
	}
	for i := from; i < end; i++ {
		if w.at[to] = d.indices[i]; d.indices[i] < 0 || d.indices[i] >= w.limits[to] || i > from && d.indices[i] <= d.indices[i-1] {
			return errSparse
		}
		if err := w.walk(level+1, i); err != nil {
			return err
		}
	}
	return nil
}

// place is the position in the tensor of the value that at tells.
func (w *sparseWalk) place() int {
	p, rank := 0, len(w.shape)
	for d := range rank {
		i := w.at[d]
		for b, of := range w.blocks {
			if of == d {
				i = i*w.limits[rank+b] + w.at[rank+b]
			}
		}
		p = p*int(w.shape[d]) + i
	}
	return p
}
