//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// The C objects. They are opaque; pointers to them never point to Go memory.
type (
	Tensor              = C.TF_Tensor
	Graph               = C.TF_Graph
	Operation           = C.TF_Operation
	Session             = C.TF_Session
	Function            = C.TF_Function
	Context             = C.TFE_Context
	EagerOp             = C.TFE_Op
	TensorHandle        = C.TFE_TensorHandle
	CancellationManager = C.TFE_CancellationManager
)

// In names an input or output: output I of a *Operation, or a *TensorHandle.
type In struct {
	P unsafe.Pointer
	I int32
	_ int32
}

// try runs f with a fresh TF_Status and reports what it left there.
func try(f func(*C.TF_Status)) Status {
	s := C.TF_NewStatus()
	defer C.TF_DeleteStatus(s)
	f(s)
	if code := C.TF_GetCode(s); code != 0 {
		return Status{int32(code), C.GoString(C.TF_Message(s))}
	}
	return Status{}
}

// result turns what a batched call returned into a Status.
func result(r *C.gotf_res) Status {
	if r.code == 0 {
		return Status{}
	}
	defer C.free(unsafe.Pointer(r.msg))
	return Status{int32(r.code), C.GoString(r.msg)}
}

// buffer runs f with a fresh TF_Buffer and copies out what it left there.
func buffer(f func(*C.TF_Buffer, *C.TF_Status)) ([]byte, Status) {
	b := C.TF_NewBuffer()
	defer C.TF_DeleteBuffer(b)
	s := try(func(s *C.TF_Status) { f(b, s) })
	if s.Code != 0 {
		return nil, s
	}
	return goBytes(b), s
}

func goBytes(b *C.TF_Buffer) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(b.data), int(b.length))...)
}

// withBuffer lends data to f as a TF_Buffer.
func withBuffer(data []byte, f func(*C.TF_Buffer)) {
	b := C.TF_NewBufferFromString(unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)))
	defer C.TF_DeleteBuffer(b)
	f(b)
	runtime.KeepAlive(data)
}

func withString(s string, f func(*C.char)) {
	c := C.CString(s)
	defer C.free(unsafe.Pointer(c))
	f(c)
}

// z lends a string that ends in NUL to C for one call.
func z(s string) *C.char { return (*C.char)(unsafe.Pointer(unsafe.StringData(s))) }

func ins(s []In) *C.gotf_in { return (*C.gotf_in)(unsafe.Pointer(unsafe.SliceData(s))) }

func outputs(s []In) *C.TF_Output { return (*C.TF_Output)(unsafe.Pointer(unsafe.SliceData(s))) }

// pointers lends a slice of pointers to C objects.
func pointers[P any](s []P) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(s)))
}

// addresses lends a slice of pointers to C objects as numbers.
func addresses[P any](s []P) *C.uintptr_t {
	return (*C.uintptr_t)(unsafe.Pointer(unsafe.SliceData(s)))
}

func dims(s []int64) *C.int64_t { return (*C.int64_t)(unsafe.SliceData(s)) }
