package tflite

import (
	"unsafe"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Graph is what has inputs and outputs: an [Interpreter] or a [Signature].
type Graph interface{ graph() *Signature }

func (it *Interpreter) graph() *Signature { return it.main }
func (s *Signature) graph() *Signature    { return s }

// Set gives an input its values, row-major. Their type and number must be the
// input's; see Resize.
func Set[T tf.Element](g Graph, input string, values []T) error {
	op, s := "set "+input, g.graph()
	n, k, err := s.prepare(op, input)
	if err != nil {
		return err
	}
	defer s.end(n)
	if err := s.matches(op, n, k, tf.DTypeOf[T](), len(values)); err != nil {
		return err
	}
	return write(op, n, s.input(n, k), values)
}

// prepare begins a call that writes an input.
func (s *Signature) prepare(op, input string) (*native, int, error) {
	n, err := s.begin(op)
	if err != nil {
		return nil, 0, err
	}
	k, err := s.find(op, "input", input, s.inputs)
	if err == nil {
		err = s.allocate(n, op)
	}
	if err != nil {
		s.end(n)
		return nil, 0, err
	}
	return n, k, nil
}

// matches checks the type and number of values meant for input k.
func (s *Signature) matches(op string, n *native, k int, d tf.DType, count int) error {
	if want := s.inputs[k].DType; d != want {
		return errorf(op, tf.InvalidArgument, "the input takes %v, got %v", want, d)
	}
	t := s.input(n, k)
	if d != tf.String && len(ctflite.Data(t)) == count*d.Size() {
		return nil
	}
	shape := toShape(ctflite.Dims(t))
	if int64(count) != shape.NumElements() {
		return errorf(op, tf.InvalidArgument, "the input's shape %v takes %d values, got %d", shape, shape.NumElements(), count)
	}
	return nil
}

func write[T tf.Element](op string, n *native, t *ctflite.Tensor, values []T) error {
	if texts, ok := any(values).([]string); ok {
		return writeStrings(op, n, t, texts)
	}
	return writeBytes(op, t, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(*new(T)))))
}

func writeBytes(op string, t *ctflite.Tensor, raw []byte) error {
	to := ctflite.Data(t)
	if len(to) != len(raw) {
		return errorf(op, tf.Internal, "the runtime holds %d bytes, the values take %d", len(to), len(raw))
	}
	copy(to, raw)
	return nil
}

func writeStrings(op string, n *native, t *ctflite.Tensor, texts []string) error {
	raw, err := encodeStrings(texts)
	if err != nil {
		return errorf(op, tf.InvalidArgument, "%v", err)
	}
	if ctflite.Realloc(t, len(raw)) != ctflite.OK {
		return errorf(op, tf.ResourceExhausted, "%s", reports(n.reporter))
	}
	return writeBytes(op, t, raw)
}

// Read copies the values of an output, or of an input, row-major. T must be
// the tensor's type. Outputs have values after Invoke.
func Read[T tf.Element](g Graph, name string) ([]T, error) {
	op, s := "read "+name, g.graph()
	n, err := s.begin(op)
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	t, info, err := s.readable(op, n, name)
	if err != nil {
		return nil, err
	}
	if d := tf.DTypeOf[T](); d != info.DType {
		return nil, errorf(op, tf.InvalidArgument, "the tensor holds %v, not %v", info.DType, d)
	}
	return read[T](op, t)
}

func read[T tf.Element](op string, t *ctflite.Tensor) ([]T, error) {
	raw, count := ctflite.Data(t), toShape(ctflite.Dims(t)).NumElements()
	var zero T
	if _, ok := any(zero).(string); ok {
		texts, err := decodeStrings(raw, int(count))
		if err != nil {
			return nil, errorf(op, tf.Internal, "%v", err)
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

// readable finds an output, or else an input, that has values.
func (s *Signature) readable(op string, n *native, name string) (*ctflite.Tensor, TensorInfo, error) {
	for k, info := range s.outputs {
		if info.Name != name {
			continue
		}
		if !s.invoked || s.allocated != n.resized {
			return nil, info, errorf(op, tf.FailedPrecondition, "the output has no value before Invoke")
		}
		return s.output(n, k), info, nil
	}
	for k, info := range s.inputs {
		if info.Name == name {
			return s.input(n, k), info, s.allocate(n, op)
		}
	}
	_, err := s.find(op, "output", name, s.outputs)
	return nil, TensorInfo{}, err
}

// SetTensor gives an input its values and, where the model leaves its shape
// open, its shape.
func (s *Signature) SetTensor(input string, t *tf.Tensor) error {
	op := "set " + input
	n, err := s.begin(op)
	if err != nil {
		return err
	}
	defer s.end(n)
	k, err := s.find(op, "input", input, s.inputs)
	if err != nil {
		return err
	}
	if err := s.reshape(op, n, k, t); err != nil {
		return err
	}
	if err := s.allocate(n, op); err != nil {
		return err
	}
	return s.fill(op, n, k, t)
}

// reshape checks t's type, and resizes input k to t's shape where they differ
// and the model allows it.
func (s *Signature) reshape(op string, n *native, k int, t *tf.Tensor) error {
	info := &s.inputs[k]
	if t == nil {
		return errorf(op, tf.InvalidArgument, "the tensor is nil")
	}
	if t.DType() != info.DType {
		return errorf(op, tf.InvalidArgument, "the input takes %v, got %v", info.DType, t.DType())
	}
	want, got := toShape(ctflite.Dims(s.input(n, k))), t.Shape()
	if want.Equal(got) {
		return nil
	}
	if !info.ShapeSignature.Accepts(got) {
		return errorf(op, tf.InvalidArgument, "the input takes shape %v, got %v", info.ShapeSignature, got)
	}
	return s.resize(n, op, k, got)
}

// fill copies t, whose type and shape are right, into input k.
func (s *Signature) fill(op string, n *native, k int, t *tf.Tensor) error {
	if t.DType() == tf.String {
		texts, err := tf.Values[string](t)
		if err != nil {
			return errorf(op, tf.FailedPrecondition, "%v", err)
		}
		return writeStrings(op, n, s.input(n, k), texts)
	}
	raw, err := t.Bytes()
	if err != nil {
		return errorf(op, tf.FailedPrecondition, "%v", err)
	}
	return writeBytes(op, s.input(n, k), raw)
}

// Tensor copies an output, or an input. Outputs have values after Invoke.
func (s *Signature) Tensor(name string) (*tf.Tensor, error) {
	op := "read " + name
	n, err := s.begin(op)
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	t, info, err := s.readable(op, n, name)
	if err != nil {
		return nil, err
	}
	return toTensor(op, t, info.DType)
}

func toTensor(op string, t *ctflite.Tensor, d tf.DType) (*tf.Tensor, error) {
	shape := toShape(ctflite.Dims(t))
	if d == tf.String {
		texts, err := read[string](op, t)
		if err != nil {
			return nil, err
		}
		return tf.NewTensor(texts, shape...)
	}
	return tf.NewRaw(d, shape, ctflite.Data(t))
}
