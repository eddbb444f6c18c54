//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
// #cgo noescape gotf_new_tensor
// #cgo noescape gotf_strings
// #cgo noescape TF_StringCopy
import "C"

import (
	"strings"
	"unsafe"
)

// StringSize is the size of one element of a string tensor.
const StringSize = C.sizeof_TF_TString

// NewTensor makes a tensor over fresh memory of n bytes, not initialised except
// that strings are empty. It returns nil when there is no memory.
func NewTensor(dtype int32, shape []int64, n int) (t *Tensor, data unsafe.Pointer) {
	r := C.gotf_new_tensor(C.int32_t(dtype), dims(shape), C.int(len(shape)), C.size_t(n))
	return r.t, r.data
}

// DeleteTensor is TF_DeleteTensor.
func DeleteTensor(t *Tensor) { C.TF_DeleteTensor(t) }

// TensorInfo reads all of a tensor's properties in one call. It appends the
// dimensions to shape.
func TensorInfo(t *Tensor, shape []int64) (dtype int32, _ []int64, data unsafe.Pointer, nbytes int) {
	r := C.gotf_tensor_info(t)
	rank := int(r.rank)
	for i := range min(rank, len(r.dims)) {
		shape = append(shape, int64(r.dims[i]))
	}
	for i := len(r.dims); i < rank; i++ {
		shape = append(shape, int64(C.TF_Dim(t, C.int(i))))
	}
	return int32(r.dtype), shape, r.data, int(r.nbytes)
}

// SetString stores s in the empty TF_TString at p.
func SetString(p unsafe.Pointer, s string) {
	C.TF_StringCopy((*C.TF_TString)(p), (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s)))
}

// Strings copies len(out) TF_TStrings out, from p on.
func Strings(p unsafe.Pointer, out []string) {
	const batch = 64
	var data [batch]*C.char
	var size [batch]C.size_t
	for len(out) > 0 {
		n := min(len(out), batch)
		C.gotf_strings((*C.TF_TString)(p), C.int(n), &data[0], &size[0])
		for i := range n {
			out[i] = strings.Clone(unsafe.String((*byte)(unsafe.Pointer(data[i])), int(size[i])))
		}
		out, p = out[n:], unsafe.Add(p, n*StringSize)
	}
}

// DTypeSize is TF_DataTypeSize: the bytes of an element, 0 if they vary.
func DTypeSize(dtype int32) int { return int(C.TF_DataTypeSize(C.TF_DataType(dtype))) }
