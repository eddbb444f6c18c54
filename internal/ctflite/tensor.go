//go:build linux && amd64 && cgo

package ctflite

// #include "shim.h"
import "C"

import "unsafe"

// Describe reads what t is now.
func Describe(t *Tensor) TensorInfo {
	c := C.ctflite_tensor_info(t)
	info := TensorInfo{Name: C.GoString(c.name), Type: int32(c._type), Dims: Dims(t), Signature: signature(t)}
	if q := c.quant; q != nil && q.scale != nil && q.zero_point != nil {
		info.Axis = int32(q.quantized_dimension)
		info.Scales = array[float32](unsafe.Pointer(q.scale))
		info.Zeros = array[int32](unsafe.Pointer(q.zero_point))
	}
	return info
}

// array copies a TfLiteIntArray or TfLiteFloatArray: a length and the values.
func array[T int32 | float32](p unsafe.Pointer) []T {
	n := *(*int32)(p)
	if n <= 0 {
		return nil
	}
	return append([]T(nil), unsafe.Slice((*T)(unsafe.Add(p, 4)), n)...)
}

func signature(t *Tensor) []int32 {
	var rank C.int32_t
	if C.TfLiteOpaqueTensorGetNumDimsSignature(t, &rank) != 0 || rank <= 0 {
		return nil
	}
	dims := make([]int32, rank)
	for i := range dims {
		var d C.int32_t
		C.TfLiteOpaqueTensorGetDimSignature(t, C.int32_t(i), &d)
		dims[i] = int32(d)
	}
	return dims
}

// Dims is the current shape.
func Dims(t *Tensor) []int32 {
	dims := make([]int32, max(0, C.TfLiteTensorNumDims(t)))
	for i := range dims {
		dims[i] = int32(C.TfLiteTensorDim(t, C.int32_t(i)))
	}
	return dims
}

// Data lends the tensor's memory; nil while it has none.
func Data(t *Tensor) []byte {
	p := C.TfLiteTensorData(t)
	if p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(p), int(C.TfLiteTensorByteSize(t)))
}

// Realloc gives a dynamic tensor, such as one of strings, n bytes.
func Realloc(t *Tensor, n int) int { return int(C.TfLiteTensorRealloc(C.size_t(n), t)) }
