package tflite

import (
	"fmt"
	"unsafe"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Graph is what has inputs and outputs: an [Interpreter] or a [Signature].
type Graph interface{ graph() *Signature }

func (it *Interpreter) graph() *Signature {
	if it == nil {
		return nil
	}
	return it.main
}

func (s *Signature) graph() *Signature { return s }

// graphOf is g's graph, nil if g is.
func graphOf(g Graph) *Signature {
	if g == nil {
		return nil
	}
	return g.graph()
}

// Set gives an input its values, row-major. Their type and number must be the
// input's; see Resize.
func Set[T tf.Element](g Graph, input string, values []T) error {
	s, op := graphOf(g), step{"set", input}
	n, k, err := s.prepare(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	return set(s, n, op, k, values)
}

// prepare begins a call that writes the input op.name.
func (s *Signature) prepare(op step) (*native, int, error) {
	n, err := s.begin(op)
	if err != nil {
		return nil, 0, err
	}
	k, err := find(op, "input", op.name, s.inputs)
	if err != nil {
		s.end(n)
		return nil, 0, s.elsewhere(op, err)
	}
	if err := s.allocate(n, op); err != nil {
		s.end(n)
		return nil, 0, err
	}
	return n, k, nil
}

// elsewhere adds to the error for an input that the main graph lacks which
// signature has one of that name.
func (s *Signature) elsewhere(op step, err error) error {
	if s.Key != "" {
		return err
	}
	for _, key := range s.it.keys {
		named, failed := s.it.Signature(key)
		if failed != nil {
			continue
		}
		if _, missing := find(op, "input", op.name, named.inputs); missing == nil {
			return fmt.Errorf("%w; signature %q has one of that name: it.Signature(%q)", err, key, key)
		}
	}
	return err
}

func set[T tf.Element](s *Signature, n *native, op step, k int, values []T) error {
	want, d := s.inputs[k].DType, tf.DTypeOf[T]()
	if d != want {
		return errorf(op, tf.InvalidArgument, "the input takes %v, got %v", want, d)
	}
	if d != tf.String && s.views[k].Size == uintptr(len(values))*unsafe.Sizeof(*new(T)) {
		copy(unsafe.Slice((*T)(s.views[k].Data), len(values)), values)
		return nil
	}
	shape := toShape(ctflite.Dims(s.input(k)))
	if int64(len(values)) != shape.NumElements() {
		return errorf(op, tf.InvalidArgument, "the input's shape %v takes %d values, got %d", shape, shape.NumElements(), len(values))
	}
	if texts, ok := any(values).([]string); ok {
		return s.writeStrings(op, n, k, texts)
	}
	return errorf(op, tf.Internal, "the runtime holds %d bytes for %d values", s.views[k].Size, len(values))
}

func (s *Signature) writeStrings(op step, n *native, k int, texts []string) error {
	raw, err := encodeStrings(texts)
	if err != nil {
		return errorf(op, tf.InvalidArgument, "%w", err)
	}
	if ctflite.Realloc(s.input(k), len(raw)) != ctflite.OK {
		return errorf(op, tf.ResourceExhausted, "%w", n.reason())
	}
	ctflite.Look(s.g)
	return s.writeBytes(op, k, raw)
}

func (s *Signature) writeBytes(op step, k int, raw []byte) error {
	to := s.data(k)
	if len(to) != len(raw) {
		return errorf(op, tf.Internal, "the runtime holds %d bytes, the values take %d", len(to), len(raw))
	}
	copy(to, raw)
	return nil
}

// data lends the values of tensor k, inputs before outputs.
func (s *Signature) data(k int) []byte {
	return unsafe.Slice((*byte)(s.views[k].Data), s.views[k].Size)
}

// Read copies the values of an output, or of an input, row-major. T must be
// the tensor's type. Outputs have values after Invoke.
func Read[T tf.Element](g Graph, name string) ([]T, error) {
	s, op := graphOf(g), step{"read", name}
	n, err := s.begin(op)
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	k, err := readable[T](s, n, op)
	if err != nil {
		return nil, err
	}
	return read[T](op, s.data(k), toShape(ctflite.Dims(ctflite.GraphTensor(s.g, k))))
}

// ReadInto is Read into values, which must have the tensor's length; it makes
// no garbage. For a tensor whose length only a run tells, use Read.
func ReadInto[T tf.Element](g Graph, name string, values []T) error {
	s, op := graphOf(g), step{"read", name}
	n, err := s.begin(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	k, err := readable[T](s, n, op)
	if err != nil {
		return err
	}
	return readInto(s, op, k, values)
}

func readInto[T tf.Element](s *Signature, op step, k int, values []T) error {
	var zero T
	if _, ok := any(zero).(string); !ok && s.views[k].Size == uintptr(len(values))*unsafe.Sizeof(zero) {
		copy(values, unsafe.Slice((*T)(s.views[k].Data), len(values)))
		return nil
	}
	shape := toShape(ctflite.Dims(ctflite.GraphTensor(s.g, k)))
	all, err := read[T](op, s.data(k), shape)
	if err != nil {
		return err
	}
	if len(all) != len(values) {
		return errorf(op, tf.InvalidArgument, "the tensor's shape %v has %d values, room is for %d", shape, len(all), len(values))
	}
	copy(values, all)
	return nil
}

func read[T tf.Element](op any, raw []byte, shape tf.Shape) ([]T, error) {
	var zero T
	count := shape.NumElements()
	if _, ok := any(zero).(string); ok {
		texts, err := decodeStrings(raw, int(count))
		if err != nil {
			return nil, errorf(op, tf.Internal, "%w", err)
		}
		return any(texts).([]T), nil
	}
	if int64(len(raw)) != count*int64(unsafe.Sizeof(zero)) {
		return nil, errorf(op, tf.Internal, "the runtime holds %d bytes for %d values", len(raw), count)
	}
	out := make([]T, count)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), len(raw)), raw)
	return out, nil
}

// readable finds an output, or else an input, that has values of type T.
func readable[T tf.Element](s *Signature, n *native, op step) (int, error) {
	k, info, err := s.valued(n, op)
	if err != nil {
		return 0, err
	}
	if d := tf.DTypeOf[T](); d != info.DType {
		return 0, errorf(op, tf.InvalidArgument, "the tensor holds %v, not %v", info.DType, d)
	}
	return k, nil
}

// valued finds an output, or else an input, that has values.
func (s *Signature) valued(n *native, op step) (int, *TensorInfo, error) {
	for k := range s.outputs {
		if info := &s.outputs[k]; info.Name == op.name {
			if !s.invoked || s.allocated != n.resized {
				return 0, nil, errorf(op, tf.FailedPrecondition, "the output has no value before Invoke")
			}
			return len(s.inputs) + k, info, s.allocate(n, op)
		}
	}
	for k := range s.inputs {
		if info := &s.inputs[k]; info.Name == op.name {
			return k, info, s.allocate(n, op)
		}
	}
	_, err := find(op, "output", op.name, s.outputs)
	return 0, nil, err
}
