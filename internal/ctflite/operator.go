//go:build linux && amd64 && cgo

package ctflite

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// Operator is a custom operation in Go, as an interpreter takes it.
type Operator struct {
	c    *C.TfLiteOperator
	name *C.char // which the runtime does not copy
	h    cgo.Handle
}

// NewOperator returns nil if the library has no such thing.
func NewOperator(name string, version int, op Op) *Operator {
	if !Has("TfLiteOperatorSetInitWithData") || !Has("TfLiteInterpreterOptionsAddOperator") {
		return nil
	}
	n := C.CString(name)
	h := cgo.NewHandle(op)
	c := C.ctflite_operator_new(n, C.int(version), C.uintptr_t(h))
	if c == nil {
		h.Delete()
		C.free(unsafe.Pointer(n))
		return nil
	}
	return &Operator{c, n, h}
}

// DeleteOperator follows the deletion of the interpreters that have o.
func DeleteOperator(o *Operator) {
	C.TfLiteOperatorDelete(o.c)
	C.free(unsafe.Pointer(o.name))
	o.h.Delete()
}

// Call is the preparation or invocation of a node. It and its tensors are lent
// to the callback.
type Call struct {
	context *C.TfLiteOpaqueContext
	node    *C.TfLiteOpaqueNode
}

func CallInputs(c Call) int { return int(C.TfLiteOpaqueNodeNumberOfInputs(c.node)) }

func CallOutputs(c Call) int { return int(C.TfLiteOpaqueNodeNumberOfOutputs(c.node)) }

// CallInput is nil for an optional input that is left out.
func CallInput(c Call, i int) *Tensor {
	return C.TfLiteOpaqueNodeGetInput(c.context, c.node, C.int(i))
}

func CallOutput(c Call, i int) *Tensor {
	return C.TfLiteOpaqueNodeGetOutput(c.context, c.node, C.int(i))
}

// CallResize gives an output its shape.
func CallResize(c Call, t *Tensor, dims []int32) int {
	a := C.TfLiteIntArrayCreate(C.int(len(dims)))
	copy(unsafe.Slice((*int32)(unsafe.Add(unsafe.Pointer(a), 4)), len(dims)), dims)
	return int(C.TfLiteOpaqueContextResizeTensor(c.context, t, a)) // takes a
}

// SetDynamic says that an output gets its shape in each invocation.
func SetDynamic(t *Tensor) { C.TfLiteOpaqueTensorSetAllocationTypeToDynamic(t) }

//export gotfLiteInit
func gotfLiteInit(op C.uintptr_t, options unsafe.Pointer, size C.size_t) C.uintptr_t {
	var raw []byte
	if options != nil {
		raw = unsafe.Slice((*byte)(options), int(size))
	}
	return C.uintptr_t(cgo.NewHandle(cgo.Handle(op).Value().(Op).Init(raw)))
}

//export gotfLiteFree
func gotfLiteFree(node C.uintptr_t) {
	if h := cgo.Handle(node); h != 0 {
		h.Value().(Node).Free()
		h.Delete()
	}
}

//export gotfLitePrepare
func gotfLitePrepare(node C.uintptr_t, c *C.TfLiteOpaqueContext, n *C.TfLiteOpaqueNode) C.int {
	return status(cgo.Handle(node).Value().(Node).Prepare(Call{c, n}))
}

//export gotfLiteInvoke
func gotfLiteInvoke(node C.uintptr_t, c *C.TfLiteOpaqueContext, n *C.TfLiteOpaqueNode) C.int {
	return status(cgo.Handle(node).Value().(Node).Invoke(Call{c, n}))
}

func status(ok bool) C.int {
	if ok {
		return OK
	}
	return Error
}
