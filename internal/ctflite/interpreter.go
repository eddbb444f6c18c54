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
	Reporter    = C.ctflite_reporter
)

// Model is a TfLiteModel and the copy of the file that it reads.
type Model struct {
	c    C.ctflite_model
	size int
}

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
	return &Model{c, len(data)}
}

// ModelData lends the file.
func ModelData(m *Model) []byte { return unsafe.Slice((*byte)(m.c.data), m.size) }

func DeleteModel(m *Model) {
	C.TfLiteModelDelete(m.c.model)
	C.free(m.c.data)
}

// NewInterpreter returns nil when the model or a part does not work.
func NewInterpreter(m *Model, p Parts, r *Reporter) *Interpreter {
	o := C.ctflite_options_new(r)
	defer C.TfLiteInterpreterOptionsDelete(o)
	C.TfLiteInterpreterOptionsSetNumThreads(o, C.int32_t(p.Threads))
	if p.Cancellable {
		C.TfLiteInterpreterOptionsEnableCancellation(o, true)
	}
	for _, d := range p.Delegates {
		C.TfLiteInterpreterOptionsAddDelegate(o, d.c)
	}
	for _, op := range p.Operators {
		C.TfLiteInterpreterOptionsAddOperator(o, op.c)
	}
	if p.Profiler != nil {
		C.TfLiteInterpreterOptionsSetTelemetryProfiler(o, &p.Profiler.callbacks)
	}
	return C.TfLiteInterpreterCreate(m.c.model, o)
}

func DeleteInterpreter(i *Interpreter) { C.TfLiteInterpreterDelete(i) }

// ResetVariables sets the tensors that keep their values to zero.
func ResetVariables(i *Interpreter) int { return int(C.TfLiteInterpreterResetVariableTensors(i)) }

func SignatureKeys(i *Interpreter) []string {
	keys := make([]string, C.TfLiteInterpreterGetSignatureCount(i))
	for k := range keys {
		keys[k] = C.GoString(C.TfLiteInterpreterGetSignatureKey(i, C.int32_t(k)))
	}
	return keys
}

// NewRunner returns nil for an unknown key. A runner is deleted before its
// interpreter.
func NewRunner(i *Interpreter, key string) *Runner {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	return C.TfLiteInterpreterGetSignatureRunner(i, k)
}

func DeleteRunner(r *Runner) { C.TfLiteSignatureRunnerDelete(r) }
