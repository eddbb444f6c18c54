//go:build linux && amd64 && cgo

package ctflite

// #include <stdlib.h>
// #include "shim.h"
import "C"

import "unsafe"

// The C objects. Only pointers to them are used.
type (
	Interpreter = C.TfLiteInterpreter
	Runner      = C.TfLiteSignatureRunner
	Tensor      = C.TfLiteTensor
	Delegate    = C.TfLiteDelegate
	Reporter    = C.ctflite_reporter
)

// Model is a TfLiteModel and the copy of the file that it reads.
type Model struct{ c C.ctflite_model }

// NewReporter makes a place for what the runtime says.
func NewReporter() *Reporter { return C.ctflite_reporter_new() }

func DeleteReporter(r *Reporter) { C.ctflite_reporter_delete(r) }

// TakeReports returns the lines since the last call.
func TakeReports(r *Reporter) string {
	s := C.ctflite_reporter_take(r)
	if s == nil {
		return ""
	}
	defer C.free(unsafe.Pointer(s))
	return C.GoString(s)
}

// NewModel copies data and reads it. It returns nil for data that is no model.
func NewModel(data []byte, r *Reporter) *Model {
	c := C.ctflite_model_new(unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)), r)
	if c.model == nil {
		return nil
	}
	return &Model{c}
}

func DeleteModel(m *Model) {
	C.TfLiteModelDelete(m.c.model)
	C.free(m.c.data)
}

// NewXNNPack makes the XNNPACK delegate, or nil if the library has none.
// Threads 0 is the library's default.
func NewXNNPack(threads int) *Delegate { return C.ctflite_xnnpack_new(C.int(threads)) }

func DeleteXNNPack(d *Delegate) { C.TfLiteXNNPackDelegateDelete(d) }

// NewInterpreter returns nil when the model or the delegate (nil: none) does
// not work.
func NewInterpreter(m *Model, threads int, cancellable bool, d *Delegate, r *Reporter) *Interpreter {
	c := C.int(0)
	if cancellable {
		c = 1
	}
	return C.ctflite_interpreter_new(m.c.model, C.int(threads), c, d, r)
}

func DeleteInterpreter(i *Interpreter) { C.TfLiteInterpreterDelete(i) }

func Allocate(i *Interpreter) int { return int(C.TfLiteInterpreterAllocateTensors(i)) }

func Invoke(i *Interpreter) int { return int(C.TfLiteInterpreterInvoke(i)) }

// Cancel ends an invocation in flight; it does not affect later ones.
func Cancel(i *Interpreter) int { return int(C.TfLiteInterpreterCancel(i)) }

// NumInputs, NumOutputs, Input and Output are about the primary subgraph. A
// Tensor may move when tensors are allocated.
func NumInputs(i *Interpreter) int { return int(C.TfLiteInterpreterGetInputTensorCount(i)) }

func NumOutputs(i *Interpreter) int { return int(C.TfLiteInterpreterGetOutputTensorCount(i)) }

func Input(i *Interpreter, k int) *Tensor { return C.TfLiteInterpreterGetInputTensor(i, C.int32_t(k)) }

func Output(i *Interpreter, k int) *Tensor {
	return C.TfLiteInterpreterGetOutputTensor(i, C.int32_t(k))
}

func Resize(i *Interpreter, input int, dims []int32) int {
	return int(C.TfLiteInterpreterResizeInputTensor(i, C.int32_t(input), (*C.int)(unsafe.SliceData(dims)), C.int32_t(len(dims))))
}

func SignatureKeys(i *Interpreter) []string {
	keys := make([]string, C.TfLiteInterpreterGetSignatureCount(i))
	for k := range keys {
		keys[k] = C.GoString(C.TfLiteInterpreterGetSignatureKey(i, C.int32_t(k)))
	}
	return keys
}
