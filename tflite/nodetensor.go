package tflite

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// NodeTensor is an input or output of a [Node].
type NodeTensor struct {
	n *Node
	t *ctflite.Tensor
}

// Present is false for an index out of range, an optional input that is left
// out, and after the call that lent the node.
func (t NodeTensor) Present() bool { return t.t != nil && t.n.call != nil }

// Info describes the tensor, with the name of the model's tensor.
func (t NodeTensor) Info() TensorInfo {
	if !t.Present() {
		return TensorInfo{}
	}
	return describe("", t.t)
}

// Shape is nil for a tensor that is not present.
func (t NodeTensor) Shape() tf.Shape {
	if !t.Present() {
		return nil
	}
	return toShape(ctflite.Dims(t.t))
}

// Bytes lends the tensor's memory, for the time of the call. It is nil in
// Prepare, except for constants.
func (t NodeTensor) Bytes() []byte {
	if !t.Present() {
		return nil
	}
	return ctflite.Data(t.t)
}

// View lends the values of t, row-major, for the time of the call: those of an
// output may be written. T must be its type; strings are for [NodeTensor.Strings].
func View[T tf.Element](t NodeTensor) ([]T, error) {
	if !t.Present() {
		return nil, fmt.Errorf("%w: the tensor is not there", tf.InvalidArgument)
	}
	info, raw := t.Info(), t.Bytes()
	if d := tf.DTypeOf[T](); d != info.DType || d == tf.String {
		return nil, fmt.Errorf("%w: %s holds %v, not %v", tf.InvalidArgument, info.Name, info.DType, d)
	}
	count := info.Shape.NumElements()
	if int64(len(raw)) != count*int64(unsafe.Sizeof(*new(T))) {
		return nil, fmt.Errorf("%w: %s of shape %v has no values yet", tf.FailedPrecondition, info.Name, info.Shape)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), count), nil
}

// Strings copies the values of a string tensor.
func (t NodeTensor) Strings() ([]string, error) {
	info := t.Info()
	if info.DType != tf.String {
		return nil, fmt.Errorf("%w: %s holds %v, not strings", tf.InvalidArgument, info.Name, info.DType)
	}
	return decodeStrings(t.Bytes(), int(info.Shape.NumElements()))
}

// SetStrings gives a string output its values, as many as its shape says.
func (t NodeTensor) SetStrings(texts []string) error {
	info := t.Info()
	if want := info.Shape.NumElements(); info.DType != tf.String || want != int64(len(texts)) {
		return fmt.Errorf("%w: %s takes %d values of %v, got %d strings", tf.InvalidArgument, info.Name, want, info.DType, len(texts))
	}
	raw, err := encodeStrings(texts)
	if err != nil {
		return fmt.Errorf("%w: %w", tf.InvalidArgument, err)
	}
	if ctflite.Realloc(t.t, len(raw)) != ctflite.OK {
		return fmt.Errorf("%w: no memory for %d bytes of strings", tf.ResourceExhausted, len(raw))
	}
	copy(ctflite.Data(t.t), raw)
	return nil
}

// panicked is the line of a stack that panicked.
func panicked(stack []byte) string {
	_, after, _ := strings.Cut(string(stack), "panic(")
	for _, line := range strings.Split(after, "\n")[2:] {
		if at, ok := strings.CutPrefix(line, "\t"); ok && !strings.Contains(at, "/runtime/") {
			at, _, _ = strings.Cut(at, " +0x")
			return at[strings.LastIndex(at, "/")+1:]
		}
	}
	return "unknown place"
}
