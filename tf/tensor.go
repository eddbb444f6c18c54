package tf

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
)

// Tensor is an n-dimensional array in TensorFlow's memory, row-major. Its
// values do not change after construction.
type Tensor struct {
	h     *handle.Handle[tensorMemory]
	dtype DType
	shape Shape
	few   [4]int64 // backs shape
}

// tensorMemory is the C side of a tensor.
type tensorMemory struct {
	p      *ctf.Tensor
	data   unsafe.Pointer
	nbytes int
}

func (m tensorMemory) free() {
	ctf.DeleteTensor(m.p)
	memory.add(-int64(m.nbytes))
}

// NewTensor copies data, in row-major order, into a tensor of the given shape.
// No shape makes a vector of len(data); for a scalar see [NewScalar]. A shape
// that holds another number of elements is an InvalidArgument error.
func NewTensor[T Element](data []T, shape ...int64) (*Tensor, error) {
	if shape == nil {
		shape = []int64{int64(len(data))}
	}
	return newTensor(data, shape)
}

// NewScalar makes a tensor of rank 0.
func NewScalar[T Element](v T) (*Tensor, error) { return newTensor([]T{v}, Shape{}) }

const newTensorOp = "new tensor"

func newTensor[T Element](data []T, shape Shape) (*Tensor, error) {
	d := DTypeOf[T]()
	n, err := elements(newTensorOp, shape, d.memorySize())
	if err != nil {
		return nil, err
	}
	if n != len(data) {
		return nil, Errorf(newTensorOp, InvalidArgument, "shape %v holds %d elements, the data has %d", shape, n, len(data))
	}
	t, to, err := allocate(d, shape, n)
	if err != nil {
		return nil, err
	}
	if strs, ok := any(data).([]string); ok {
		for i, s := range strs {
			ctf.SetString(unsafe.Add(to, i*ctf.StringSize), s)
		}
		return t, nil
	}
	copy(unsafe.Slice((*T)(to), n), data)
	return t, nil
}

// NewRaw makes a tensor from bytes in memory layout (little-endian, row-major).
// It does not make String, Resource or Variant tensors.
func NewRaw(d DType, shape Shape, raw []byte) (*Tensor, error) {
	if d.Size() == 0 {
		return nil, Errorf(newTensorOp, InvalidArgument, "%v cannot be made from bytes", d)
	}
	n, err := elements(newTensorOp, shape, d.Size())
	if err != nil {
		return nil, err
	}
	if n*d.Size() != len(raw) {
		return nil, Errorf(newTensorOp, InvalidArgument, "shape %v of %v takes %d bytes, got %d", shape, d, n*d.Size(), len(raw))
	}
	t, to, err := allocate(d, shape, n)
	if err != nil {
		return nil, err
	}
	copy(unsafe.Slice((*byte)(to), len(raw)), raw)
	return t, nil
}

// memorySize is Size with that of what a String tensor holds for each element.
func (d DType) memorySize() int {
	if d == String {
		return ctf.StringSize
	}
	return d.Size()
}

// allocate makes a tensor of n elements and returns where they are.
func allocate(d DType, shape Shape, n int) (*Tensor, unsafe.Pointer, error) {
	if err := open(); err != nil {
		return nil, nil, err
	}
	if d > Float8E4M3FN && ctf.DTypeSize(int32(d)) != d.Size() {
		return nil, nil, Errorf(newTensorOp, Unimplemented, "TensorFlow %s does not have type %v", ctf.Version(), d)
	}
	m := tensorMemory{nbytes: n * d.memorySize()}
	m.p, m.data = ctf.NewTensor(int32(d), shape, m.nbytes)
	if m.p == nil {
		return nil, nil, Errorf(newTensorOp, ResourceExhausted, "no memory for %d bytes", m.nbytes)
	}
	t := &Tensor{dtype: d}
	t.shape = append(t.few[:0], shape...)
	t.own(m)
	return t, m.data, nil
}

// adopt takes ownership of c.
func adopt(c *ctf.Tensor) *Tensor {
	m, t := tensorMemory{p: c}, &Tensor{}
	var d int32
	d, t.shape, m.data, m.nbytes = ctf.TensorInfo(c, t.few[:0])
	t.dtype = DType(d)
	t.own(m)
	return t
}

func (t *Tensor) own(m tensorMemory) {
	memory.add(int64(m.nbytes))
	t.h = handle.New(m, tensorMemory.free)
}

// DType is the type of the elements.
func (t *Tensor) DType() DType { return t.dtype }

// Shape is a copy of the shape.
func (t *Tensor) Shape() Shape { return slices.Clone(t.shape) }

// NumElements is the product of the dimensions.
func (t *Tensor) NumElements() int { return int(t.shape.NumElements()) }

// Close frees the memory, at once or when the calls that use it end.
func (t *Tensor) Close() error {
	if t == nil {
		return nil
	}
	return t.h.Close()
}

// String describes the tensor with its first values, row-major:
// "float32 (2, 3) [1 2 3 4 5 6]".
func (t *Tensor) String() string {
	if t == nil {
		return "no tensor"
	}
	s := fmt.Sprintf("%v %v", t.dtype, t.shape)
	if values := t.head(); values != "" {
		s += " " + values
	}
	return s
}

// Values copies the elements out, row-major. T must match the tensor's dtype.
func Values[T Element](t *Tensor) ([]T, error) {
	m, n, err := t.lend("values", DTypeOf[T]())
	if err != nil {
		return nil, err
	}
	defer t.h.Release()
	out := make([]T, n)
	if strs, ok := any(out).([]string); ok {
		ctf.Strings(m.data, strs)
		return out, nil
	}
	copy(out, unsafe.Slice((*T)(m.data), n))
	return out, nil
}

// View lends the elements to f without a copy. f must neither write to the slice
// nor keep it.
func View[T Fixed](t *Tensor, f func([]T)) error {
	m, n, err := t.lend("view", DTypeOf[T]())
	if err != nil {
		return err
	}
	defer t.h.Release()
	f(unsafe.Slice((*T)(m.data), n))
	return nil
}

// Bytes copies the memory of a tensor whose elements have a fixed size.
func (t *Tensor) Bytes() ([]byte, error) {
	if t == nil || t.dtype.Size() == 0 {
		return nil, Errorf("bytes", InvalidArgument, "%v has no fixed size", t)
	}
	m, _, err := t.lend("bytes", t.dtype)
	if err != nil {
		return nil, err
	}
	defer t.h.Release()
	return append([]byte{}, unsafe.Slice((*byte)(m.data), m.nbytes)...), nil
}

// lend lends the data, of n elements; the caller must call t.h.Release.
func (t *Tensor) lend(op string, d DType) (m tensorMemory, n int, err error) {
	if t == nil {
		return m, 0, Errorf(op, InvalidArgument, "the tensor is nil")
	}
	if t.dtype != d {
		return m, 0, Errorf(op, InvalidArgument, "the tensor holds %v, not %v", t.dtype, d)
	}
	if m, err = t.h.Acquire(); err != nil {
		return m, 0, Errorf(op, FailedPrecondition, "the tensor is closed")
	}
	return m, t.NumElements(), nil
}
