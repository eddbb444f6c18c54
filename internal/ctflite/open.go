//go:build linux && amd64 && cgo

package ctflite

// #cgo CFLAGS: -O2 -Wall
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"unsafe"
)

// Supported reports whether this build can open the library at all.
const Supported = true

// Open loads the library at path and resolves the C API. It must succeed once
// before any other function of the package is called.
func Open(path string) error {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	if m := C.ctflite_open(p); m != nil {
		defer C.free(unsafe.Pointer(m))
		return errors.New(C.GoString(m))
	}
	C.ctflite_set_log_severity(nil, 2) // no line on stderr for each XNNPACK delegate
	return nil
}

// Missing lists the functions that the opened library lacks.
func Missing() (names []string) {
	for i := 0; ; i++ {
		p := C.ctflite_missing(C.int(i))
		if p == nil {
			return names
		}
		names = append(names, C.GoString(p))
	}
}

// Has reports whether the opened library has the function.
func Has(name string) bool {
	p := C.CString(name)
	defer C.free(unsafe.Pointer(p))
	return C.ctflite_has(p) != 0
}

// Version is TfLiteVersion, such as "2.20.0".
func Version() string { return C.GoString(C.TfLiteVersion()) }
