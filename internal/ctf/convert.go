//go:build linux && amd64 && cgo

package ctf

// #include "convert.h"
import "C"

import "unsafe"

// ConvertSavedModel is tensorflow::ConvertSavedModelToTFLiteFlatBuffer: it makes
// a TFLite model of the SavedModel that a serialised tflite.ModelFlags names, as
// a tflite.ConverterFlags says.
func ConvertSavedModel(model, flags []byte) ([]byte, Status) {
	var out unsafe.Pointer
	var n C.size_t
	r := C.gotf_convert(unsafe.Pointer(unsafe.SliceData(model)), C.size_t(len(model)),
		unsafe.Pointer(unsafe.SliceData(flags)), C.size_t(len(flags)), &out, &n)
	return taken(&r, out, n)
}

// QuantizeOptions are the arguments of mlir::lite::QuantizeModel. The types are
// numbers of tflite::TensorType.
type QuantizeOptions struct {
	Input, Output, Inference int8
	PerTensor                bool // one scale for all of a weight
	PerTensorDense           bool // of fully connected layers only
	Variables                bool // quantize resource variables too
}

// QuantizeModel is mlir::lite::QuantizeModel on a TFLite model whose tensors
// carry their ranges.
func QuantizeModel(model []byte, o QuantizeOptions) ([]byte, Status) {
	var out unsafe.Pointer
	var n C.size_t
	q := C.gotf_quantization{
		input: C.int8_t(o.Input), output: C.int8_t(o.Output), inference: C.int8_t(o.Inference),
		per_tensor: C.bool(o.PerTensor), per_tensor_dense: C.bool(o.PerTensorDense), variables: C.bool(o.Variables),
	}
	r := C.gotf_quantize(unsafe.Pointer(unsafe.SliceData(model)), C.size_t(len(model)), q, &out, &n)
	return taken(&r, out, n)
}

// taken copies what C returned, and frees it.
func taken(r *C.gotf_res, out unsafe.Pointer, n C.size_t) ([]byte, Status) {
	if s := result(r); s.Code != 0 {
		return nil, s
	}
	defer C.free(out)
	return append([]byte(nil), unsafe.Slice((*byte)(out), int(n))...), Status{}
}
