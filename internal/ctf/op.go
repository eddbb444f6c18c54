//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
// #cgo noescape gotf_graph_op
// #cgo noescape gotf_eager_op
import "C"

import "unsafe"

// GraphOp adds an operation to g. typ, name and dev end in NUL. counts holds -1
// for a single input and the length for a list. It fills dtypes with the types
// of the outputs and returns their number.
func GraphOp(g *Graph, typ, name, dev string, in []In, counts []int32, control []*Operation, attrs []byte, dtypes []int32) (*Operation, int, Status) {
	r := C.gotf_graph_op(g, z(typ), z(name), z(dev), ins(in), (*C.int32_t)(unsafe.SliceData(counts)), C.int(len(counts)),
		pointers(control), C.int(len(control)), (*C.uint8_t)(unsafe.SliceData(attrs)), C.size_t(len(attrs)),
		(*C.int32_t)(unsafe.SliceData(dtypes)), C.int(len(dtypes)))
	return (*Operation)(r.op), int(r.nout), result(&r)
}

// RunOp runs an operation at once. op is a TFE_Op to reuse, or nil; reuse is the
// one to reuse next, or nil. At most len(outs) outputs are stored; nbytes is the
// size of all.
func RunOp(c *Context, op *EagerOp, typ, dev string, in []In, counts []int32, attrs []byte, outs []*TensorHandle, dtypes []int32, cancel *CancellationManager) (reuse *EagerOp, n int, nbytes int64, s Status) {
	r := C.gotf_eager_op(c, op, z(typ), z(dev), ins(in), (*C.int32_t)(unsafe.SliceData(counts)), C.int(len(counts)),
		(*C.uint8_t)(unsafe.SliceData(attrs)), C.size_t(len(attrs)),
		addresses(outs), (*C.int32_t)(unsafe.SliceData(dtypes)), C.int(len(outs)), cancel)
	return (*EagerOp)(r.op), int(r.nout), int64(r.nbytes), result(&r)
}

// DeleteEagerOp frees a cached op.
func DeleteEagerOp(op *EagerOp) { C.TFE_DeleteOp(op) }
