//go:build linux && amd64 && cgo

package ctflite

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

// Delegate is a TfLiteDelegate, and how to delete it.
type Delegate struct {
	c      *C.TfLiteDelegate
	delete func()
}

// DeleteDelegate follows the deletion of the interpreters that have d.
func DeleteDelegate(d *Delegate) { d.delete() }

// WeightsCache keeps weights as XNNPACK wants them, for many delegates.
type WeightsCache = C.TfLiteXNNPackWeightsCache

func NewWeightsCache() *WeightsCache { return C.TfLiteXNNPackDelegateWeightsCacheCreate() }

// FinalizeWeightsCache ends the collection of weights: from then on the cache
// gives what it has.
func FinalizeWeightsCache(c *WeightsCache) bool {
	return bool(C.TfLiteXNNPackDelegateWeightsCacheFinalizeSoft(c))
}

func DeleteWeightsCache(c *WeightsCache) { C.TfLiteXNNPackDelegateWeightsCacheDelete(c) }

// NewXNNPack makes the XNNPACK delegate, or nil if the library has none. Flags
// are turned on and off against the library's defaults. The cache or the file
// may be nil and "".
func NewXNNPack(threads int, on, off uint32, cache *WeightsCache, file string) *Delegate {
	var path *C.char
	if file != "" {
		path = C.CString(file)
	}
	c := C.ctflite_xnnpack_new(C.int(threads), C.uint32_t(on), C.uint32_t(off), cache, path)
	if c == nil {
		C.free(unsafe.Pointer(path))
		return nil
	}
	return &Delegate{c, func() {
		C.TfLiteXNNPackDelegateDelete(c)
		C.free(unsafe.Pointer(path))
	}}
}

// NewPlugin makes a delegate with the library at path. What it says goes to r.
func NewPlugin(path string, keys, values []string, r *Reporter) (*Delegate, error) {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	k, v := stringArray(keys), stringArray(values)
	defer freeArray(k)
	defer freeArray(v)
	c := C.ctflite_plugin_new(p, unsafe.SliceData(k), unsafe.SliceData(v), C.size_t(len(keys)), r)
	if c.error != nil {
		defer C.free(unsafe.Pointer(c.error))
		return nil, errors.New(C.GoString(c.error))
	}
	return plugin(c), nil
}

// NewFlex makes the delegate that runs TensorFlow's operations, with the
// TensorFlow library that is open; nil if that has none.
func NewFlex(tensorflow string) *Delegate {
	p := C.CString(tensorflow)
	defer C.free(unsafe.Pointer(p))
	return plugin(C.ctflite_flex_new(p))
}

func plugin(c C.ctflite_plugin) *Delegate {
	if c.delegate == nil {
		return nil
	}
	return &Delegate{c.delegate, func() { C.ctflite_plugin_delete(c) }}
}

// stringArray copies texts to C, in one array that Go may pass on.
func stringArray(texts []string) []*C.char {
	if len(texts) == 0 {
		return nil
	}
	p := (**C.char)(C.calloc(C.size_t(len(texts)), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	out := unsafe.Slice(p, len(texts))
	for i, s := range texts {
		out[i] = C.CString(s)
	}
	return out
}

func freeArray(a []*C.char) {
	for _, s := range a {
		C.free(unsafe.Pointer(s))
	}
	C.free(unsafe.Pointer(unsafe.SliceData(a)))
}
