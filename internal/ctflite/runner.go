//go:build linux && amd64 && cgo

package ctflite

// #include <stdlib.h>
// #include "shim.h"
import "C"

import "unsafe"

// NewRunner returns nil for an unknown key. A runner is deleted before its
// interpreter.
func NewRunner(i *Interpreter, key string) *Runner {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	return C.TfLiteInterpreterGetSignatureRunner(i, k)
}

func DeleteRunner(r *Runner) { C.TfLiteSignatureRunnerDelete(r) }

func RunnerAllocate(r *Runner) int { return int(C.TfLiteSignatureRunnerAllocateTensors(r)) }

func RunnerInvoke(r *Runner) int { return int(C.TfLiteSignatureRunnerInvoke(r)) }

func RunnerCancel(r *Runner) int { return int(C.TfLiteSignatureRunnerCancel(r)) }

func RunnerInputNames(r *Runner) []string {
	names := make([]string, C.TfLiteSignatureRunnerGetInputCount(r))
	for k := range names {
		names[k] = C.GoString(C.TfLiteSignatureRunnerGetInputName(r, C.int32_t(k)))
	}
	return names
}

func RunnerOutputNames(r *Runner) []string {
	names := make([]string, C.TfLiteSignatureRunnerGetOutputCount(r))
	for k := range names {
		names[k] = C.GoString(C.TfLiteSignatureRunnerGetOutputName(r, C.int32_t(k)))
	}
	return names
}

// RunnerInput is the k-th input. A Tensor may move when tensors are allocated.
func RunnerInput(r *Runner, k int) *Tensor {
	return C.TfLiteSignatureRunnerGetInputTensor(r, C.TfLiteSignatureRunnerGetInputName(r, C.int32_t(k)))
}

// RunnerOutput is the k-th output.
func RunnerOutput(r *Runner, k int) *Tensor {
	return C.TfLiteSignatureRunnerGetOutputTensor(r, C.TfLiteSignatureRunnerGetOutputName(r, C.int32_t(k)))
}

func RunnerResize(r *Runner, input int, dims []int32) int {
	name := C.TfLiteSignatureRunnerGetInputName(r, C.int32_t(input))
	return int(C.TfLiteSignatureRunnerResizeInputTensor(r, name, (*C.int)(unsafe.SliceData(dims)), C.int32_t(len(dims))))
}
