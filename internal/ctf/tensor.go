//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import "unsafe"

const alignment = 64 // below it TF_NewTensor copies

// StringSize is the size of one element of a string tensor.
const StringSize = C.sizeof_TF_TString

// NewTensor makes a tensor over fresh memory of n bytes, not initialised except
// that strings are empty. It returns nil when there is no memory.
func NewTensor(dtype int32, shape []int64, n int) *Tensor {
	data := C.aligned_alloc(alignment, C.size_t((max(n, 1)+alignment-1)/alignment*alignment))
	if data == nil {
		return nil
	}
	dealloc := (*[0]byte)(C.gotf_free_dealloc)
	if dtype == 7 {
		C.memset(data, 0, C.size_t(n)) // an all-zero TF_TString is the empty string
		dealloc = (*[0]byte)(C.gotf_string_dealloc)
	}
	return C.TF_NewTensor(C.TF_DataType(dtype), dims(shape), C.int(len(shape)), data, C.size_t(n), dealloc, nil)
}

// DeleteTensor is TF_DeleteTensor.
func DeleteTensor(t *Tensor) { C.TF_DeleteTensor(t) }

// TensorInfo reads all of a tensor's properties in one call.
func TensorInfo(t *Tensor) (dtype int32, shape []int64, data unsafe.Pointer, nbytes int) {
	var dt, rank C.int32_t
	var d [8]int64
	var n C.size_t
	C.gotf_tensor_info(t, &dt, &rank, dims(d[:]), C.int(len(d)), &data, &n)
	shape = make([]int64, rank)
	if copy(shape, d[:]) < int(rank) {
		for i := range shape {
			shape[i] = int64(C.TF_Dim(t, C.int(i)))
		}
	}
	return int32(dt), shape, data, int(n)
}

// SetString stores s in the TF_TString at p.
func SetString(p unsafe.Pointer, s string) {
	C.TF_StringCopy((*C.TF_TString)(p), (*C.char)(unsafe.Pointer(unsafe.StringData(s))), C.size_t(len(s)))
}

// String copies the TF_TString at p out.
func String(p unsafe.Pointer) string {
	s := (*C.TF_TString)(p)
	return C.GoStringN(C.TF_StringGetDataPointer(s), C.int(C.TF_StringGetSize(s)))
}
