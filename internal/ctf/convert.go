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
	if s := result(&r); s.Code != 0 {
		return nil, s
	}
	defer C.free(out)
	return append([]byte(nil), unsafe.Slice((*byte)(out), int(n))...), Status{}
}
